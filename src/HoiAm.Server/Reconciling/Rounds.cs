using System.Data.Common;
using HoiAm.Ledger.Writing;
using Microsoft.Extensions.Logging;

namespace HoiAm.Server.Reconciling;

/// <summary>Does something again and again until the hub stops, whatever goes wrong in between. A store that is away is tried again.</summary>
/// <param name="what">What it is, for the log.</param>
/// <param name="pause">Between the end of a round and the next one.</param>
/// <param name="round">One round.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="log">Where failures go.</param>
internal sealed class Rounds(string what, TimeSpan pause, Func<CancellationToken, Task> round, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Begins.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await round(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is StoreUnavailableException or DbException)
            {
                log.LogWarning("{What} waits for the store: {Reason}", what, error.Message);
            }
            catch (Exception error)
            {
                log.LogError(error, "{What} failed and goes on", what);
            }

            await Task.Delay(pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
