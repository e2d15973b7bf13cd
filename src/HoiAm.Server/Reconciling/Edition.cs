using HoiAm.Protocols.GetCallback;

namespace HoiAm.Server.Reconciling;

/// <summary>
/// The edition of the provider's documents by which it is asked: ids a request, requests a second, hours. The rate is documented for
/// GetCallback alone; here it holds for all questions to one provider together, so that no reading of the page can find it exceeded.
/// </summary>
internal sealed record Edition(string Name, GetCallbackLimits Limits)
{
    /// <summary>How long the status calls for SMS and Viber know a message (protocol D).</summary>
    public static readonly TimeSpan StatusKept = TimeSpan.FromDays(7);

    /// <summary>How long a Zalo message is asked about; nobody documents how long it is known, and ours knows it 30 days (protocol G 17).</summary>
    public static readonly TimeSpan CallbackKept = TimeSpan.FromDays(30);

    // A request takes its time, and clocks differ: near the edges of the hours nothing is asked.
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_early = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_vietnam = TimeSpan.FromHours(7);
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(6);

    /// <summary>The edition of a settings' word.</summary>
    public static Edition Of(string name) => new(name, GetCallbackLimits.Preset(name) ?? GetCallbackLimits.Edition2024);

    /// <summary>True when it may be asked at this moment.</summary>
    public bool IsOpen(DateTimeOffset now) =>
        Limits.Window is not { } window || (window.Contains(now) && window.Contains(now + s_late) && window.Contains(now - s_early));

    /// <summary>When the hours begin the next time; now for an edition without hours.</summary>
    public DateTimeOffset NextOpening(DateTimeOffset now)
    {
        if (Limits.Window is not { } window)
        {
            return now;
        }

        var opens = Today(now, window.From);
        return opens > now ? opens : opens.AddDays(1);
    }

    /// <summary>When the run that a moment belongs to began at the earliest: the opening of these hours, or the full hour.</summary>
    public DateTimeOffset RunStart(DateTimeOffset now) => Limits.Window is null
        ? new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero)
        : NextOpening(now).AddDays(-1);

    /// <summary>
    /// When a message that was asked about so often is asked about again: the next night, or after a pause that doubles from 30 s to 6 h.
    /// </summary>
    public DateTimeOffset NextAsk(DateTimeOffset now, int asks)
    {
        if (Limits.Window is not null)
        {
            return NextOpening(now);
        }

        var pause = s_first * Math.Pow(2, Math.Clamp(asks - 1, 0, 16));
        return now + (pause < s_longest ? pause : s_longest);
    }

    private static DateTimeOffset Today(DateTimeOffset now, TimeOnly at)
    {
        var local = now.ToOffset(s_vietnam);
        return new DateTimeOffset(local.Date + at.ToTimeSpan(), s_vietnam);
    }
}
