using System.Data.Common;
using System.Globalization;
using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;
using HoiAm.Server.Directory;
using HoiAm.Server.Queries;

namespace HoiAm.Server.Alerting;

/// <summary>
/// Looks every few seconds at how things are, and writes what has to be told: the note that it was told and the callbacks that tell it, in
/// one transaction. From there they go the way of every callback: retried, on disk until they are acknowledged, listed, replayable.
/// </summary>
internal sealed class AlertWatch(AlertConditions conditions, AlertSender sender, MessageLedger ledger, LedgerQueries queries, HubDirectory directory, TimeProvider time)
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>More alerts of one type at one look are told as one.</summary>
    public const int ToldSinglyMax = 10;

    // Counters are written every three seconds; a minute is complete some time after it has ended.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(10);

    /// <summary>One look.</summary>
    public async Task TickAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var settings = directory.Current.Alerts;
        if (settings.Urls.Count == 0)
        {
            return;
        }

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var changes = new List<Func<DbConnection, Alert?>>();
        using (var connection = queries.Open())
        {
            var book = AlertBook.Read(connection);
            var all = conditions.Read(connection, book);
            changes.AddRange(all.Select(c => Change(c, book, settings, nowMs)).OfType<Func<DbConnection, Alert?>>());
            changes.AddRange(Dropped(book, all));
            changes.AddRange(Exhausted(connection, book, settings, nowMs));
        }

        if (changes.Count > 0)
        {
            await ledger.EmitOwnAsync(write =>
            {
                AlertBook.Tidy(write, nowMs);
                return sender.Render(settings, Condense(changes.Select(c => c(write)).OfType<Alert>()), nowMs);
            }).ConfigureAwait(false);
        }
    }

    // A network that fails takes hundreds of hooks with it, and whoever is woken needs one sentence.
    private static IEnumerable<Alert> Condense(IEnumerable<Alert> alerts) => alerts.GroupBy(a => a.Type).SelectMany(same => same.ToList() switch
    {
        { Count: > ToldSinglyMax } many => [new Alert(
            same.Key,
            string.Create(CultureInfo.InvariantCulture, $"{many.Count:#,0} at once, of which the first is: {many[0].Sentence}"),
            new { count = many.Count, first = many.Take(ToldSinglyMax).Select(a => a.Data) })],
        var few => few,
    });

    private static Func<DbConnection, Alert?>? Change(AlertCondition condition, AlertBook book, AlertSettings settings, long nowMs)
    {
        if (condition.IsBad is not { } isBad || isBad == book.IsOpen(condition.Key))
        {
            return null;
        }

        var type = isBad ? condition.Begun : condition.Over;
        if (book.IsTooSoon(type, condition.Key, nowMs, settings.Every))
        {
            // Not lost: as long as it stays so, it is told when the time has passed.
            return null;
        }

        return write =>
        {
            if (!AlertBook.Take(write, type, condition.Key, nowMs, settings.Every))
            {
                return null;
            }

            if (isBad)
            {
                AlertBook.SetOpen(write, condition.Key, nowMs);
            }
            else
            {
                AlertBook.Close(write, condition.Key);
            }

            return new Alert(type, condition.Sentence, condition.Data);
        };
    }

    // What is not watched any more is not told as over either. A hook without a lane has had nothing to do since the start: it stays as told.
    private static IEnumerable<Func<DbConnection, Alert?>> Dropped(AlertBook book, List<AlertCondition> all)
    {
        var watched = all.Select(c => c.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var key in book.OpenKeys.Where(k => !watched.Contains(k) && !k.StartsWith("hook/", StringComparison.Ordinal)).ToList())
        {
            yield return write =>
            {
                AlertBook.Close(write, key);
                return null;
            };
        }
    }

    // Counted out of the store's own minutes, so a restart neither forgets nor repeats any, and all nodes' are in it.
    private List<Func<DbConnection, Alert?>> Exhausted(DbConnection connection, AlertBook book, AlertSettings settings, long nowMs)
    {
        var upto = (nowMs - (long)s_settle.TotalMilliseconds) / 60_000;
        var earliest = Math.Max(settings.SinceMs / 60_000, upto - 1440);
        var label = string.Create(CultureInfo.InvariantCulture, $"*|{(int)CallbackState.Exhausted:00}");
        long Count(int account, long from) => connection.Scalar(
            "SELECT SUM(count) FROM stat WHERE account = @p0 AND minute >= @p1 AND minute < @p2 AND series = 'settled' AND label = @p3", account, from, upto, label);

        var changes = new List<Func<DbConnection, Alert?>>();
        if (Count(0, earliest) == 0)
        {
            return changes;
        }

        foreach (var account in directory.Current.Accounts.Values)
        {
            var key = "exhausted/" + account.Number.ToString(CultureInfo.InvariantCulture);
            var from = book.UptoMinute(account.Number, earliest);
            if (from >= upto || book.IsTooSoon("callbacks.exhausted", key, nowMs, settings.Every) || Count(account.Number, from) is var count && count == 0)
            {
                continue;
            }

            changes.Add(write =>
            {
                if (!AlertBook.Take(write, "callbacks.exhausted", key, nowMs, settings.Every))
                {
                    return null;
                }

                AlertBook.SetUpto(write, account.Number, upto);
                return new Alert(
                    "callbacks.exhausted",
                    string.Create(CultureInfo.InvariantCulture, $"{count:#,0} callbacks of {account.Id} were given up; they can be sent again."),
                    new { account = account.Id, count, list = "/admin/v1/callbacks?state=exhausted&account=" + account.Id });
            });
        }

        return changes;
    }
}
