using System.Globalization;

namespace HoiAm.Protocols.GetCallback;

/// <summary>What one account may ask for by GetCallback (protocol B.2, section G 8 to 10, 13; contract section 2). Immutable.</summary>
public sealed record GetCallbackLimits
{
    /// <summary>The most that <see cref="MaxIds"/> may be set to.</summary>
    public const int MaxIdsMax = 1000;

    /// <summary>The most that <see cref="PerSecond"/> may be set to.</summary>
    public const int PerSecondMax = 1000;

    /// <summary><c>seed</c>: seed 002's table and notes. 200 ids, 1 request a second, 01:00 to 02:00.</summary>
    public static GetCallbackLimits Seed { get; } = new() { MaxIds = 200, PerSecond = 1, Window = new LocalWindow(new(1, 0), new(2, 0)) };

    /// <summary><c>2023</c>: the first edition. 100 ids, 1 request a second, 01:00 to 02:00.</summary>
    public static GetCallbackLimits Edition2023 { get; } = Seed with { MaxIds = 100 };

    /// <summary><c>2024</c>: what eSMS documents since 2024-01-09, and our default. 200 ids, 20 requests a second, at any time.</summary>
    public static GetCallbackLimits Edition2024 { get; } = new();

    /// <summary>Ids looked up per request, the first ones in the given order; the rest is silently left out. 1 to 1,000, default 200.</summary>
    public int MaxIds { get; init; } = 200;

    /// <summary>Requests per second and account, 1 to 1,000, default 20.</summary>
    public int PerSecond { get; init; } = 20;

    /// <summary>The daily hours in which requests are answered, Asia/Ho_Chi_Minh; null (default) for all day.</summary>
    public LocalWindow? Window { get; init; }

    /// <summary>Which kinds are answered; default the Zalo kinds.</summary>
    public PullKinds Kinds { get; init; } = PullKinds.Zalo;

    /// <summary>The preset of a name: <c>seed</c>, <c>2023</c> or <c>2024</c>; null for any other.</summary>
    public static GetCallbackLimits? Preset(ReadOnlySpan<char> name) => name switch
    {
        "seed" => Seed,
        "2023" => Edition2023,
        "2024" => Edition2024,
        _ => null,
    };

    /// <summary>What is out of range; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (MaxIds is < 1 or > MaxIdsMax)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"maxIds is {MaxIds}; accepted is 1 to {MaxIdsMax}."));
        }

        if (PerSecond is < 1 or > PerSecondMax)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"perSecond is {PerSecond}; accepted is 1 to {PerSecondMax}."));
        }

        return faults;
    }

    /// <summary>The ids that are looked up: the first <see cref="MaxIds"/> in the given order, repeats among them once.</summary>
    public IReadOnlyList<string> Cut(IReadOnlyList<string> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var kept = new List<string>(Math.Min(ids.Count, MaxIds));
        for (var i = 0; i < ids.Count && i < MaxIds; i++)
        {
            if (seen.Add(ids[i]))
            {
                kept.Add(ids[i]);
            }
        }

        return kept;
    }
}

/// <summary>Daily hours in local time of Asia/Ho_Chi_Minh. <paramref name="From"/> belongs to it, <paramref name="To"/> does not; it may span midnight.</summary>
/// <param name="From">Start.</param>
/// <param name="To">End, exclusive.</param>
public sealed record LocalWindow(TimeOnly From, TimeOnly To)
{
    /// <summary>True at a moment of the local day.</summary>
    public bool Contains(TimeOnly local) => From <= To ? From <= local && local < To : From <= local || local < To;

    /// <summary>True at a moment.</summary>
    public bool Contains(DateTimeOffset moment) => Contains(TimeOnly.FromDateTime(Text.WireTime.ToVietnam(moment)));

    /// <summary>Reads <c>HH:mm-HH:mm</c>; null when the text is not of that form or both ends are the same.</summary>
    public static LocalWindow? Parse(ReadOnlySpan<char> text)
    {
        var dash = text.IndexOf('-');
        return dash > 0 && ReadTime(text[..dash], out var from) && ReadTime(text[(dash + 1)..], out var to) && from != to
            ? new LocalWindow(from, to)
            : null;
    }

    /// <summary>The form that <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:HH\\:mm}-{To:HH\\:mm}");

    private static bool ReadTime(ReadOnlySpan<char> text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text.Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
