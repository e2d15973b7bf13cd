using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace HoiAm.Tidy.Tests.Configuration;

/// <summary>What the settings types say of themselves: the comments of their properties, out of the compiler's XML files.</summary>
internal static partial class SettingDocs
{
    private static readonly Dictionary<string, XElement> s_members = Load();

    /// <summary>The summary of a property as Markdown in one line; empty when there is none.</summary>
    public static string Of(PropertyInfo property) =>
        s_members.TryGetValue($"P:{property.DeclaringType!.FullName}.{property.Name}", out var member) ? Text(member.Element("summary"))
        // A parameter of a record's constructor is documented there.
        : s_members.TryGetValue("T:" + property.DeclaringType!.FullName, out var type)
            ? Text(type.Elements("param").FirstOrDefault(p => (string?)p.Attribute("name") == property.Name))
            : "";

    private static string Text(XElement? element) => element is null ? "" : Blanks().Replace(
        string.Concat(element.Nodes().Select(n => n switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } see => $"`{Member((string?)see.Attribute("cref") ?? "")}`",
            _ => "",
        })), " ").Trim();

    // P:HoiAm.Server.Directory.UpstreamSettings.BaseUrl is baseUrl to whoever writes JSON; a constant is its value.
    private static string Member(string cref)
    {
        var name = cref[(cref.LastIndexOf('.') + 1)..];
        if (cref.StartsWith("F:", StringComparison.Ordinal)
            && typeof(Server.Hosting.HubOptions).Assembly.GetType(cref[2..cref.LastIndexOf('.')])?.GetField(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic) is { IsLiteral: true } constant)
        {
            return (string)constant.GetRawConstantValue()!;
        }

        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static Dictionary<string, XElement> Load()
    {
        var members = new Dictionary<string, XElement>(StringComparer.Ordinal);
        foreach (var name in (string[])["HoiAm.Server", "HoiAm.Ledger"])
        {
            foreach (var member in XDocument.Load(Path.Combine(AppContext.BaseDirectory, name + ".xml")).Descendants("member"))
            {
                members[(string)member.Attribute("name")!] = member;
            }
        }

        return members;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
