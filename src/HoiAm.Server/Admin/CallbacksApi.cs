using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Delivery;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary>Callbacks: list, send one again, send many again (contract section 4).</summary>
internal sealed class CallbacksApi(HubDirectory directory, MessageLedger ledger, LedgerQueries queries, BulkReplays replays, TimeProvider time)
{
    public void Map(AdminRoutes routes)
    {
        routes.Get("/callbacks", ListAsync, scoped: true);
        routes.Map("POST", "/callbacks/{id}/replay", Permission.Operate, scoped: true, ReplayAsync);
        routes.Map("POST", "/callbacks/replay", Permission.Operate, scoped: true, ReplayManyAsync);
        routes.Get("/replays/{id}", ProgressAsync, scoped: true);
    }

    private Task<IResult> ListAsync(AdminCall call)
    {
        var paging = Paging.Read(call);
        var filter = CallbackFilter.Read(call, directory.Current);
        using var connection = queries.Open();
        var rows = LedgerQueries.Page(connection, filter, paging.Cursor ?? long.MaxValue, paging.Limit + 1);
        var smsIds = LedgerQueries.SmsIds(connection, rows.Select(r => r.Row.MessageId));
        var views = new Views(directory.Current, call.Principal);
        return Task.FromResult(Answers.Ok(paging.Page(
            rows, r => r.Row.Id, r => views.Callback(r, smsIds.GetValueOrDefault(r.Row.MessageId)))));
    }

    private async Task<IResult> ReplayAsync(AdminCall call)
    {
        var text = call.Route("id");
        if (!CallbackIds.TryParse(text, out var id) || Find(id) is not { } callback || !call.Principal.Sees(callback.Row.Account))
        {
            return Answers.NotFound($"There is no callback '{text}'.");
        }

        var result = (await ledger.ReplayAsync([id]).ConfigureAwait(false))[0];
        if (result == ReplayResult.NoHook)
        {
            return Answers.Conflict("The message had no CallbackUrl, so there is nowhere to send the callback; it can be pulled.");
        }

        await ledger.WriteAsync(connection =>
        {
            Audit.Write(connection, call.Principal, "callback.replay", text, time.GetUtcNow());
            return true;
        }).ConfigureAwait(false);
        return Results.Json(new { id = text, state = "pending" }, Answers.Json, statusCode: StatusCodes.Status202Accepted);
    }

    private StoredCallback? Find(long id)
    {
        using var connection = queries.Open();
        return LedgerQueries.Callback(connection, id);
    }

    private async Task<IResult> ReplayManyAsync(AdminCall call)
    {
        var (document, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (document)
        {
            var filter = CallbackFilter.Read(document!.RootElement, call, directory.Current);
            var job = await replays.StartAsync(filter, call.Principal).ConfigureAwait(false);
            return Results.Json(new { replayId = job.Id, matched = job.Matched }, Answers.Json, statusCode: StatusCodes.Status202Accepted);
        }
    }

    private Task<IResult> ProgressAsync(AdminCall call)
    {
        var id = call.Route("id");
        return Task.FromResult(replays.Find(id) is { } job && (call.Principal.Scope is null || job.Account == call.Principal.Scope.Number)
            ? Answers.Ok(new
            {
                replayId = job.Id,
                state = job.State,
                matched = job.Matched,
                replayed = job.Replayed,
                skipped = job.Skipped,
                createdAt = Answers.Time(job.CreatedAtMs),
            })
            : Answers.NotFound($"There is no replay '{id}'."));
    }
}
