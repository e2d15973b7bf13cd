using System.Data.Common;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace HoiAm.Ledger.Counting;

/// <summary>
/// Counts what the writer does, on the writer's own thread and so without a lock. A group's events are kept apart until its commit, and
/// what was counted is written as rows that ride along with another group's commit every few seconds. A crash loses these few seconds of
/// the charts, and nothing else.
/// </summary>
internal sealed class StatTally
{
    /// <summary>Most different keys between two flushes; past it what an account is counted for loses carrier and kind.</summary>
    public const int KeysMax = 20_000;

    private const int RowsPerStatement = 100;

    private readonly List<Event> _group = [];
    private readonly Dictionary<Key, Sum> _pending = [];
    private bool _flushed;
    private int _pendingCount;

    /// <summary>True when something waits to be written; may be asked from any thread.</summary>
    public bool HasPending => Volatile.Read(ref _pendingCount) > 0;

    /// <summary>Where a failed command goes back to.</summary>
    public int Mark => _group.Count;

    /// <summary>Counts one thing of the open group.</summary>
    public void Add(long nowMs, StatSeries series, StatTag tag, byte detail, long ms = 0) =>
        _group.Add(new Event(new Key((int)(nowMs / 60_000), series, tag, detail), ms));

    /// <summary>Forgets what was counted since a mark.</summary>
    public void BackTo(int mark) => _group.RemoveRange(mark, _group.Count - mark);

    /// <summary>The group is on disk: its events count, and what it flushed is done.</summary>
    public void Keep()
    {
        if (_flushed)
        {
            _pending.Clear();
            _flushed = false;
        }

        foreach (var one in CollectionsMarshal.AsSpan(_group))
        {
            var key = _pending.Count < KeysMax ? one.Key : one.Key with { Tag = new StatTag(one.Key.Tag.Account, 0, 0, 0) };
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_pending, key, out _);
            sum.Count++;
            sum.Ms += one.Ms;
        }

        _group.Clear();
        Volatile.Write(ref _pendingCount, _pending.Count);
    }

    /// <summary>The group was taken back.</summary>
    public void Drop()
    {
        _group.Clear();
        _flushed = false;
    }

    /// <summary>Adds what was counted to the store's rows, inside the open transaction.</summary>
    public void Flush(DbConnection connection)
    {
        var rows = new Dictionary<(int Account, int Minute, StatSeries Series, string Label), Sum>();
        foreach (var (key, sum) in _pending)
        {
            Spread(rows, key, sum);
        }

        // In the order of the table's key, so that neighbours share a page; many at once, since a statement may cost a round trip.
        foreach (var chunk in rows.OrderBy(r => r.Key.Account).ThenBy(r => r.Key.Minute).Chunk(RowsPerStatement))
        {
            Insert(connection, chunk);
        }

        _flushed = true;
    }

    private static void Insert(
        DbConnection connection, ReadOnlySpan<KeyValuePair<(int Account, int Minute, StatSeries Series, string Label), Sum>> rows)
    {
        using var command = connection.CreateCommand();
        var text = new StringBuilder("INSERT INTO stat (account, minute, series, label, count, sum_ms) VALUES ");
        foreach (var (key, sum) in rows)
        {
            text.Append(command.Parameters.Count == 0 ? "(" : ", (");
            object[] values = [key.Account, key.Minute, NameOf(key.Series), key.Label, sum.Count, sum.Ms];
            for (var i = 0; i < values.Length; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"@p{command.Parameters.Count}");
                parameter.Value = values[i];
                command.Parameters.Add(parameter);
                text.Append(i == 0 ? "" : ", ").Append(parameter.ParameterName);
            }

            text.Append(')');
        }

        text.Append(
            " ON CONFLICT (account, minute, series, label) DO UPDATE SET count = stat.count + excluded.count, sum_ms = stat.sum_ms + excluded.sum_ms");
        command.CommandText = text.ToString();
        command.ExecuteNonQuery();
    }

    /// <summary>The series' name in the store.</summary>
    public static string NameOf(StatSeries series) => series switch
    {
        StatSeries.Reports => "reports",
        StatSeries.Outcomes => "outcomes",
        StatSeries.Callbacks => "callbacks",
        StatSeries.Settled => "settled",
        StatSeries.Tries => "tries",
        StatSeries.Latency => "latency",
        _ => "answer",
    };

    // One dimension at a time and never crossed: the number of rows is the sum of what there is, not the product. An account's own rows
    // name no vendor: whom a hub buys from is not its customers' business.
    private static void Spread(Dictionary<(int, int, StatSeries, string), Sum> rows, Key key, Sum sum)
    {
        var (account, vendor, telco, kind) = key.Tag;
        var detail = key.Detail.ToString("00", CultureInfo.InvariantCulture);
        Add(0, "*", -1);
        if (key.Series != StatSeries.Answer)
        {
            Add(0, "v", vendor);
            Add(0, "t", telco);
            Add(0, "k", kind);
        }

        if (account == 0)
        {
            return;
        }

        Add(account, "*", -1);
        if (key.Series is StatSeries.Reports or StatSeries.Outcomes or StatSeries.Callbacks or StatSeries.Settled)
        {
            Add(account, "t", telco);
            Add(account, "k", kind);
        }

        void Add(int owner, string dimension, int value)
        {
            var label = value < 0 ? dimension + "|" + detail : string.Create(CultureInfo.InvariantCulture, $"{dimension}{value}|{detail}");
            ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, (owner, key.Minute, key.Series, label), out _);
            row.Count += sum.Count;
            row.Ms += sum.Ms;
        }
    }

    private readonly record struct Key(int Minute, StatSeries Series, StatTag Tag, byte Detail);

    private readonly record struct Event(Key Key, long Ms);

    private struct Sum
    {
        public long Count;
        public long Ms;
    }
}
