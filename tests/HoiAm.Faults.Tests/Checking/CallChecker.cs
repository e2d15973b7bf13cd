using System.Text.Json.Nodes;
using HoiAm.Faults.Hooks;

namespace HoiAm.Faults.Checking;

/// <summary>What the hooks saw: same bytes every time, repeats only after a death, the callbacks of one message in their order.</summary>
internal sealed class CallChecker(IHappenings happenings, long replayedNs)
{
    /// <summary>The calls of one callback, oldest first.</summary>
    public IEnumerable<string> Check(JsonNode callback, IReadOnlyList<HookCall> calls, RunReport report)
    {
        if (calls.Select(c => c.Target).Distinct().Count() > 1)
        {
            yield return "came with different bytes";
        }

        var attempts = callback["attempts"]!.AsArray().ToLookup(a => (int)a!["number"]!, a => (string)a!["outcome"]!);
        for (var i = 1; i < calls.Count; i++)
        {
            var (before, now) = (calls[i - 1], calls[i]);
            if (now.Ns > replayedNs)
            {
                break;
            }

            var excuse = happenings.Between(before, now);
            if (excuse == Excuse.Unrecorded)
            {
                report.Repeated += now.Attempt <= before.Attempt ? 1 : 0;
                continue;
            }

            // A hook that closes without a word is asked once more at once, on a new connection (RFC 9112, 9.3.1).
            var mayRepeat = before.AcknowledgedNs == 0 && (before.Mood == Mood.Resets || excuse == Excuse.BrokenOff);
            if (now.Attempt <= before.Attempt && !mayRepeat)
            {
                yield return $"was tried as number {now.Attempt} after number {before.Attempt} ({before.Mood}) without a cause in between";
            }

            // Acknowledged as the hook sees it may still be too late for the hub: what counts is what it recorded.
            if (before.AcknowledgedNs > 0 && attempts[before.Attempt].Contains("delivered"))
            {
                yield return $"came again after number {before.Attempt} had been acknowledged and recorded";
            }
        }
    }

    /// <summary>Once a later callback of the message has arrived, no earlier one may come any more, replays by hand excepted.</summary>
    public IEnumerable<string> OutOfOrder(IReadOnlyList<HookCall> calls, List<string> ids)
    {
        var furthest = -1;
        foreach (var call in calls.Where(c => c.Ns < replayedNs))
        {
            var place = ids.IndexOf(call.Id);
            if (place < furthest)
            {
                yield return $"callback {place + 1} came after callback {furthest + 1}";
            }

            furthest = Math.Max(furthest, place);
        }
    }
}
