using System.Globalization;
using HoiAm.Model;
using HoiAm.Protocols.Codes;
using HoiAm.Server.Admin;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Stats;

/// <summary><c>GET /admin/v1/stats</c>: time series for the charts (contract section 4). A customer sees its own numbers, and no vendors.</summary>
internal sealed class StatsApi(HubDirectory directory, LedgerQueries queries, TimeProvider time)
{
    private const int GroupsMax = 50;

    public void Map(AdminRoutes routes) => routes.Get("/stats", StatsAsync, scoped: true);

    private Task<IResult> StatsAsync(AdminCall call)
    {
        var range = StatRange.Read(call, time.GetUtcNow());
        var account = Filters.Account(call, directory.Current);
        using var connection = queries.Open();
        var sheet = StatSheet.Read(connection, account, range);
        return Task.FromResult(Answers.Ok(new
        {
            from = Answers.Time(range.At(0)),
            to = Answers.Time(DateTimeOffset.FromUnixTimeSeconds(range.ToMinute * 60)),
            stepSeconds = range.StepMinutes * 60,
            totals = Totals(sheet.All),
            points = Enumerable.Range(0, range.Steps).Select(step => Point(sheet, step)).ToList(),
            by = new
            {
                vendor = call.Principal.Scope is null ? Groups(sheet, 'v') : null,
                telco = Groups(sheet, 't'),
                kind = Groups(sheet, 'k'),
            },
        }));
    }

    private static object Point(StatSheet sheet, int step)
    {
        var line = sheet.All;
        return new
        {
            at = Answers.Time(sheet.Range.At(step)),
            reports = line.Reports[step],
            orphans = line.Parked[step],
            outcomes = Outcomes(line, counts => counts[step]),
            callbacks = line.Callbacks[step],
            delivered = line.Acknowledged[step],
            exhausted = line.Exhausted[step],
            tries = line.Tries[step],
            failedTries = line.FailedTries[step],
            p50Ms = line.Latency.Quantile(step, 0.5),
            p99Ms = line.Latency.Quantile(step, 0.99),
            answerP50Ms = line.Answer.Quantile(step, 0.5),
            answerP99Ms = line.Answer.Quantile(step, 0.99),
        };
    }

    private static object Totals(StatLine line) => new
    {
        reports = line.Reports.Sum(),
        orphans = line.Parked.Sum(),
        outcomes = Outcomes(line, counts => counts.Sum()),
        callbacks = line.Callbacks.Sum(),
        delivered = line.Acknowledged.Sum(),
        exhausted = line.Exhausted.Sum(),
        tries = line.Tries.Sum(),
        failedTries = line.FailedTries.Sum(),
        p50Ms = line.Latency.Quantile(0.5),
        p99Ms = line.Latency.Quantile(0.99),
        answerP50Ms = line.Answer.Quantile(0.5),
        answerP99Ms = line.Answer.Quantile(0.99),
    };

    private List<object> Groups(StatSheet sheet, char dimension) =>
    [
        .. sheet.Lines.Where(l => l.Key.Dimension == dimension)
            .OrderByDescending(l => l.Value.Reports.Sum() + l.Value.Callbacks.Sum()).ThenBy(l => l.Key.Number).Take(GroupsMax)
            .Select(l => new
            {
                key = Key(dimension, l.Key.Number),
                name = Name(dimension, l.Key.Number),
                totals = Totals(l.Value),
                reports = l.Value.Reports,
                outcomes = Outcomes(l.Value, counts => counts),
                callbacks = l.Value.Callbacks,
                delivered = l.Value.Acknowledged,
                exhausted = l.Value.Exhausted,
                p50Ms = Enumerable.Range(0, sheet.Range.Steps).Select(step => l.Value.Latency.Quantile(step, 0.5)).ToArray(),
                p99Ms = Enumerable.Range(0, sheet.Range.Steps).Select(step => l.Value.Latency.Quantile(step, 0.99)).ToArray(),
            }),
    ];

    private static Dictionary<string, T> Outcomes<T>(StatLine line, Func<long[], T> pick) =>
        line.Outcomes.OrderBy(o => o.Key).ToDictionary(o => Word(o.Key), o => pick(o.Value));

    private string? Key(char dimension, int number) => number == 0 ? null : dimension == 'v'
        ? directory.Current.VendorsByNumber.GetValueOrDefault(number)?.Id
        : number.ToString(CultureInfo.InvariantCulture);

    private string? Name(char dimension, int number) => number == 0 ? null : dimension switch
    {
        'v' => directory.Current.VendorsByNumber.GetValueOrDefault(number)?.Id,
        't' => TelcoNames.Describe(number),
        _ => char.ToLowerInvariant(((MessageKind)number).ToString()[0]) + ((MessageKind)number).ToString()[1..],
    };

    private static string Word(RecipientState state) => state.ToString().ToLowerInvariant();
}
