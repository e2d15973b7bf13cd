using System.Globalization;
using HoiAm.Receiver.Http;
using HoiAm.Receiver.Storing;
using Microsoft.Extensions.Logging;

namespace HoiAm.Receiver.Handling;

/// <summary>
/// Hands kept callbacks to the handler: several messages at once, the callbacks of one message one after the other. A failing handler is
/// asked again after growing pauses, during which only its own message waits.
/// </summary>
internal sealed partial class HandlingQueue(
    string name, EsmsReceiverOptions options, ICallbackStore store, Func<EsmsCallback, CancellationToken, Task> handle, ILogger logger) : IDisposable
{
    // How long a handler has to end after its token did.
    private static readonly TimeSpan s_lastWait = TimeSpan.FromSeconds(2);

    // The generator of .NET 8 finds a logger only in a field.
    private readonly ILogger _logger = logger;
    private readonly Dictionary<string, Queue<KeptCallback>> _chains = new(StringComparer.Ordinal);
    private readonly HashSet<Task> _running = [];
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _seats = new(options.Concurrency);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _outOfTime = new();
    private int _waiting;

    /// <summary>Callbacks that are not handled yet.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Takes a callback that is kept. Returns at once.</summary>
    public void Post(KeptCallback kept)
    {
        if (CallbackParser.Parse(kept) is not { } reading)
        {
            // Nothing unreadable is kept, so somebody has edited the journal.
            LogUnreadable(name, kept.Id);
            return;
        }

        Interlocked.Increment(ref _waiting);
        var key = reading.Facts.SmsId;
        lock (_lock)
        {
            if (_chains.TryGetValue(key, out var chain))
            {
                chain.Enqueue(kept);
                return;
            }

            _chains.Add(key, new Queue<KeptCallback>([kept]));
            var run = Task.Run(() => RunAsync(key));
            _running.Add(run);
            _ = run.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Begins nothing more, and waits for handlers under way until the token ends; then their own token does.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task running;
        lock (_lock)
        {
            running = Task.WhenAll(_running);
        }

        await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!running.IsCompleted)
        {
            // A handler that ignores its token as well is left to itself: its callback is in the store.
            await _outOfTime.CancelAsync().ConfigureAwait(false);
            await running.WaitAsync(s_lastWait, options.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _outOfTime.Dispose();
        _seats.Dispose();
    }

    private void Forget(Task run)
    {
        lock (_lock)
        {
            _running.Remove(run);
        }
    }

    private async Task RunAsync(string key)
    {
        try
        {
            while (Take(key) is { } kept)
            {
                await HandleAsync(kept).ConfigureAwait(false);
                Interlocked.Decrement(ref _waiting);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // What is left is in the store, and comes again with the next start.
        }
    }

    // The chain itself stays until the callback that was taken is settled, so that a newcomer queues up behind it.
    private KeptCallback? Take(string key)
    {
        lock (_lock)
        {
            var chain = _chains[key];
            if (chain.TryDequeue(out var kept))
            {
                return kept;
            }

            _chains.Remove(key);
            return null;
        }
    }

    private async Task HandleAsync(KeptCallback kept)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await TryAsync(kept, attempt).ConfigureAwait(false))
            {
                await store.DoneAsync(kept.Id).ConfigureAwait(false);
                return;
            }

            if (attempt == options.MaxHandlingAttempts)
            {
                await store.SetAsideAsync(kept.Id).ConfigureAwait(false);
                ReceiverMeter.Handled("set_aside");
                LogSetAside(name, kept.Id, attempt);
                return;
            }

            await Task.Delay(Pause(attempt), options.Time, _stopping.Token).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryAsync(KeptCallback kept, int attempt)
    {
        await _seats.WaitAsync(_stopping.Token).ConfigureAwait(false);
        try
        {
            _stopping.Token.ThrowIfCancellationRequested();
            await handle(Callback(kept, attempt), _outOfTime.Token).ConfigureAwait(false);
            ReceiverMeter.Handled("done");
            return true;
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested || e is not OperationCanceledException)
        {
            // Whatever the handler throws means the same: not yet.
            ReceiverMeter.Handled("failed");
            LogFailed(e, name, kept.Id, attempt);
            return false;
        }
        finally
        {
            _seats.Release();
        }
    }

    private TimeSpan Pause(int attempt)
    {
        // Beyond 2^30 the pause is at its cap anyway.
        var pause = options.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 30));
        return TimeSpan.FromMilliseconds(Math.Min(pause, options.MaxRetryDelay.TotalMilliseconds));
    }

    private static EsmsCallback Callback(KeptCallback kept, int attempt) => new()
    {
        Id = kept.Id,
        Reading = CallbackParser.Parse(kept)!,
        ReceivedAt = kept.ReceivedAt,
        EventTime = DateTimeOffset.TryParse(kept.EventTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null,
        SenderAttempt = kept.SenderAttempt,
        HandlingAttempt = attempt,
        Raw = kept.ContentType is null ? kept.Query : System.Text.Encoding.UTF8.GetString(kept.Body.Span),
    };

    [LoggerMessage(1, LogLevel.Warning, "{Receiver}: the handler failed for callback {Id}, try {Attempt}; it is tried again")]
    private partial void LogFailed(Exception error, string receiver, string id, int attempt);

    [LoggerMessage(2, LogLevel.Error, "{Receiver}: callback {Id} is set aside after {Attempt} failures; RetrySetAsideAsync brings it back")]
    private partial void LogSetAside(string receiver, string id, int attempt);

    [LoggerMessage(3, LogLevel.Error, "{Receiver}: the kept callback {Id} cannot be read and is passed over")]
    private partial void LogUnreadable(string receiver, string id);
}
