using System.Text.Json.Nodes;
using HoiAm.Faults.Hooks;
using HoiAm.Faults.Hub;
using HoiAm.Faults.Load;

namespace HoiAm.Faults.Checking;

/// <summary>Holds the model, the hub's story of every message, and what the hooks saw against each other.</summary>
internal sealed class RunChecker(HubApi api, HookFarm farm, IHappenings happenings, long replayedNs)
{
    private readonly RunReport _report = new();
    private readonly CallChecker _calls = new(happenings, replayedNs);

    public async Task<RunReport> CheckAsync(Loader loader)
    {
        var calls = farm.Calls.Where(c => !c.Target.Contains("HoiAmTest=1", StringComparison.Ordinal)).ToList();
        var bySms = calls.ToLookup(c => c.Parameter("SMSID") ?? "");
        var known = loader.Done.Select(p => p.SmsId).ToHashSet(StringComparer.Ordinal);
        foreach (var stranger in calls.Where(c => !known.Contains(c.Parameter("SMSID") ?? "")).Take(5))
        {
            _report.Violate("invented callback: " + stranger.Target);
        }

        if (farm.Strangers > 0)
        {
            _report.Violate(string.Create(CultureInfo.InvariantCulture, $"{farm.Strangers} requests at hooks bore no callback id"));
        }

        foreach (var plan in loader.Done)
        {
            CheckMessage(plan, await api.GetAsync("/messages/" + plan.SmsId).ConfigureAwait(false), [.. bySms[plan.SmsId].OrderBy(c => c.Ns)]);
        }

        if ((await api.ListAsync("/orphans").ConfigureAwait(false)).Count is var orphans and > 0)
        {
            _report.Violate(string.Create(CultureInfo.InvariantCulture, $"{orphans} reports of registered messages are still without one"));
        }

        foreach (var finding in happenings.Findings)
        {
            _report.Violate(finding);
        }

        Count(loader, calls.Count);
        return _report;
    }

    private void Count(Loader loader, int calls)
    {
        _report.Messages = loader.Done.Count;
        _report.Reports = loader.Reports;
        _report.Resent = api.Resent;
        _report.Calls = calls;
        _report.Deaths = happenings.Deaths.Count;
        _report.Episodes = happenings.Episodes;
        foreach (var death in happenings.Deaths)
        {
            _report.DeathsBy[death.Where] = _report.DeathsBy.GetValueOrDefault(death.Where) + 1;
        }

        _report.Injected = happenings.Injected;
    }

    private void CheckMessage(MessagePlan plan, JsonNode story, IReadOnlyList<HookCall> calls)
    {
        var model = plan.After(plan.Reports.Count);
        CheckReports(plan, story["reports"]!.AsArray());
        var states = story["recipients"]!.AsArray().Select(r => (string)r!["state"]!).ToList();
        if (!states.SequenceEqual(model.States))
        {
            _report.Violate($"{plan.SmsId}: receivers are {string.Join(",", states)} and must be {string.Join(",", model.States)}");
        }

        var callbacks = story["callbacks"]!.AsArray().Select(c => c!).OrderBy(c => (string)c["id"]!, StringComparer.Ordinal).ToList();
        if (callbacks.Count != model.Callbacks.Count)
        {
            _report.Violate($"{plan.SmsId}: {callbacks.Count} callbacks, and must have {model.Callbacks.Count}");
            return;
        }

        var ids = callbacks.Select(c => (string)c["id"]!).ToList();
        foreach (var stranger in calls.Where(c => !ids.Contains(c.Id)).Take(1))
        {
            _report.Violate($"{plan.SmsId}: callback {stranger.Id} arrived and is not in its story");
        }

        for (var i = 0; i < callbacks.Count; i++)
        {
            CheckCallback(plan, callbacks[i], model.Callbacks[i], [.. calls.Where(c => c.Id == ids[i])]);
        }

        foreach (var text in _calls.OutOfOrder(calls, ids))
        {
            _report.Violate($"{plan.SmsId}: {text}");
        }
    }

    // Each receiver and status once, with the very bytes of the first one sent.
    private void CheckReports(MessagePlan plan, JsonArray reports)
    {
        var there = reports.Select(r => (string?)r!["raw"] ?? "").ToList();
        foreach (var step in plan.Lasting())
        {
            if (!there.Remove(plan.Reports[step].Body))
            {
                _report.Lost++;
                _report.Violate($"{plan.SmsId}: report {step} was answered 200 and is gone: {plan.Reports[step].Body}");
            }
        }

        if (there.Count > 0)
        {
            _report.Violate($"{plan.SmsId}: a report is there that must not be: {there[0]}");
        }
    }

    private void CheckCallback(MessagePlan plan, JsonNode callback, int sendStatus, IReadOnlyList<HookCall> calls)
    {
        var (id, state) = ((string)callback["id"]!, (string)callback["state"]!);
        _report.Callbacks++;
        _report.Delivered += state == "delivered" ? 1 : 0;
        _report.Exhausted += state == "exhausted" ? 1 : 0;
        _report.Pending += state == "pending" ? 1 : 0;
        if (calls.Count > 0 && calls[0].Parameter("SendStatus") != sendStatus.ToString(CultureInfo.InvariantCulture))
        {
            _report.Violate($"{plan.SmsId}: {id} tells SendStatus {calls[0].Parameter("SendStatus")} and must tell {sendStatus}");
        }

        switch (plan.Hook)
        {
            case HookFarm.MetadataHook:
                // While names cannot be resolved it is only a failed try, and the breaker may defer it: pending is right too.
                if (calls.Count > 0 || (state != "pending" && (state, (string?)callback["reason"]) is not ("exhausted", "blocked" or "retries")))
                {
                    _report.Violate($"{plan.SmsId}: {id} for a metadata address is {state} ({(string?)callback["reason"]}) after {calls.Count} calls");
                }

                break;
            case HookFarm.TlsHook:
                if (state is not ("exhausted" or "pending"))
                {
                    _report.Violate($"{plan.SmsId}: {id} is {state} although its hook refuses TLS");
                }

                break;
            default:
                if (state != "delivered" || !calls.Any(c => c.AcknowledgedNs > 0))
                {
                    _report.Lost += state is "pending" or "exhausted" ? 0 : 1;
                    _report.Violate($"{plan.SmsId}: {id} is {state}, and its hook took {calls.Count(c => c.AcknowledgedNs > 0)} of {calls.Count} calls");
                }

                break;
        }

        foreach (var text in _calls.Check(callback, calls, _report))
        {
            _report.Violate($"{plan.SmsId}: {id} {text}");
        }
    }
}
