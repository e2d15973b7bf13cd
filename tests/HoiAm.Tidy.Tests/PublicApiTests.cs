using System.Reflection;
using HoiAm.Testing;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>
/// The surface that others compile against is a reviewed file. To accept a change:
/// <c>HOIAM_ACCEPT=1 dotnet run --project tests/HoiAm.Tidy.Tests</c>, then commit the changed text with its reason.
/// </summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("HoiAm.Model")]
    [InlineData("HoiAm.Protocols")]
    [InlineData("HoiAm.Client")]
    [InlineData("HoiAm.Receiver")]
    public void Surface_IsTheReviewedOne(string name)
    {
        var file = RepositoryRoot.File($"tests/HoiAm.Tidy.Tests/PublicApi/{name}.txt");
        var actual = ApiDump.Of(Assembly.Load(name));
        if (Environment.GetEnvironmentVariable("HOIAM_ACCEPT") == "1")
        {
            File.WriteAllText(file, actual);
        }

        var reviewed = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        var changes = Changes(reviewed, actual);

        Assert.True(changes.Count == 0, $"The public surface of {name} changed:\n{string.Join('\n', changes.Take(40))}\nIf that is meant: HOIAM_ACCEPT=1 dotnet run --project tests/HoiAm.Tidy.Tests");
    }

    [Fact]
    public void EveryPackableProject_HasAReviewedSurface()
    {
        var packable = RepositoryFiles.All.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(f => RepositoryFiles.Read(f).Contains("<IsPackable>true<", StringComparison.Ordinal))
            // Nobody compiles against a tool.
            .Where(f => !RepositoryFiles.Read(f).Contains("<PackAsTool>true<", StringComparison.Ordinal))
            .Select(f => Path.GetFileNameWithoutExtension(f));

        Assert.Equal(packable.Order(StringComparer.Ordinal), RepositoryFiles.All
            .Where(f => f.StartsWith("tests/HoiAm.Tidy.Tests/PublicApi/", StringComparison.Ordinal)).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));
    }

    // The dump is the instrument: what it cannot tell apart could change unseen.
    [Fact]
    public void Dump_TellsNullsInitRequiredAndDefaults()
    {
        var dump = ApiDump.Of(typeof(Model.CallbackFacts).Assembly);

        Assert.Contains("sealed record class HoiAm.Model.CallbackFacts\n", dump, StringComparison.Ordinal);
        Assert.Contains("  required string SmsId { get; init; }\n", dump, StringComparison.Ordinal);
        Assert.Contains("  VoiceCallFacts? Voice { get; init; }\n", dump, StringComparison.Ordinal);
        Assert.Contains("  DateTime? ErrorInfoTime { get; init; }\n", dump, StringComparison.Ordinal);
        Assert.Contains("enum HoiAm.Model.SendStatus : byte\n", dump, StringComparison.Ordinal);
        Assert.Contains("       5 Finished\n", dump, StringComparison.Ordinal);
        Assert.Contains("  static string? Normalize(ReadOnlySpan<char> text, out AddressForm form)\n", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("Clone>$", dump, StringComparison.Ordinal);
    }

    private static List<string> Changes(string reviewed, string actual)
    {
        var before = Lines(reviewed);
        var after = Lines(actual);
        return [.. before.Except(after).Select(l => "- " + l), .. after.Except(before).Select(l => "+ " + l)];
    }

    // A member's line is told apart by its type, which stands above it.
    private static List<string> Lines(string text)
    {
        var type = "";
        var lines = new List<string>();
        foreach (var line in text.Split('\n').Where(l => l.Length > 0))
        {
            type = line[0] == ' ' ? type : line;
            lines.Add(line[0] == ' ' ? type + " »" + line[1..] : line);
        }

        return lines;
    }
}
