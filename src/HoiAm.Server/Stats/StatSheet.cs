using System.Data.Common;
using System.Globalization;
using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Model;

namespace HoiAm.Server.Stats;

/// <summary>Counts of one line of the charts (everything, one vendor, one carrier, one kind), a place for each step.</summary>
internal sealed class StatLine(int steps)
{
    public long[] Reports { get; } = new long[steps];

    public long[] Parked { get; } = new long[steps];

    public long[] Callbacks { get; } = new long[steps];

    public long[] Acknowledged { get; } = new long[steps];

    public long[] Exhausted { get; } = new long[steps];

    public long[] Tries { get; } = new long[steps];

    public long[] FailedTries { get; } = new long[steps];

    public Dictionary<RecipientState, long[]> Outcomes { get; } = [];

    public Histogram Latency { get; } = new(steps);

    public Histogram Answer { get; } = new(steps);

    public long[] OutcomesOf(RecipientState state) => Outcomes.TryGetValue(state, out var counts) ? counts : Outcomes[state] = new long[steps];

    public void Add(int step, string series, int detail, long count)
    {
        switch (series)
        {
            case "reports":
                Reports[step] += count;
                Parked[step] += (ReportEffect)detail == ReportEffect.Parked ? count : 0;
                break;
            case "outcomes":
                OutcomesOf((RecipientState)detail)[step] += count;
                break;
            case "callbacks":
                Callbacks[step] += count;
                break;
            case "settled":
                ((CallbackState)detail == CallbackState.Delivered ? Acknowledged : Exhausted)[step] += count;
                break;
            case "tries":
                Tries[step] += count;
                FailedTries[step] += (AttemptOutcome)detail == AttemptOutcome.Delivered ? 0 : count;
                break;
            case "latency":
                Latency.Add(step, detail, count);
                break;
            case "answer":
                Answer.Add(step, detail, count);
                break;
            default:
                break;
        }
    }
}

/// <summary>A histogram for each step and for all of them together.</summary>
internal sealed class Histogram(int steps)
{
    private readonly long[]?[] _steps = new long[steps][];
    private readonly long[] _all = new long[StatBuckets.Bounds.Count + 1];

    public void Add(int step, int bucket, long count)
    {
        if (bucket < _all.Length)
        {
            (_steps[step] ??= new long[_all.Length])[bucket] += count;
            _all[bucket] += count;
        }
    }

    public double? Quantile(double share) => Round(StatBuckets.Quantile(_all, share));

    public double? Quantile(int step, double share) => _steps[step] is { } counts ? Round(StatBuckets.Quantile(counts, share)) : null;

    private static double? Round(double? ms) => ms is { } value ? Math.Round(value, value < 10 ? 1 : 0) : null;
}

/// <summary>Everything that the charts of one time show, for the hub or for one account.</summary>
internal sealed class StatSheet
{
    private StatSheet(StatRange range)
    {
        Range = range;
        All = new StatLine(range.Steps);
    }

    public StatRange Range { get; }

    public StatLine All { get; }

    /// <summary>Lines by dimension (<c>v</c>, <c>t</c>, <c>k</c>) and number.</summary>
    public Dictionary<(char Dimension, int Number), StatLine> Lines { get; } = [];

    /// <summary>Reads the rows of an account (0: the hub) along the table's key, summed by step in the store.</summary>
    public static StatSheet Read(DbConnection connection, int account, StatRange range)
    {
        var sheet = new StatSheet(range);
        var rows = connection.Query(
            """
            SELECT (minute - @p1) / @p3, series, label, SUM(count) FROM stat WHERE account = @p0 AND minute >= @p1 AND minute < @p2
            GROUP BY (minute - @p1) / @p3, series, label
            """,
            r => (Step: r.GetInt64(0), Series: r.GetString(1), Label: r.GetString(2), Count: Convert.ToInt64(r.GetValue(3), CultureInfo.InvariantCulture)),
            account,
            range.FromMinute,
            range.ToMinute,
            (long)range.StepMinutes);
        foreach (var row in rows)
        {
            sheet.Add(row.Step, row.Series, row.Label, row.Count);
        }

        // Hours, kept under minutes below zero: the newest has the smallest number.
        foreach (var row in connection.Query(
            "SELECT minute, series, label, count FROM stat WHERE account = @p0 AND minute > @p1 AND minute <= @p2 AND minute < 0",
            r => (Minute: -r.GetInt64(0) * 60, Series: r.GetString(1), Label: r.GetString(2), Count: r.GetInt64(3)),
            account,
            -((range.ToMinute + 59) / 60),
            -((range.FromMinute + 59) / 60)))
        {
            sheet.Add((row.Minute - range.FromMinute) / range.StepMinutes, row.Series, row.Label, row.Count);
        }

        return sheet;
    }

    private void Add(long step, string series, string label, long count)
    {
        var bar = label.IndexOf('|', StringComparison.Ordinal);
        if (step < 0 || step >= Range.Steps || bar < 1 || !int.TryParse(label.AsSpan(bar + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var detail))
        {
            return;
        }

        Line(label, bar).Add((int)step, series, detail, count);
    }

    private StatLine Line(string label, int bar)
    {
        if (label[0] == '*')
        {
            return All;
        }

        var key = (label[0], int.Parse(label.AsSpan(1, bar - 1), NumberStyles.None, CultureInfo.InvariantCulture));
        return Lines.TryGetValue(key, out var line) ? line : Lines[key] = new StatLine(Range.Steps);
    }
}
