using System.Globalization;
using HoiAm.Dispatch.Lanes;
using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary>Hooks: how they do, pause, resume, test call (contract section 4).</summary>
internal sealed class EndpointsApi(HubDirectory directory, MessageLedger ledger, LedgerQueries queries, Dispatcher dispatcher, TimeProvider time)
{
    public void Map(AdminRoutes routes)
    {
        routes.Get("/endpoints", ListAsync, scoped: true);
        routes.Get("/endpoints/{id}", call => Task.FromResult(Answers.Ok(Show(Find(call), call))), scoped: true);
        routes.Map("POST", "/endpoints/{id}/pause", Permission.Operate, scoped: true, call => SetPausedAsync(call, paused: true));
        routes.Map("POST", "/endpoints/{id}/resume", Permission.Operate, scoped: true, call => SetPausedAsync(call, paused: false));
        routes.Map("POST", "/endpoints/{id}/test", Permission.Operate, scoped: true, TestAsync);
    }

    private Task<IResult> ListAsync(AdminCall call)
    {
        var paging = Paging.Read(call);
        var account = Filters.Account(call, directory.Current);
        if (call.Query("sort") is { } sort)
        {
            return Task.FromResult(sort == "worst"
                ? Answers.Ok(new { items = Worst(account, paging.Limit, call), next = (string?)null })
                : Answers.Invalid("sort", "must be worst, or absent for the order of their making"));
        }

        using var connection = queries.Open();
        var rows = connection.Query(
            "SELECT id, account, url, host_key, paused FROM hook WHERE id > @p0 AND (@p1 = 0 OR account = @p1) ORDER BY id LIMIT @p2",
            Read,
            paging.Cursor ?? 0,
            account,
            paging.Limit + 1);
        return Task.FromResult(Answers.Ok(paging.Page(rows, r => r.Hook.Id, r => Show(r, call))));
    }

    // Out of memory: hooks that had nothing to do since the start have no trouble either.
    private List<object> Worst(int account, int limit, AdminCall call) =>
    [
        .. dispatcher.Snapshot().Where(h => account == 0 || h.Hook.Account == account)
            .OrderBy(h => h.State switch { HookState.Open => 0, HookState.Failing => 1, HookState.Paused => 2, HookState.Slow => 3, _ => 4 })
            .ThenByDescending(h => h.Live + h.Parked).ThenByDescending(h => h.RatePerMinute).ThenBy(h => h.Hook.Id)
            .Take(limit).Select(h => Show((h.Hook, h.State == HookState.Paused), call)),
    ];

    private async Task<IResult> SetPausedAsync(AdminCall call, bool paused)
    {
        var (hook, _) = Find(call);
        await ledger.WriteAsync(connection => directory.Write(connection, _ =>
        {
            connection.Execute("UPDATE hook SET paused = @p1 WHERE id = @p0", hook.Id, paused);
            Audit.Write(connection, call.Principal, paused ? "endpoint.pause" : "endpoint.resume", hook.Url, time.GetUtcNow());
            return true;
        })).ConfigureAwait(false);
        if (paused)
        {
            dispatcher.Pause(hook);
        }
        else
        {
            dispatcher.Resume(hook);
        }

        return Answers.Ok(Show((hook, paused), call));
    }

    private async Task<IResult> TestAsync(AdminCall call)
    {
        var (hook, _) = Find(call);
        var attempt = await dispatcher.TestCallAsync(hook, call.Cancel).ConfigureAwait(false);
        return Answers.Ok(new Views(directory.Current, call.Principal).Attempt(attempt));
    }

    private (Hook Hook, bool Paused) Find(AdminCall call)
    {
        using var connection = queries.Open();
        var id = call.Route("id");
        if (id.StartsWith("ep_", StringComparison.Ordinal)
            && int.TryParse(id.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && connection.Query("SELECT id, account, url, host_key, paused FROM hook WHERE id = @p0", Read, number) is [var row]
            && call.Principal.Sees(row.Hook.Account))
        {
            return row;
        }

        throw new AdminRefusal(Answers.NotFound($"There is no endpoint '{id}'."));
    }

    private static (Hook Hook, bool Paused) Read(System.Data.Common.DbDataReader r) =>
        (new Hook(r.GetInt32(0), r.GetInt32(1), r.GetString(2), r.GetString(3)), r.GetInt64(4) != 0);

    private object Show((Hook Hook, bool Paused) row, AdminCall call)
    {
        var views = new Views(directory.Current, call.Principal);
        var health = dispatcher.Health(row.Hook.Id);
        var state = row.Paused ? HookState.Paused : health?.State ?? HookState.Healthy;
        return new
        {
            id = "ep_" + row.Hook.Id.ToString(CultureInfo.InvariantCulture),
            account = directory.Current.AccountsByNumber.GetValueOrDefault(row.Hook.Account)?.Id,
            url = views.MaskUrl(row.Hook.Url),
            state = state.ToString().ToLowerInvariant(),
            queue = (health?.Live ?? 0) + (health?.Parked ?? 0),
            inFlight = health?.InFlight ?? 0,
            rate = health?.RatePerMinute ?? 0,
            p50Ms = health?.P50Ms,
            p99Ms = health?.P99Ms,
            consecutiveFailures = health?.ConsecutiveFailures ?? 0,
            concurrency = health?.ConcurrencyLimit,
            lastError = views.Text(health?.LastError),
            lastErrorAt = health?.LastErrorAt is { } at ? Answers.Time(at) : null,
            lastDeliveredAt = health?.LastDeliveredAt is { } delivered ? Answers.Time(delivered) : null,
            nextProbeAt = health?.NextProbeAt is { } probe ? Answers.Time(probe) : null,
        };
    }
}
