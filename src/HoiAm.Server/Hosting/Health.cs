using System.Net;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Admin;
using HoiAm.Server.Json;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Hosting;

/// <summary><c>/healthz</c> and <c>/readyz</c>: alive, and able to take a report. Ready is proved by a write, at most one a second.</summary>
internal sealed class Health(HubServices hub, AdminGate gate)
{
    private Task<string?> _check = Task.FromResult<string?>("starting");
    private readonly Lock _lock = new();
    private long _checkedMs;

    /// <summary>True when the caller may see operational data: from loopback, or with a token.</summary>
    public bool Refuses(HttpContext context, out IResult refusal)
    {
        var source = context.Connection.RemoteIpAddress;
        refusal = source is null || IPAddress.IsLoopback(source) ? Results.Empty
            : gate.Check(context, Permission.Read, allowScoped: false) ?? Results.Empty;
        return refusal != Results.Empty;
    }

    public async Task LiveAsync(HttpContext context)
    {
        var result = Refuses(context, out var refusal) ? refusal : Answers.Ok(new { status = "alive" });
        await result.ExecuteAsync(context).ConfigureAwait(false);
    }

    public async Task ReadyAsync(HttpContext context)
    {
        if (Refuses(context, out var refusal))
        {
            await refusal.ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        var reason = hub.IsStarted ? await CheckAsync().ConfigureAwait(false) : "The hub is starting.";
        await (reason is null ? Answers.Ok(new { status = "ready" }) : Answers.Unavailable(context, reason)).ExecuteAsync(context).ConfigureAwait(false);
    }

    // One probe at a time; callers that come meanwhile share its outcome.
    private Task<string?> CheckAsync()
    {
        lock (_lock)
        {
            var now = hub.Time.GetUtcNow().ToUnixTimeMilliseconds();
            if (!_check.IsCompleted || (Math.Abs(now - _checkedMs) < 1000 && _check.Result is null && hub.Writer.Unavailable is null))
            {
                return _check;
            }

            _checkedMs = now;
            return _check = ProbeAsync(now);
        }
    }

    private async Task<string?> ProbeAsync(long now)
    {
        try
        {
            await hub.Ledger.WriteAsync(connection => connection.Execute(
                "INSERT INTO meta (name, value) VALUES ('heartbeat', @p0) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                now.ToString(System.Globalization.CultureInfo.InvariantCulture))).WaitAsync(TimeSpan.FromSeconds(3)).ConfigureAwait(false);
            return null;
        }
        catch (StoreUnavailableException error)
        {
            return error.Message;
        }
        catch (TimeoutException)
        {
            return "The store did not take a write within 3 seconds.";
        }
    }
}
