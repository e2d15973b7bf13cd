using System.Data.Common;
using System.Globalization;
using HoiAm.Dispatch.Lanes;
using HoiAm.Ledger.Facts;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Privacy;

namespace HoiAm.Server.Alerting;

/// <summary>How everything that is watched is now: hooks out of this node's lanes, reports out of the counters that all nodes share.</summary>
internal sealed class AlertConditions(Dispatcher dispatcher, HubDirectory directory, TimeProvider time)
{
    /// <summary>Over how many minutes the share of orphans is taken.</summary>
    private const int OrphanMinutes = 10;

    /// <summary>Fewer reports say nothing about a share.</summary>
    private const int OrphanReportsMin = 20;

    public List<AlertCondition> Read(DbConnection connection, AlertBook book)
    {
        var settings = directory.Current.Alerts;
        var conditions = new List<AlertCondition>();
        conditions.AddRange(dispatcher.Snapshot().Where(h => h.Hook.Account != HubDirectory.Operator).Select(h => Hook(h, book)).OfType<AlertCondition>());
        if (settings.Backlog is { } bound)
        {
            var totals = dispatcher.Totals();
            var waiting = totals.Live + totals.Parked;
            conditions.Add(new AlertCondition(
                "backlog/hub",
                waiting > bound,
                "backlog.high",
                "backlog.normal",
                string.Create(CultureInfo.InvariantCulture, $"{waiting:#,0} callbacks wait; the bound is {bound:#,0}."),
                new { waiting, bound }));
        }

        var nowMinute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (settings.OrphanPercent is { } percent)
        {
            conditions.Add(Orphans(connection, nowMinute, percent));
        }

        if (settings.NoReportsAfter is { } silence)
        {
            conditions.Add(Silence(connection, settings, "silence/hub", null, "*", silence, nowMinute));
        }

        foreach (var (id, after) in settings.Vendors)
        {
            if (directory.Current.Vendors.TryGetValue(id, out var vendor))
            {
                var label = string.Create(CultureInfo.InvariantCulture, $"v{vendor.Number}");
                conditions.Add(Silence(connection, settings, "silence/" + id, id, label, after, nowMinute));
            }
        }

        return conditions;
    }

    // An open breaker is bad; only an acknowledged callback after it was told is good: after a start every breaker is closed and proves nothing.
    private AlertCondition? Hook(HookHealth health, AlertBook book)
    {
        var id = health.Hook.Id.ToString(CultureInfo.InvariantCulture);
        var key = "hook/" + id;
        var isOpen = health.State == HookState.Open;
        if (!isOpen && !book.IsOpen(key))
        {
            return null;
        }

        var isBack = !isOpen && health.LastDeliveredAt is { } at && at.ToUnixTimeMilliseconds() >= book.OpenedMs(key);
        var account = directory.Current.AccountsByNumber.GetValueOrDefault(health.Hook.Account)?.Id;
        var url = NumberText.Hide(health.Hook.Url);
        var waiting = health.Live + health.Parked;
        return new AlertCondition(
            key,
            isOpen ? true : isBack ? false : null,
            "hook.failing",
            "hook.recovered",
            isOpen
                ? string.Create(CultureInfo.InvariantCulture, $"The hook {url} of {account} fails: {health.LastError} {waiting:#,0} callbacks wait.")
                : string.Create(CultureInfo.InvariantCulture, $"The hook {url} of {account} takes callbacks again; {waiting:#,0} wait."),
            new
            {
                account,
                endpoint = "ep_" + id,
                url,
                waiting,
                consecutiveFailures = health.ConsecutiveFailures,
                lastError = isOpen ? health.LastError : null,
                nextProbeAt = health.NextProbeAt is { } probe ? Answers.Time(probe) : null,
            });
    }

    private static AlertCondition Orphans(DbConnection connection, long nowMinute, int percent)
    {
        var counts = connection.Query(
            """
            SELECT label, SUM(count) FROM stat WHERE account = 0 AND minute > @p0 AND minute <= @p1 AND series = 'reports' AND label LIKE '*|%' GROUP BY label
            """,
            r => (Label: r.GetString(0), Count: Convert.ToInt64(r.GetValue(1), CultureInfo.InvariantCulture)),
            nowMinute - OrphanMinutes,
            nowMinute);
        var reports = counts.Sum(c => c.Count);
        var parked = string.Create(CultureInfo.InvariantCulture, $"*|{(int)ReportEffect.Parked:00}");
        var orphans = counts.Where(c => c.Label == parked).Sum(c => c.Count);
        return new AlertCondition(
            "orphans/hub",
            reports < OrphanReportsMin ? null : orphans * 100 > reports * percent,
            "orphans.high",
            "orphans.normal",
            string.Create(CultureInfo.InvariantCulture, $"{orphans:#,0} of the last {reports:#,0} reports match no message; the bound is {percent} %."),
            new { orphans, reports, minutes = OrphanMinutes, boundPercent = percent });
    }

    private static AlertCondition Silence(
        DbConnection connection, AlertSettings settings, string key, string? vendor, string label, TimeSpan after, long nowMinute)
    {
        // Counters are by the minute, so a silence is told up to a minute late; hours that were folded are older than any silence that is watched.
        var minutes = (long)Math.Ceiling(after.TotalMinutes);
        var last = connection.ScalarOrNull(
            "SELECT MAX(minute) FROM stat WHERE account = 0 AND minute >= @p0 AND series = 'reports' AND label LIKE @p1", nowMinute - (2 * 1440), label + "|%");
        var from = Math.Max(last ?? 0, settings.SinceMs / 60_000);
        var who = vendor is null ? "No vendor has" : $"The vendor {vendor} has not";
        return new AlertCondition(
            key,
            nowMinute - from > minutes,
            "reports.missing",
            "reports.resumed",
            nowMinute - from > minutes
                ? string.Create(CultureInfo.InvariantCulture, $"{who} reported for {nowMinute - from:#,0} minutes.")
                : $"Reports {(vendor is null ? "" : "of the vendor " + vendor + " ")}come in again.",
            new { vendor, silentMinutes = nowMinute - from, lastReportAt = last is { } minute ? Answers.Time(DateTimeOffset.FromUnixTimeSeconds(minute * 60)) : null });
    }
}
