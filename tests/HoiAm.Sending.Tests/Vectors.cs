using System.Text;
using HoiAm.Testing;

namespace HoiAm.Sending.Tests;

/// <summary>The documented bodies below tests/vectors/esms-api.</summary>
internal static class Vectors
{
    public static byte[] Bytes(string name) => File.ReadAllBytes(RepositoryRoot.File("tests/vectors/esms-api/" + name + ".json"));

    /// <summary>A body without the blanks between its tokens; numbers and texts keep their bytes.</summary>
    public static string Compact(string name)
    {
        var text = new StringBuilder();
        var inString = false;
        var escaped = false;
        foreach (var c in Encoding.UTF8.GetString(Bytes(name)))
        {
            if (inString || !char.IsWhiteSpace(c))
            {
                text.Append(c);
            }

            inString = c == '"' && !escaped ? !inString : inString;
            escaped = c == '\\' && !escaped;
        }

        return text.ToString();
    }
}
