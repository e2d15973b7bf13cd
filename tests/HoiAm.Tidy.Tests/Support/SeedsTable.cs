using System.Text.RegularExpressions;

namespace HoiAm.Tidy.Tests.Support;

/// <summary>One row of docs/seeds.md.</summary>
internal sealed record SeedRow(string Id, string Says, string Where, string HeldBy, string Remark)
{
    /// <summary>The seed, such as <c>S002</c>.</summary>
    public string Seed => Id[..4];

    public bool IsNotYet => Where == "*not yet*";
}

/// <summary>The rows of docs/seeds.md, in their order.</summary>
internal static partial class SeedsTable
{
    public static IReadOnlyList<SeedRow> Rows { get; } =
        [.. RepositoryFiles.Read("docs/seeds.md").Split('\n').Where(l => RowStart().IsMatch(l)).Select(Parse)];

    private static SeedRow Parse(string line)
    {
        var cells = line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);
        return cells.Length == 5
            ? new SeedRow(cells[0], cells[1], cells[2], cells[3], cells[4])
            : throw new FormatException($"docs/seeds.md: a row has five cells, not {cells.Length}: {line}");
    }

    [GeneratedRegex(@"^\| *S\d{3}-\d")]
    private static partial Regex RowStart();
}
