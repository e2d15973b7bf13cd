using System.CommandLine;
using System.Text.Json;
using HoiAm.Cli.Output;
using HoiAm.Protocols.Explaining;
using Spectre.Console;

namespace HoiAm.Cli.Commands;

/// <summary><c>hoiam decode</c>: explains any callback URL or vendor body, field by field.</summary>
internal static class DecodeCommand
{
    public static Command Create()
    {
        var text = new Argument<string?>("text") { Description = "A callback URL or query, a vendor body, or a pull answer; - or nothing reads standard input", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("decode", "Explain a callback URL or a vendor body, field by field") { Printer.JsonOption, Language.Option };
        command.Arguments.Add(text);
        command.SetAction(parsed =>
        {
            var given = parsed.GetValue(text);
            var explanation = Language.Explain((given is null or "-" ? Console.In.ReadToEnd() : given).Trim(), parsed.GetValue(Language.Option));
            if (parsed.GetValue(Printer.JsonOption))
            {
                Printer.Json(JsonSerializer.SerializeToElement(explanation, JsonSerializerOptions.Web));
                return explanation.Form == ExplainedForm.Unknown ? 1 : 0;
            }

            Show(explanation, parsed.GetValue(Language.Option));
            return explanation.Form == ExplainedForm.Unknown ? 1 : 0;
        });
        return command;
    }

    /// <summary>Prints an explanation as a table under its one sentence.</summary>
    public static void Show(Explanation explanation, string? language)
    {
        Printer.Terminal.MarkupLineInterpolated($"[bold]{explanation.Summary}[/]");
        if (explanation.Fields.Count > 0)
        {
            var table = new Table { Border = TableBorder.Rounded };
            table.AddColumns(language == "vi" ? ["trường", "giá trị", "ý nghĩa"] : ["field", "value", "meaning"]);
            foreach (var field in explanation.Fields)
            {
                table.AddRow(Markup.Escape(field.Field), Markup.Escape(field.Decoded), Markup.Escape(field.Meaning));
            }

            Printer.Terminal.Write(table);
        }

        foreach (var problem in explanation.Problems)
        {
            Printer.Terminal.MarkupLineInterpolated($"[yellow]{(language == "vi" ? "lưu ý" : "note")}:[/] {problem}");
        }
    }
}
