using System.Diagnostics;
using System.Globalization;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Tracing;

namespace HoiAm.Dispatch.Sending;

/// <summary>
/// Makes a span of each try while somebody listens: a child of the report that caused the callback, or, when the callback came from disk, one
/// of its own, to be found by the callback's id. It names the host and never the path or query, which hold keys and numbers.
/// </summary>
/// <param name="inner">What sends.</param>
public sealed class TracedSender(ICallbackSender inner) : ICallbackSender
{
    /// <inheritdoc />
    public ValueTask<Attempt> SendAsync(DueCallback callback, HookPolicy policy, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return HubTrace.Source.HasListeners() ? TraceAsync(callback, policy, stop) : inner.SendAsync(callback, policy, stop);
    }

    private async ValueTask<Attempt> TraceAsync(DueCallback callback, HookPolicy policy, CancellationToken stop)
    {
        // Whatever context the worker happens to run in is not what caused this try.
        Activity.Current = null;
        var origin = callback.Origin;
        using var span = HubTrace.Source.StartActivity(
            ActivityKind.Client,
            origin?.Report ?? default,
            [
                new("hoiam.callback.id", callback.PublicId),
                new("hoiam.callback.attempt", callback.Attempts + 1),
                new("server.address", HostOf(callback.Hook.HostKey)),
            ],
            origin is { Commit: var commit } && commit != default ? [new ActivityLink(commit)] : null,
            name: "callback attempt");
        var attempt = await inner.SendAsync(callback, policy, stop).ConfigureAwait(false);
        if (span is not null)
        {
            span.SetTag("hoiam.callback.outcome", attempt.Outcome.ToString());
            if (attempt.HttpStatus != 0)
            {
                span.SetTag("http.response.status_code", attempt.HttpStatus);
            }

            if (attempt.Outcome != AttemptOutcome.Delivered)
            {
                span.SetStatus(ActivityStatusCode.Error, attempt.Outcome.ToString());
            }
        }

        return attempt;
    }

    private static string HostOf(string hostKey) =>
        Uri.TryCreate(hostKey, UriKind.Absolute, out var uri) ? uri.Host + ":" + uri.Port.ToString(CultureInfo.InvariantCulture) : "";
}
