using System.Data.Common;
using HoiAm.Ledger;
using HoiAm.Model;
using HoiAm.Server.Directory;
using HoiAm.Server.Observability;
using HoiAm.Server.Queries;

namespace HoiAm.Server.Reconciling;

/// <summary>
/// Takes messages for expired of which nothing was heard for too long (contract, promise 3). A walk over the ids at the shortest age that
/// any account sets enters those that are not final into a small list with their own time; from there they are ended in small writes.
/// </summary>
internal sealed class SilenceWatch(MessageLedger ledger, LedgerQueries queries, HubDirectory directory, HubMetrics metrics, TimeProvider time)
{
    /// <summary>Messages looked at in one write.</summary>
    public const int DueMax = 64;

    private readonly IdWalk _walk = new("silence_cursor", queries.Layout);
    private HubSnapshot? _checked;

    /// <summary>One look: walk, then end what is due. Gives how many messages were ended.</summary>
    public async Task<int> TickAsync(CancellationToken stop)
    {
        await FollowSettingsAsync().ConfigureAwait(false);
        await WalkAsync(stop).ConfigureAwait(false);
        var ended = 0;
        while (!stop.IsCancellationRequested)
        {
            var due = Due();
            if (due.Count == 0)
            {
                return ended;
            }

            var count = await ledger.PresumeExpiredAsync(due, After).ConfigureAwait(false);
            metrics.Presumed(count);
            ended += count;
        }

        return ended;
    }

    private TimeSpan? After(int account) =>
        directory.Current.AccountsByNumber.TryGetValue(account, out var known)
            ? known.Settings.PresumeExpiredAfter
            : AccountSettings.DefaultPresumeExpiredAfter;

    private static long Seconds(TimeSpan? after) => after is { } time ? (long)time.TotalSeconds : -1;

    private List<long> Due()
    {
        using var connection = queries.Open();
        return connection.Query(
            "SELECT message FROM silent WHERE expire_at IS NOT NULL AND expire_at <= @p0 ORDER BY expire_at LIMIT @p1",
            r => r.GetInt64(0),
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            DueMax);
    }

    // A changed setting holds for messages that wait already: they are due for another look at once.
    private async Task FollowSettingsAsync()
    {
        var current = directory.Current;
        if (ReferenceEquals(current, _checked))
        {
            return;
        }

        List<(int Account, long After)> known;
        using (var connection = queries.Open())
        {
            known = connection.Query("SELECT DISTINCT account, after_s FROM silent", r => (r.GetInt32(0), r.GetInt64(1)));
        }

        foreach (var (account, after) in known.Where(k => k.After != Seconds(After(k.Account))))
        {
            await ledger.WriteAsync(c => c.Execute(
                "UPDATE silent SET expire_at = 0 WHERE account = @p0 AND after_s = @p1", account, after)).ConfigureAwait(false);
        }

        _checked = current;
    }

    private async Task WalkAsync(CancellationToken stop)
    {
        var shortest = directory.Current.Accounts.Values.Min(a => a.Settings.PresumeExpiredAfter) is { } least
            && least < AccountSettings.DefaultPresumeExpiredAfter ? least : AccountSettings.DefaultPresumeExpiredAfter;
        var passed = 0;
        while (!stop.IsCancellationRequested)
        {
            List<Walked> page;
            using (var connection = queries.Open())
            {
                page = _walk.Next(connection, time.GetUtcNow(), shortest);
            }

            if (page.Count == 0)
            {
                break;
            }

            var open = page.Where(m => !m.State.IsFinal()).ToList();
            if (open.Count > 0)
            {
                await ledger.WriteAsync(connection => Enter(connection, open)).ConfigureAwait(false);
            }

            _walk.Pass(page[^1].Id);
            passed += page.Count;
            if (page.Count < IdWalk.PageSize)
            {
                break;
            }
        }

        // Passing final messages again after a crash costs nothing but the reading.
        if (passed > 0)
        {
            await ledger.WriteAsync(connection =>
            {
                _walk.Save(connection);
                return true;
            }).ConfigureAwait(false);
        }
    }

    private bool Enter(DbConnection connection, List<Walked> open)
    {
        foreach (var message in open)
        {
            var after = After(message.Account);
            connection.Execute(
                "INSERT INTO silent (message, account, after_s, expire_at) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT (message) DO NOTHING",
                message.Id,
                message.Account,
                Seconds(after),
                after is { } patience ? message.CreatedAtMs + (long)patience.TotalMilliseconds : null);
        }

        return true;
    }
}
