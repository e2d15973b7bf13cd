using System.Globalization;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using HoiAm.Server.Reconciling;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary>What reconciliation did and does: runs, and where an account stands (contract section 2, relay mode).</summary>
internal sealed class ReconciliationsApi(HubDirectory directory, LedgerQueries queries, Reconciler reconciler)
{
    public void Map(AdminRoutes routes)
    {
        routes.Get("/reconciliations", Runs, scoped: true);
        routes.Get("/accounts/{id}/reconciliation", State, scoped: true);
    }

    private Task<IResult> Runs(AdminCall call)
    {
        var paging = Paging.Read(call);
        var account = Filters.Account(call, directory.Current);
        using var connection = queries.Open();
        var rows = RunRow.Page(connection, account, paging.Cursor ?? long.MaxValue, paging.Limit + 1);
        return Task.FromResult(Answers.Ok(paging.Page(rows, r => r.Id, Show)));
    }

    private Task<IResult> State(AdminCall call)
    {
        var id = call.Route("id");
        if (!directory.Current.Accounts.TryGetValue(id, out var account) || !call.Principal.Sees(account.Number))
        {
            return Task.FromResult(AccountsApi.Unknown(id));
        }

        using var connection = queries.Open();
        var (waiting, next) = AskBook.Waiting(connection, account.Number);
        var state = reconciler.StateOf(account);
        return Task.FromResult(Answers.Ok(new
        {
            account = id,
            edition = account.Settings.Reconcile.Edition,
            after = account.Settings.Reconcile.After.ToString("c"),
            state = state.State,
            error = state.Error,
            pausedUntil = state.PausedUntil is { } until ? Answers.Time(until) : null,
            waiting,
            nextAskAt = next is { } ms ? Answers.Time(ms) : null,
            lastRun = RunRow.Page(connection, account.Number, long.MaxValue, 1).Select(Show).FirstOrDefault(),
        }));
    }

    private object Show(RunRow run) => new
    {
        id = run.Id.ToString(CultureInfo.InvariantCulture),
        account = directory.Current.AccountsByNumber.GetValueOrDefault(run.Account)?.Id,
        edition = run.Edition,
        startedAt = Answers.Time(run.StartedAtMs),
        endedAt = Answers.Time(run.EndedAtMs),
        requests = run.Requests,
        asked = run.Asked,
        answered = run.Answered,
        recovered = run.Recovered,
        stillSilent = run.Asked - run.Recovered,
        failures = run.Failures,
        error = run.Error,
    };
}
