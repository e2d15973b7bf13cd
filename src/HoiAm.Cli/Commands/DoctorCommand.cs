using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using HoiAm.Cli.Output;
using Spectre.Console;

namespace HoiAm.Cli.Commands;

/// <summary><c>hoiam doctor</c>: checks what usually goes wrong, and says how to mend each.</summary>
internal static class DoctorCommand
{
    private sealed record Finding(string Check, bool Good, string Result, string? Mend);

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "Folder of the embedded store, when it is on this machine", DefaultValueFactory = _ => "./data" };
        var command = new Command("doctor", "Check hub, store, clock, DNS, hooks and orphans, and say how to mend each")
        {
            HubClient.UrlOption, HubClient.TokenOption, Printer.JsonOption, data,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var findings = new List<Finding>();
            findings.Add(Folder(parsed.GetValue(data)!));
            findings.Add(await DnsAsync(cancel).ConfigureAwait(false));
            using var hub = HubClient.Of(parsed);
            var alive = await AliveAsync(hub, findings, cancel).ConfigureAwait(false);
            if (alive)
            {
                await HooksAsync(hub, findings, cancel).ConfigureAwait(false);
                await OrphansAsync(hub, findings, cancel).ConfigureAwait(false);
                await ClusterAsync(hub, findings, cancel).ConfigureAwait(false);
            }

            Show(findings, parsed.GetValue(Printer.JsonOption));
            return findings.TrueForAll(f => f.Good) ? 0 : 1;
        });
        return command;
    }

    private static Finding Folder(string path)
    {
        if (!Directory.Exists(path))
        {
            return new Finding("data folder", true, $"{path} is not on this machine (or not made yet)", null);
        }

        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(path);
            if ((mode & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0)
            {
                return new Finding("data folder", false, $"{path} can be read by others", $"chmod 700 {path}");
            }
        }

        var drive = new DriveInfo(Path.GetFullPath(path));
        var free = drive.AvailableFreeSpace >> 20;
        return free < 1024
            ? new Finding("disk space", false, string.Create(CultureInfo.InvariantCulture, $"{free} MiB left for {path}"), "Make room: when the disk is full, vendors are answered 503.")
            : new Finding("data folder", true, string.Create(CultureInfo.InvariantCulture, $"{path}, {free / 1024} GiB free"), null);
    }

    private static async Task<Finding> DnsAsync(CancellationToken cancel)
    {
        try
        {
            await Dns.GetHostAddressesAsync("localhost", cancel).ConfigureAwait(false);
            return new Finding("DNS", true, "names are resolved", null);
        }
        catch (System.Net.Sockets.SocketException error)
        {
            return new Finding("DNS", false, error.Message, "Mend the resolver (/etc/resolv.conf); callbacks to host names fail without it.");
        }
    }

    private static async Task<bool> AliveAsync(HubClient hub, List<Finding> findings, CancellationToken cancel)
    {
        try
        {
            await hub.GetAsync("/healthz", cancel).ConfigureAwait(false);
            findings.Add(new Finding("hub", true, "answers", null));
        }
        catch (HttpRequestException error)
        {
            findings.Add(new Finding("hub", false, error.Message, "Start it with ./run, or name another address with --url."));
            return false;
        }

        try
        {
            await hub.GetAsync("/readyz", cancel).ConfigureAwait(false);
            findings.Add(new Finding("store", true, "takes writes", null));
        }
        catch (HubRefusal refusal)
        {
            findings.Add(new Finding("store", false, refusal.Message, "Make room or mend the disk; the hub goes on by itself."));
        }

        try
        {
            await hub.GetAsync("/admin/v1/accounts?limit=1", cancel).ConfigureAwait(false);
            findings.Add(new Finding("token", true, "is accepted", null));
            return true;
        }
        catch (HubRefusal refusal)
        {
            findings.Add(new Finding("token", false, refusal.Message, "Give an administrator's token with --token or HOIAM_TOKEN."));
            return false;
        }
    }

    private static async Task HooksAsync(HubClient hub, List<Finding> findings, CancellationToken cancel)
    {
        var answer = await hub.GetAsync("/admin/v1/endpoints?limit=500", cancel).ConfigureAwait(false);
        var bad = answer.GetProperty("items").EnumerateArray()
            .Where(e => e.GetProperty("state").GetString() is "failing" or "open").ToList();
        foreach (var hook in bad)
        {
            findings.Add(new Finding(
                "hook",
                false,
                $"{hook.GetProperty("url").GetString()} is {hook.GetProperty("state").GetString()}: {hook.GetProperty("lastError")}",
                $"When its owner has mended it: hoiam replay --state exhausted --account {hook.GetProperty("account").GetString()}"));
        }

        if (bad.Count == 0)
        {
            findings.Add(new Finding("hooks", true, string.Create(CultureInfo.InvariantCulture, $"{answer.GetProperty("items").GetArrayLength()} known, none failing"), null));
        }
    }

    private static async Task OrphansAsync(HubClient hub, List<Finding> findings, CancellationToken cancel)
    {
        var answer = await hub.GetAsync("/admin/v1/orphans?limit=500", cancel).ConfigureAwait(false);
        var count = answer.GetProperty("items").GetArrayLength();
        findings.Add(count == 0
            ? new Finding("orphans", true, "every report found its message", null)
            : new Finding(
                "orphans",
                false,
                string.Create(CultureInfo.InvariantCulture, $"{count}{(count == 500 ? " or more" : "")} reports match no message"),
                "See hoiam orphans: register the messages, or map the vendor's ids."));
    }

    private static async Task ClusterAsync(HubClient hub, List<Finding> findings, CancellationToken cancel)
    {
        var answer = await hub.GetAsync("/admin/v1/cluster", cancel).ConfigureAwait(false);
        if (answer.GetProperty("store").GetString() != "postgres")
        {
            return;
        }

        var alive = answer.GetProperty("nodes").EnumerateArray().Count(n => n.GetProperty("alive").GetBoolean());
        findings.Add(new Finding("nodes", true, string.Create(CultureInfo.InvariantCulture, $"{alive} share the database"), null));
        findings.Add(answer.GetProperty("synchronousStandby").GetBoolean()
            ? new Finding("standby", true, "commits wait for a synchronous standby", null)
            : new Finding(
                "standby",
                false,
                "commits do not wait for a second machine",
                "Set synchronous_standby_names (docs/scaling.md); until then the loss of the database's machine loses reports that were answered."));
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
