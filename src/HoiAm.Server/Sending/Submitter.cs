using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using HoiAm.Ledger;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Writing;
using HoiAm.Model;
using HoiAm.Server.Cluster;
using HoiAm.Server.Queries;
using HoiAm.Server.Sending.Routes;
using Microsoft.Extensions.Logging;

namespace HoiAm.Server.Sending;

/// <summary>
/// Drains the outbox: what the ledger accepted goes to its route, now or at its time. Fed from the commit; a poll finds what is scheduled,
/// what waits for another try, and what a crash left. A row leaves the outbox only when its route has the message for good.
/// </summary>
internal sealed class Submitter(HubStore store, LedgerQueries queries, RouteCatalog routes, TimeProvider time, ILogger log) : IOutboxFeed, IAsyncDisposable
{
    /// <summary>Handovers under way at once; the rest waits in the store.</summary>
    public const int InFlightMax = 20_000;

    private const int PageSize = 500;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(500);

    private readonly Channel<long> _ready = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<(long Message, string Route), Task> _inFlight = new();
    private readonly CancellationTokenSource _stop = new();
    private MessageLedger? _ledger;
    private Task _pump = Task.CompletedTask;

    /// <summary>The ledger comes later, since it feeds this.</summary>
    public void Attach(MessageLedger ledger) => _ledger = ledger;

    /// <inheritdoc/>
    public void Ready(long messageId, long dueAtMs)
    {
        if (dueAtMs <= time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            _ready.Writer.TryWrite(messageId);
        }
    }

    /// <summary>Begins; what the last run left comes with the first poll.</summary>
    public void Start() => _pump = Task.Run(PumpAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _pump.ConfigureAwait(false);
            await Task.WhenAll(_inFlight.Values).WaitAsync(TimeSpan.FromSeconds(3), TimeProvider.System).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException)
        {
            // Whatever is still under way is in the outbox.
        }

        _stop.Dispose();
    }

    private async Task PumpAsync()
    {
        var stop = _stop.Token;
        var nextPoll = DateTimeOffset.MinValue;
        var isAway = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // Without its lease another node may be at it already.
                using (var connection = store.MayWork ? queries.Open() : throw new StoreUnavailableException("This node does not hold its lease."))
                {
                    while (_ready.Reader.TryRead(out var message))
                    {
                        Begin(connection, OutboxRow.Of(connection, store.Mine, message));
                    }

                    if (time.GetUtcNow() >= nextPoll)
                    {
                        Begin(connection, OutboxRow.Due(connection, store.Mine, time.GetUtcNow(), PageSize));
                        nextPoll = time.GetUtcNow() + s_poll;
                    }
                }

                isAway = false;
                using var wait = CancellationTokenSource.CreateLinkedTokenSource(stop);
                var arrived = _ready.Reader.WaitToReadAsync(wait.Token).AsTask();
                await Task.WhenAny(arrived, Task.Delay(s_poll, time, wait.Token)).ConfigureAwait(false);
                await wait.CancelAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (error is DbException or StoreUnavailableException)
            {
                if (!isAway)
                {
                    log.LogWarning("The outbox cannot be read: {Reason}", error.Message);
                }

                isAway = true;
                await Task.Delay(s_poll, time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Begin(DbConnection connection, List<OutboxRow> rows)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var row in rows)
        {
            var key = (row.Message, row.Route);
            if (row.DueAtMs > now || row.State is not (OutboxState.Ready or OutboxState.ApprovedThere)
                || _inFlight.ContainsKey(key) || _inFlight.Count >= InFlightMax
                || LedgerQueries.ById(connection, row.Message) is not { } message)
            {
                continue;
            }

            var recipients = LedgerQueries.Recipients(connection, message)
                .Where(r => !r.State.IsFinal() && (row.Telcos & (1 << r.TelcoId)) != 0).ToList();
            var handover = new Handover(
                message,
                SentFacts.Read(message.Extra),
                recipients,
                DateTimeOffset.FromUnixTimeMilliseconds(row.DueAtMs),
                row.State == OutboxState.ApprovedThere,
                row.Tries);

            // Entered before it runs, so that its end always finds it.
            var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _inFlight[key] = RunAsync(begin.Task, key, row, handover);
            begin.SetResult();
        }
    }

    private async Task RunAsync(Task begin, (long, string) key, OutboxRow row, Handover handover)
    {
        await begin.ConfigureAwait(false);
        try
        {
            var result = routes.Find(row.Route, handover.Message.Account) is not { } route
                ? new HandoverResult(HandoverEnd.Again, "this hub has no such route", TimeSpan.FromSeconds(30))
                : handover.Recipients.Count == 0
                    ? new HandoverResult(HandoverEnd.Done)
                    : await route.HandOverAsync(handover, _stop.Token).ConfigureAwait(false);
            await SettleAsync(row, handover, result).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The hub stops; the row is taken up at the next start.
        }
        catch (StoreUnavailableException)
        {
            // The row is as it was and the poll takes it up again.
        }
        catch (Exception error)
        {
            log.LogError(error, "Route {Route} failed", row.Route);
            await PostponeAsync(row, new HandoverResult(HandoverEnd.Again, error.Message, TimeSpan.FromSeconds(30))).ConfigureAwait(false);
        }
        finally
        {
            _inFlight.TryRemove(key, out _);
        }
    }

    private async Task SettleAsync(OutboxRow row, Handover handover, HandoverResult result)
    {
        switch (result.End)
        {
            case HandoverEnd.Again:
                await PostponeAsync(row, result).ConfigureAwait(false);
                return;
            case HandoverEnd.AwaitsApproval:
                // Approved in the meantime: then it stays as it is, and the next look at the outbox goes on with it.
                await _ledger!.WriteAsync(c => c.Execute(
                    "UPDATE outbox SET state = @p2 WHERE message = @p0 AND route = @p1 AND state = @p3",
                    row.Message,
                    row.Route,
                    (int)OutboxState.AwaitsApprovalThere,
                    (int)OutboxState.Ready)).ConfigureAwait(false);
                return;
            case HandoverEnd.Uncertain:
                log.LogWarning("Whether route {Route} has {SmsId} is uncertain: {Detail}", row.Route, handover.Message.SmsId, result.Detail);
                await _ledger!.WriteAsync(c => c.Execute(
                    "UPDATE outbox SET state = @p2, tries = tries + 1, detail = @p3 WHERE message = @p0 AND route = @p1",
                    row.Message,
                    row.Route,
                    (int)OutboxState.Uncertain,
                    result.Detail)).ConfigureAwait(false);
                return;
            case HandoverEnd.Refused:
                await RejectAsync(handover, result.Detail ?? "The route refused the message.").ConfigureAwait(false);
                break;
        }

        await _ledger!.WriteAsync(c => c.Execute("DELETE FROM outbox WHERE message = @p0 AND route = @p1", row.Message, row.Route))
            .ConfigureAwait(false);
    }

    private async Task PostponeAsync(OutboxRow row, HandoverResult result)
    {
        try
        {
            await _ledger!.WriteAsync(c => c.Execute(
                "UPDATE outbox SET tries = tries + 1, due_at = @p2, detail = @p3 WHERE message = @p0 AND route = @p1",
                row.Message,
                row.Route,
                time.GetUtcNow() + result.After,
                result.Detail)).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // It stays due.
        }
    }

    private async Task RejectAsync(Handover handover, string why)
    {
        var message = handover.Message;
        foreach (var recipient in handover.Recipients)
        {
            await _ledger!.AppendAsync(new IncomingReport
            {
                Source = ReportSource.Operator,
                Vendor = message.Vendor,
                Address = recipient.Address,
                ReferentId = message.ReferentId ?? message.SmsId,
                Status = ReportedStatus.Rejected,
                Raw = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { action = "reject", reason = why }),
            }).ConfigureAwait(false);
        }
    }
}

/// <summary>A row of the outbox.</summary>
internal sealed record OutboxRow(long Message, string Route, int Telcos, long DueAtMs, OutboxState State, int Tries)
{
    private const string Columns = "message, route, telcos, due_at, state, tries";

    public static List<OutboxRow> Of(DbConnection connection, string mine, long message) =>
        connection.Query($"SELECT {Columns} FROM outbox WHERE message = @p0{mine}", Read, message);

    public static List<OutboxRow> Due(DbConnection connection, string mine, DateTimeOffset until, int limit) =>
        connection.Query($"SELECT {Columns} FROM outbox WHERE state IN (0, 3) AND due_at <= @p0{mine} ORDER BY due_at LIMIT @p1", Read, until, limit);

    private static OutboxRow Read(DbDataReader r) =>
        new(r.GetInt64(0), r.GetString(1), r.GetInt32(2), r.GetInt64(3), (OutboxState)r.GetInt32(4), r.GetInt32(5));
}
