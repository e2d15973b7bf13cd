using System.CommandLine;
using System.Text.Json;
using HoiAm.Cli.Doctoring;
using HoiAm.Cli.Output;
using Spectre.Console;

namespace HoiAm.Cli.Commands;

/// <summary><c>hoiam doctor</c>: checks what usually goes wrong, and says how to mend each.</summary>
internal static class DoctorCommand
{
    public static Command Create(Command serve)
    {
        var data = new Option<string>("--data")
        {
            Description = "Folder of the embedded store, when it is on this machine (or HOIAM_DATA)",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("HOIAM_DATA") ?? "./data",
        };
        var command = new Command("doctor", "Check configuration, store, clock, DNS, hooks, keys and orphans, and say how to mend each")
        {
            HubClient.UrlOption, HubClient.TokenOption, Printer.JsonOption, data,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var findings = new List<Finding>();
            await foreach (var finding in MachineChecks.RunAsync(serve, parsed.GetValue(data)!).ConfigureAwait(false))
            {
                findings.Add(finding);
            }

            using var hub = HubClient.Of(parsed);
            if (await HubChecks.ReachAsync(hub, findings, cancel).ConfigureAwait(false))
            {
                await HubChecks.ExamineAsync(hub, findings, TimeProvider.System, cancel).ConfigureAwait(false);
            }

            Show(findings, parsed.GetValue(Printer.JsonOption));
            return findings.TrueForAll(f => f.Good) ? 0 : 1;
        });
        return command;
    }

    private static void Show(List<Finding> findings, bool json)
    {
        if (json)
        {
            Printer.Json(JsonSerializer.SerializeToElement(findings, JsonSerializerOptions.Web));
            return;
        }

        foreach (var finding in findings)
        {
            Printer.Terminal.MarkupLineInterpolated(
                finding.Good ? (FormattableString)$"[green]ok[/]    {finding.Check}: {finding.Result}" : $"[red]bad[/]   {finding.Check}: {finding.Result}");
            if (finding.Mend is { } mend)
            {
                Printer.Terminal.MarkupLineInterpolated($"      [yellow]{mend}[/]");
            }
        }
    }
}
