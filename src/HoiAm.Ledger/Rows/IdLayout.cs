namespace HoiAm.Ledger.Rows;

/// <summary>
/// How an engine makes ids: the second of their making, since the beginning of 2020, stands above some lower bits of the engine's own. So a
/// range of time is a range of ids, and needs no index.
/// </summary>
/// <param name="LowerBits">Bits below the second.</param>
public sealed record IdLayout(int LowerBits)
{
    /// <summary>Unix second of the beginning of 2020, with which ids begin.</summary>
    public const long Epoch = 1_577_836_800;

    /// <summary>Lower bits of ids that another engine made before this store took them over; 0 when there are none.</summary>
    public int OlderLowerBits { get; init; }

    /// <summary>Until this second ids were made by the other engine, Unix seconds.</summary>
    public long OlderUntil { get; init; }

    /// <summary>The first id that could have been made at a moment: what was entered since then has this id or a larger one.</summary>
    public long FirstAt(DateTimeOffset moment)
    {
        var second = moment.ToUnixTimeSeconds();
        var bits = second < OlderUntil ? OlderLowerBits : LowerBits;
        return Math.Clamp(second - Epoch, 0, long.MaxValue >> bits) << bits;
    }
}
