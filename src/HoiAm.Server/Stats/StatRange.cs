using System.Globalization;
using HoiAm.Server.Admin;
using HoiAm.Server.Json;

namespace HoiAm.Server.Stats;

/// <summary>Which time the charts show: from a minute, to a minute, in steps of minutes.</summary>
internal sealed record StatRange(long FromMinute, long ToMinute, int StepMinutes)
{
    /// <summary>Most steps of one answer.</summary>
    public const int StepsMax = 1_500;

    private static readonly int[] s_steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440];

    public int Steps => (int)((ToMinute - FromMinute + StepMinutes - 1) / StepMinutes);

    public DateTimeOffset At(int step) => DateTimeOffset.FromUnixTimeSeconds((FromMinute + ((long)step * StepMinutes)) * 60);

    /// <summary>Reads from, to and step; without them the last hour in steps that suit it.</summary>
    public static StatRange Read(AdminCall call, DateTimeOffset now)
    {
        var to = Paging.Moment(call, "to") ?? now;
        var from = Paging.Moment(call, "from") ?? to.AddTicks(-Math.Min(TimeSpan.TicksPerHour, to.UtcTicks));
        var first = from.ToUnixTimeSeconds() / 60;
        var last = (to.ToUnixTimeSeconds() / 60) + (to.ToUnixTimeSeconds() % 60 > 0 || to.Millisecond > 0 ? 1 : 0);
        if (first < 0 || last <= first)
        {
            throw new AdminRefusal(Answers.Invalid("from", "must be before \"to\", and not before 1970"));
        }

        var step = call.Query("step") is { } text ? Parse(text) : s_steps.FirstOrDefault(s => (last - first + s - 1) / s <= 90, 1440);
        var range = new StatRange(first, last, step);
        return (last - first + step - 1) / step <= StepsMax
            ? range
            : throw new AdminRefusal(Answers.Invalid("step", string.Create(
                CultureInfo.InvariantCulture, $"gives more than {StepsMax} steps in this time; take a longer step or a shorter time")));
    }

    private static int Parse(string text)
    {
        var unit = text[^1] switch { 'm' => 1, 'h' => 60, 'd' => 1440, _ => 0 };
        return unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is >= 1 and <= 1440 && count * unit <= 1440
            ? count * unit
            : throw new AdminRefusal(Answers.Invalid("step", "must be a whole number with m, h or d, from 1m to 1d, like 5m"));
    }
}
