using System.Globalization;

namespace HoiAm.Ledger.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary>Callbacks that are gathered before they are entered into the accounts' feeds.</summary>
    public const int FeedBatch = 4_096;

    private SqliteStatement? _fillFeed;
    private SqliteStatement? _markFeed;
    private long _feedUpto;
    private int _feedPending;

    // Sorted by account, so that a batch touches each account's last page once. Of fifty accounts, every commit would touch them all.
    private bool FillFeed()
    {
        if (_feedPending < FeedBatch)
        {
            return false;
        }

        (_fillFeed ??= Prepare(
            "INSERT OR IGNORE INTO feed (account, callback) SELECT account, id FROM callback WHERE id > ? AND id <= ? ORDER BY account, id"))
            .Bind(_feedUpto).Bind(_lastId).Execute();
        (_markFeed ??= Prepare("INSERT INTO meta (name, value) VALUES ('feed_upto', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"))
            .Bind(_lastId.ToString(CultureInfo.InvariantCulture)).Execute();
        return true;
    }

    private void LoadFeed()
    {
        _feedUpto = Scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'feed_upto'");
        _feedPending = (int)Math.Min(
            Scalar(string.Create(CultureInfo.InvariantCulture, $"SELECT COUNT(*) FROM callback WHERE id > {_feedUpto}")), int.MaxValue / 2);
    }
}
