using System.Data.Common;
using System.Globalization;
using HoiAm.Ledger.Rows;
using HoiAm.Model;

namespace HoiAm.Server.Reconciling;

/// <summary>A message as a walk sees it.</summary>
internal readonly record struct Walked(long Id, int Account, MessageKind Kind, RecipientState State, long CreatedAtMs);

/// <summary>
/// Walks all messages once, in the order of their ids, at a certain age. Ids carry the second of their making, so the age is a range of
/// the primary key: a walk reads each message once in its life, from pages that lie beside each other, and needs no index that every
/// registration and every report would have to keep. How far it came is a fact in the store.
/// </summary>
/// <param name="name">Name of the fact.</param>
/// <param name="ids">How ids tell the time.</param>
internal sealed class IdWalk(string name, IdLayout ids)
{
    /// <summary>Messages read at once.</summary>
    public const int PageSize = 1_000;

    // Ids are made before they are committed; a group that takes its time must not be passed by.
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(2);

    private long? _cursor;

    /// <summary>The next page of messages that are older than <paramref name="age"/>, from an id on; empty when there is none.</summary>
    public List<Walked> Next(DbConnection connection, DateTimeOffset now, TimeSpan age, long notBefore = 0)
    {
        // A walk that was never made, or not for long, leaves out what is too old to matter.
        _cursor = Math.Max(_cursor ?? connection.Scalar("SELECT CAST(value AS BIGINT) FROM meta WHERE name = @p0", name), notBefore);
        return connection.Query(
            "SELECT id, account, kind, state, created_at FROM message WHERE id > @p0 AND id < @p1 ORDER BY id LIMIT @p2",
            r => new Walked(r.GetInt64(0), r.GetInt32(1), (MessageKind)r.GetInt32(2), (RecipientState)r.GetInt32(3), r.GetInt64(4)),
            _cursor.Value,
            ids.FirstAt(now - age - s_slack),
            PageSize);
    }

    /// <summary>Goes on behind a page; what is to be kept of it was written before. Not written down yet.</summary>
    public void Pass(long id) => _cursor = id;

    /// <summary>Writes down how far the walk came. Never backwards: another node may be further.</summary>
    public void Save(DbConnection connection)
    {
        if (_cursor is { } cursor)
        {
            connection.Execute(
                """
                INSERT INTO meta (name, value) VALUES (@p0, @p1) ON CONFLICT (name) DO UPDATE SET value = excluded.value
                WHERE CAST(meta.value AS BIGINT) < CAST(excluded.value AS BIGINT)
                """,
                name,
                cursor.ToString(CultureInfo.InvariantCulture));
        }
    }
}
