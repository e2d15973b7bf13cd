using HoiAm.Ledger;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Directory;

namespace HoiAm.Server.Stats;

/// <summary>
/// Keeps the counters of the charts: lets them be written every few seconds, folds minutes that are two days old into hours, and lets
/// hours go after 400 days, so that the table has a bound.
/// </summary>
internal sealed class StatKeeper(MessageLedger ledger, HubDirectory directory, TimeProvider time, Action<Exception> fault) : IAsyncDisposable
{
    /// <summary>Minutes are kept this long, in minutes.</summary>
    public const int MinutesKept = 48 * 60;

    /// <summary>Hours are kept this long, in hours.</summary>
    public const int HoursKept = 400 * 24;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(3);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private int _turn;

    public void Start() => _running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        ledger.FlushStats();
        _stop.Dispose();
    }

    /// <summary>Folds one account's oldest hour when it is old enough; true when there was one.</summary>
    public Task<bool> FoldAsync(int account)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        return ledger.WriteAsync(connection =>
        {
            connection.Execute("DELETE FROM stat WHERE account = @p0 AND minute < 0 AND minute > @p1", account, -((now / 60) - HoursKept));
            if (connection.ScalarOrNull("SELECT MIN(minute) FROM stat WHERE account = @p0 AND minute >= 0", account) is not { } oldest
                || oldest / 60 * 60 > now - MinutesKept - 60)
            {
                return false;
            }

            // Taken out and summed here: two nodes that fold at once each sum what they themselves took out.
            var hour = oldest / 60;
            var taken = connection.Query(
                "DELETE FROM stat WHERE account = @p0 AND minute >= @p1 AND minute < @p2 RETURNING series, label, count, sum_ms",
                r => (Series: r.GetString(0), Label: r.GetString(1), Count: r.GetInt64(2), Ms: r.GetInt64(3)),
                account,
                hour * 60,
                (hour + 1) * 60);
            foreach (var sum in taken.GroupBy(t => (t.Series, t.Label)))
            {
                connection.Execute(
                    """
                    INSERT INTO stat (account, minute, series, label, count, sum_ms) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)
                    ON CONFLICT (account, minute, series, label) DO UPDATE SET count = stat.count + excluded.count, sum_ms = stat.sum_ms + excluded.sum_ms
                    """,
                    account,
                    -hour,
                    sum.Key.Series,
                    sum.Key.Label,
                    sum.Sum(t => t.Count),
                    sum.Sum(t => t.Ms));
            }

            return true;
        });
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                ledger.FlushStats();
                await FoldNextAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops.
        }
    }

    // A few accounts at a turn; when they had something to fold, more of it follows at the next.
    private async Task FoldNextAsync()
    {
        var accounts = directory.Current.AccountsByNumber.Keys;
        _turn = (_turn + 1) % ((accounts.Length + 1) * 20);
        if (_turn % 20 != 0)
        {
            return;
        }

        var place = _turn / 20;
        var account = place == 0 ? 0 : accounts[Math.Min(place, accounts.Length) - 1];
        try
        {
            for (var hours = 0; hours < 24 && await FoldAsync(account).ConfigureAwait(false); hours++)
            {
                _stop.Token.ThrowIfCancellationRequested();
            }
        }
        catch (StoreUnavailableException)
        {
            // It is tried again at its next turn.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            fault(error);
        }
    }
}
