using System.CommandLine;

namespace HoiAm.Cli.Commands;

/// <summary>A command with the words that may follow it.</summary>
/// <param name="Path">Names from the root down, separated by blanks; empty for the root itself.</param>
/// <param name="Words">Names of commands and options, each with its description.</param>
internal sealed record CompletionEntry(string Path, IReadOnlyList<(string Word, string Description)> Words)
{
    /// <summary>Every command of a tree, the root first.</summary>
    public static IReadOnlyList<CompletionEntry> Of(Command root)
    {
        var entries = new List<CompletionEntry>();
        Add(root, "", Globals(root), entries);
        return entries;
    }

    private static void Add(Command command, string path, List<(string, string)> globals, List<CompletionEntry> entries)
    {
        var words = new List<(string, string)>();
        words.AddRange(command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description ?? "")));
        words.AddRange(command.Options.Where(o => !o.Hidden && o.Name.StartsWith("--", StringComparison.Ordinal)).Select(o => (o.Name, o.Description ?? "")));
        words.AddRange(globals.Where(g => !words.Contains(g)));
        entries.Add(new CompletionEntry(path, words));
        foreach (var child in command.Subcommands.Where(c => !c.Hidden))
        {
            Add(child, path.Length == 0 ? child.Name : path + " " + child.Name, globals, entries);
        }
    }

    // Options of the root that hold for every command, as --help does.
    private static List<(string, string)> Globals(Command root) =>
        [.. root.Options.Where(o => o.Recursive && !o.Hidden).Select(o => (o.Name, o.Description ?? ""))];
}
