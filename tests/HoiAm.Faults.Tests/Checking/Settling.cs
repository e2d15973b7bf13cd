using System.Text.Json.Nodes;
using HoiAm.Faults.Hub;

namespace HoiAm.Faults.Checking;

/// <summary>What comes after the last fault and before the check: everything that can still be delivered is.</summary>
internal static class Settling
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Waits until nothing is pending; open breakers, which each node has for itself, are asked to look again rather than waited for. Gives
    /// what the hub said of itself when its time was over, for a run that does not settle is hard to bring about a second time.
    /// </summary>
    public static async Task<List<string>> SettleAsync(HubApi api, IReadOnlyList<HubApi> nodes)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < s_patience)
        {
            foreach (var node in nodes)
            {
                foreach (var endpoint in (await node.ListAsync("/endpoints").ConfigureAwait(false)).Where(e => (string?)e["state"] == "open" && !IsHopeless(e)))
                {
                    await node.AdminAsync("POST", $"/endpoints/{(string)endpoint["id"]!}/test").ConfigureAwait(false);
                }
            }

            var pending = (await api.ListAsync("/callbacks?state=pending").ConfigureAwait(false)).Where(c => !IsHopeless(c)).ToList();
            if (pending.Count == 0)
            {
                return [];
            }

            // What was put off while the clock was a day ahead is due tomorrow: visibly pending, and sent at once when somebody asks.
            foreach (var far in pending.Where(IsFar))
            {
                await api.AdminAsync("POST", $"/callbacks/{(string)far["id"]!}/replay").ConfigureAwait(false);
            }

            await Pause.ForAsync(500).ConfigureAwait(false);
        }

        var left = (await api.ListAsync("/callbacks?state=pending").ConfigureAwait(false)).Where(c => !IsHopeless(c)).Take(5).ToList();
        var stories = await Task.WhenAll(left.Select(c => api.GetAsync("/messages/" + (string)c["smsId"]!))).ConfigureAwait(false);
        return
        [
            .. (await api.ListAsync("/endpoints").ConfigureAwait(false)).Where(e => !IsHopeless(e)).Select(e => "not settled, hook: " + e.ToJsonString()),
            .. stories.Select(s => "not settled, story: " + s.ToJsonString()),
        ];
    }

    /// <summary>Sends once more what was given up while hooks misbehaved.</summary>
    public static async Task ReplayAsync(HubApi api)
    {
        foreach (var account in new[] { "quiet", "curious" })
        {
            await api.AdminAsync("POST", "/callbacks/replay", $$"""{ "state": "exhausted", "account": "{{account}}" }""").ConfigureAwait(false);
        }

        await Pause.ForAsync(500).ConfigureAwait(false);
        await Pause.UntilAsync(
            async () => !(await api.ListAsync("/callbacks?state=pending").ConfigureAwait(false)).Exists(c => !IsHopeless(c))
                && !(await api.ListAsync("/callbacks?state=exhausted").ConfigureAwait(false)).Exists(c => !IsHopeless(c)),
            s_patience,
            500).ConfigureAwait(false);
    }

    private static bool IsHopeless(JsonNode row) => (string?)row["account"] is "untrusting" or "fenced";

    private static bool IsFar(JsonNode callback) =>
        callback["dueAt"] is { } due
        && DateTimeOffset.Parse((string)due!, CultureInfo.InvariantCulture) > TimeProvider.System.GetUtcNow().AddMinutes(10);
}
