using System.Globalization;
using System.Text.Json;
using HoiAm.Cli.Commands;

namespace HoiAm.Cli.Doctoring;

/// <summary>What the hub tells of itself.</summary>
internal static class HubChecks
{
    private const int HostsMax = 50;
    private static readonly TimeSpan s_clockSlack = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_keyNotice = TimeSpan.FromDays(14);

    /// <summary>Whether it answers and lets us in; false ends the examination.</summary>
    public static async Task<bool> ReachAsync(HubClient hub, List<Finding> findings, CancellationToken cancel)
    {
        try
        {
            await hub.GetAsync("/healthz", cancel).ConfigureAwait(false);
            findings.Add(Finding.Ok("hub", "answers"));
        }
        catch (HttpRequestException error)
        {
            findings.Add(Finding.Bad("hub", error.Message, "Start it with ./run or hoiam serve, or name another address with --url or HOIAM_URL."));
            return false;
        }
        catch (HubRefusal refusal)
        {
            findings.Add(Finding.Bad("hub", refusal.Message, "Something else answers at this address, or a proxy keeps /healthz to itself; ask from the hub's own machine or with a token."));
        }

        try
        {
            await hub.GetAsync("/readyz", cancel).ConfigureAwait(false);
            findings.Add(Finding.Ok("store", "takes writes"));
        }
        catch (HubRefusal refusal)
        {
            findings.Add(Finding.Bad("store", refusal.Message, "Make room, mend the disk or bring the database back; the hub goes on by itself."));
        }

        try
        {
            await hub.GetAsync("/admin/v1/accounts?limit=1", cancel).ConfigureAwait(false);
            findings.Add(Finding.Ok("token", "is accepted"));
            return true;
        }
        catch (HubRefusal refusal)
        {
            findings.Add(Finding.Bad("token", refusal.Message, "Give an administrator's token with --token or HOIAM_TOKEN; from another machine the hub wants https, or --admin-without-tls."));
            return false;
        }
    }

    /// <summary>Everything that needs a token.</summary>
    public static async Task ExamineAsync(HubClient hub, List<Finding> findings, TimeProvider time, CancellationToken cancel)
    {
        Func<Task>[] checks =
        [
            () => ClockAsync(hub, findings, time, cancel), () => HooksAsync(hub, findings, cancel), () => ExhaustedAsync(hub, findings, cancel),
            () => OrphansAsync(hub, findings, cancel), () => KeysAsync(hub, findings, "accounts", time, cancel),
            () => KeysAsync(hub, findings, "vendors", time, cancel), () => ClusterAsync(hub, findings, cancel),
        ];
        foreach (var check in checks)
        {
            try
            {
                await check().ConfigureAwait(false);
            }
            catch (HubRefusal refusal)
            {
                findings.Add(Finding.Bad("rights", refusal.Message, "Ask with a token that may see it: hoiam doctor --token of the role admin or readonly."));
            }
        }
    }

    private static async Task ClockAsync(HubClient hub, List<Finding> findings, TimeProvider time, CancellationToken cancel)
    {
        if (await hub.DateAsync(cancel).ConfigureAwait(false) is not { } theirs)
        {
            return;
        }

        var apart = (time.GetUtcNow() - theirs).Duration();
        findings.Add(apart <= s_clockSlack
            ? Finding.Ok("clocks", "hub and this machine agree")
            : Finding.Bad(
                "clocks",
                string.Create(CultureInfo.InvariantCulture, $"hub and this machine are {apart.TotalSeconds:0} s apart"),
                "Set both by a time server (timedatectl set-ntp true); receivers refuse signatures that are minutes off."));
    }

    private static async Task HooksAsync(HubClient hub, List<Finding> findings, CancellationToken cancel)
    {
        var hooks = (await hub.GetAsync("/admin/v1/endpoints?sort=worst&limit=500", cancel).ConfigureAwait(false)).GetProperty("items").EnumerateArray().ToList();
        var before = findings.Count;
        foreach (var hook in hooks)
        {
            var (id, url, account) = (Text(hook, "id"), Text(hook, "url"), Text(hook, "account"));
            switch (Text(hook, "state"))
            {
                case "failing" or "open":
                    findings.Add(Finding.Bad(
                        "hook",
                        $"{url} is {Text(hook, "state")}: {hook.GetProperty("lastError")}",
                        $"Tell its owner; nothing is lost meanwhile. Once it is mended: hoiam replay --state exhausted --account {account}"));
                    break;
                case "paused":
                    findings.Add(Finding.Bad("hook", $"{url} is paused, {hook.GetProperty("queue")} wait", $"If that is no longer meant, resume it: POST /admin/v1/endpoints/{id}/resume, or the button on its page."));
                    break;
                case "slow":
                    findings.Add(Finding.Bad("hook", $"{url} is slow", $"Its owner should answer 200 first and work later; more tries at once help too: maxConcurrency of account {account}."));
                    break;
                default:
                    break;
            }
        }

        if (findings.Count == before)
        {
            findings.Add(Finding.Ok("hooks", string.Create(CultureInfo.InvariantCulture, $"{hooks.Count} known, none in trouble")));
        }

        var hosts = hooks.Select(h => Uri.TryCreate(Text(h, "url"), UriKind.Absolute, out var uri) && uri.HostNameType == UriHostNameType.Dns ? uri.Host : "")
            .Where(h => h.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Take(HostsMax);
        findings.AddRange((await Task.WhenAll(hosts.Select(h => MachineChecks.DnsAsync("hook's name", h))).ConfigureAwait(false)).Where(f => !f.Good));
    }

    private static async Task ExhaustedAsync(HubClient hub, List<Finding> findings, CancellationToken cancel)
    {
        var count = Count(await hub.GetAsync("/admin/v1/callbacks?state=exhausted&limit=500", cancel).ConfigureAwait(false));
        findings.Add(count == 0
            ? Finding.Ok("callbacks", "none was given up")
            : Finding.Bad("callbacks", $"{Many(count)} given up", "See why with hoiam callbacks --state exhausted; when the hooks answer again: hoiam replay --state exhausted"));
    }

    private static async Task OrphansAsync(HubClient hub, List<Finding> findings, CancellationToken cancel)
    {
        var count = Count(await hub.GetAsync("/admin/v1/orphans?limit=500", cancel).ConfigureAwait(false));
        findings.Add(count == 0
            ? Finding.Ok("orphans", "every report found its message")
            : Finding.Bad("orphans", $"{Many(count)} reports match no message", "See hoiam orphans: register the messages and they match by themselves, or attach them on the page Orphans."));
    }

    private static async Task KeysAsync(HubClient hub, List<Finding> findings, string owners, TimeProvider time, CancellationToken cancel)
    {
        var before = findings.Count;
        var list = (await hub.GetAsync($"/admin/v1/{owners}?limit=200", cancel).ConfigureAwait(false)).GetProperty("items").EnumerateArray()
            .Where(o => o.GetProperty("enabled").GetBoolean()).ToList();
        foreach (var id in list.Select(o => Text(o, "id")))
        {
            var keys = (await hub.GetAsync($"/admin/v1/{owners}/{Uri.EscapeDataString(id)}/keys?limit=500", cancel).ConfigureAwait(false)).GetProperty("items")
                .EnumerateArray().Where(k => k.GetProperty("active").GetBoolean()).ToList();
            var ends = keys.Select(k => k.TryGetProperty("validTo", out var to) && to.ValueKind == JsonValueKind.String ? to.GetDateTimeOffset() : DateTimeOffset.MaxValue).ToList();
            var last = ends.Count == 0 ? DateTimeOffset.MinValue : ends.Max();
            if (last < time.GetUtcNow())
            {
                findings.Add(Finding.Bad("keys", $"{owners[..^1]} {id} has no key in force", $"Make one on its page, or POST /admin/v1/{owners}/{id}/keys; or disable it."));
            }
            else if (last < time.GetUtcNow() + s_keyNotice)
            {
                findings.Add(Finding.Bad("keys", string.Create(CultureInfo.InvariantCulture, $"the last key of {owners[..^1]} {id} ends on {last:yyyy-MM-dd}"), $"Make the next one now, both are valid at once: POST /admin/v1/{owners}/{id}/keys"));
            }
        }

        if (findings.Count == before)
        {
            findings.Add(Finding.Ok("keys", string.Create(CultureInfo.InvariantCulture, $"every {owners[..^1]} has one in force ({list.Count})")));
        }
    }

    private static async Task ClusterAsync(HubClient hub, List<Finding> findings, CancellationToken cancel)
    {
        var answer = await hub.GetAsync("/admin/v1/cluster", cancel).ConfigureAwait(false);
        if (Text(answer, "store") != "postgres")
        {
            return;
        }

        var alive = answer.GetProperty("nodes").EnumerateArray().Count(n => n.GetProperty("alive").GetBoolean());
        findings.Add(Finding.Ok("nodes", string.Create(CultureInfo.InvariantCulture, $"{alive} share the database")));
        findings.Add(answer.GetProperty("synchronousStandby").GetBoolean()
            ? Finding.Ok("standby", "commits wait for a synchronous standby")
            : Finding.Bad(
                "standby",
                "commits do not wait for a second machine",
                "Set synchronous_standby_names (docs/scaling.md); until then the loss of the database's machine loses reports that were answered."));
    }

    private static string Text(JsonElement element, string member) => element.TryGetProperty(member, out var value) ? value.ToString() : "";

    private static int Count(JsonElement answer) => answer.GetProperty("items").GetArrayLength();

    private static string Many(int count) => string.Create(CultureInfo.InvariantCulture, $"{count}{(count == 500 ? " or more" : "")}");
}
