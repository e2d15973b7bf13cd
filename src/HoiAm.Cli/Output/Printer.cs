using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace HoiAm.Cli.Output;

/// <summary>Prints what a command found: a table for people, JSON for programs.</summary>
internal static class Printer
{
    private const int RedirectedWidth = 1_000;

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where people read. A file or a pipe gets plain text, and whole rows: there is no width to keep to.</summary>
    public static IAnsiConsole Terminal { get; } = Open();

    /// <summary>JSON in place of tables.</summary>
    public static Option<bool> JsonOption { get; } = new("--json") { Description = "Print JSON" };

    public static void Json(JsonElement element) => Console.WriteLine(JsonSerializer.Serialize(element, s_json));

    /// <summary>Prints a list answer: the named members of each item as columns.</summary>
    public static void List(JsonElement answer, bool json, string empty, params (string Title, string Member)[] columns)
    {
        if (json)
        {
            Json(answer);
            return;
        }

        var items = answer.GetProperty("items");
        if (items.GetArrayLength() == 0)
        {
            Console.WriteLine(empty);
            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        foreach (var (title, _) in columns)
        {
            table.AddColumn(new TableColumn(title).NoWrap());
        }

        foreach (var item in items.EnumerateArray())
        {
            table.AddRow(columns.Select(c => Colored(c.Member, Cell(item, c.Member))).ToArray());
        }

        Terminal.Write(table);
        if (answer.TryGetProperty("next", out var next) && next.ValueKind == JsonValueKind.String)
        {
            Console.WriteLine($"more: add --cursor {next.GetString()}");
        }
    }

    private static IAnsiConsole Open()
    {
        if (!Console.IsOutputRedirected)
        {
            return AnsiConsole.Console;
        }

        var plain = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(Console.Out),
        });
        plain.Profile.Width = RedirectedWidth;
        return plain;
    }

    private static string Cell(JsonElement item, string member) =>
        !item.TryGetProperty(member, out var value) || value.ValueKind == JsonValueKind.Null ? ""
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString("0.####", CultureInfo.InvariantCulture)
        : value.ToString();

    private static string Colored(string member, string text)
    {
        var escaped = Markup.Escape(text);
        return member != "state" ? escaped : text switch
        {
            "delivered" or "healthy" => $"[green]{escaped}[/]",
            "exhausted" or "failed" or "open" or "failing" or "rejected" => $"[red]{escaped}[/]",
            "pending" or "slow" or "paused" or "pendingApproval" or "waiting" => $"[yellow]{escaped}[/]",
            _ => escaped,
        };
    }
}
