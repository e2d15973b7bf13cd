using System.Globalization;
using HoiAm.Ledger.Rows;
using Npgsql;

namespace HoiAm.Ledger.Postgres;

/// <summary>
/// Ids of one node: the database's clock in steps of 2⁻¹⁸ s, then the node's slot. A node that reads an id of another one goes on above it,
/// so that what follows from something always has the larger id, whichever node it happens on. They stay exact as JSON numbers until 2037.
/// </summary>
internal sealed class PostgresIds
{
    /// <summary>Bits below the second.</summary>
    public const int LowerBits = StepBits + SlotBits;

    /// <summary>Nodes that may be up at once: their slots are part of the ids.</summary>
    public const int SlotMax = 1 << SlotBits;

    /// <summary>Name in "meta" of the second until which ids came from the embedded store.</summary>
    public const string OlderUntil = "ids_older_until";

    private const int StepBits = 18;
    private const int SlotBits = 6;
    private const long MicrosPerSecond = 1_000_000;
    private long _last;

    /// <summary>The node's slot.</summary>
    public int Slot { get; set; }

    /// <summary>Brings the steps up to the database's clock, microseconds since 1970.</summary>
    public void Follow(long micros)
    {
        var since = micros - (IdLayout.Epoch * MicrosPerSecond);
        _last = Math.Max(_last, (since / MicrosPerSecond << StepBits) + ((since % MicrosPerSecond << StepBits) / MicrosPerSecond));
    }

    /// <summary>Goes on above an id that another node may have made.</summary>
    public void Observe(long id) => _last = Math.Max(_last, id >> SlotBits);

    public long Next() => (++_last << SlotBits) | (long)Slot;

    /// <summary>How ids of this database tell the time.</summary>
    public static IdLayout ReadLayout(NpgsqlConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM meta WHERE name = @name";
        command.Parameters.AddWithValue("name", OlderUntil);
        return command.ExecuteScalar() is string text && long.TryParse(text, CultureInfo.InvariantCulture, out var second)
            ? new IdLayout(LowerBits) { OlderLowerBits = 19, OlderUntil = second }
            : new IdLayout(LowerBits);
    }
}
