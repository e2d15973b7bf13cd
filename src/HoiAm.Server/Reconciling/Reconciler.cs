using System.Collections.Concurrent;
using HoiAm.Ledger;
using HoiAm.Ledger.Writing;
using HoiAm.Model;
using HoiAm.Server.Directory;
using HoiAm.Server.Observability;
using HoiAm.Server.Queries;
using Microsoft.Extensions.Logging;

namespace HoiAm.Server.Reconciling;

/// <summary>Where an account's reconciliation stands.</summary>
/// <param name="State">One word.</param>
/// <param name="Error">What went wrong last; null when nothing did.</param>
/// <param name="PausedUntil">Nothing is asked before.</param>
/// <param name="Failures">In a row.</param>
internal sealed record DeskState(string State, string? Error, DateTimeOffset? PausedUntil, int Failures)
{
    public static DeskState Idle { get; } = new("idle", null, null, 0);
}

/// <summary>
/// Asks providers about messages that have no final state some time after they were entered. A walk over the ids puts them on a list, each
/// account has a sweep of its own over its part of it, so that a provider that hangs holds up no other. List and runs are in the store: a
/// start goes on where the last run ended.
/// </summary>
internal sealed class Reconciler(
    MessageLedger ledger, LedgerQueries queries, HubDirectory directory, Upstreams upstreams, HubMetrics metrics, Lease lease, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan s_pauseFirst = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pauseLongest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_runsKept = TimeSpan.FromDays(90);
    private static readonly TimeSpan s_tidyEvery = TimeSpan.FromHours(1);

    private readonly IdWalk _walk = new("reconcile_cursor", queries.Layout);
    private readonly ConcurrentDictionary<int, DeskState> _states = new();
    private readonly ConcurrentDictionary<int, Task> _sweeps = new();
    private HubSnapshot? _checked;
    private DateTimeOffset _tidied;

    /// <summary>Where an account stands now.</summary>
    public DeskState StateOf(Account account)
    {
        if (account.Settings.Upstream is null)
        {
            return new DeskState("noUpstream", null, null, 0);
        }

        var state = _states.GetValueOrDefault(account.Number, DeskState.Idle);
        var isOpen = Edition.Of(account.Settings.Reconcile.Edition).IsOpen(time.GetUtcNow());
        return state.State == "idle" && !isOpen ? state with { State = "waitingForHours" } : state;
    }

    /// <summary>One look: walk, then let a sweep begin wherever something is due and none is under way.</summary>
    public async Task TickAsync(CancellationToken stop)
    {
        var accounts = directory.Current.Accounts.Values.Where(a => a.Settings is { Enabled: true, Upstream: not null }).ToList();
        if (accounts.Count == 0 || !await lease.HoldAsync().ConfigureAwait(false))
        {
            return;
        }

        await FollowSettingsAsync(accounts).ConfigureAwait(false);
        await WalkAsync(accounts, stop).ConfigureAwait(false);
        foreach (var account in accounts)
        {
            if (IsDue(account) && (!_sweeps.TryGetValue(account.Number, out var sweep) || sweep.IsCompleted))
            {
                _sweeps[account.Number] = Task.Run(() => SweepAsync(account, stop), CancellationToken.None);
            }
        }

        await TidyAsync().ConfigureAwait(false);
    }

    /// <summary>Ends when the sweeps that are under way have ended.</summary>
    public Task EndedAsync() => Task.WhenAll(_sweeps.Values);

    private bool IsDue(Account account)
    {
        var now = time.GetUtcNow();
        if (_states.GetValueOrDefault(account.Number) is { PausedUntil: { } until } && until > now)
        {
            return false;
        }

        if (!Edition.Of(account.Settings.Reconcile.Edition).IsOpen(now))
        {
            return false;
        }

        using var connection = queries.Open();
        return AskBook.Due(connection, account.Number, isZalo: true, now.ToUnixTimeMilliseconds(), 1).Count > 0
            || AskBook.Due(connection, account.Number, isZalo: false, now.ToUnixTimeMilliseconds(), 1).Count > 0;
    }

    private async Task SweepAsync(Account account, CancellationToken stop)
    {
        var before = _states.GetValueOrDefault(account.Number, DeskState.Idle);
        try
        {
            if (upstreams.Of(account) is not { } line)
            {
                Fail(account, before, new SweepEnd("unusable", "The keys of the upstream cannot be read.", s_pauseLongest));
                return;
            }

            _states[account.Number] = before with { State = "asking", PausedUntil = null };
            var end = await new Sweep(account, line, ledger, queries, metrics, time).RunAsync(stop).ConfigureAwait(false);
            if (end is null)
            {
                _states[account.Number] = DeskState.Idle;
            }
            else
            {
                Fail(account, before, end);
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops; what is due stays on the list.
        }
        catch (Exception error) when (error is StoreUnavailableException or System.Data.Common.DbException)
        {
            _states[account.Number] = before with { State = "storeAway", Error = error.Message };
        }
        catch (Exception error)
        {
            log.LogError(error, "The reconciliation of account {Account} failed", account.Id);
            Fail(account, before, new SweepEnd("failed", error.Message, null));
        }
    }

    private void Fail(Account account, DeskState before, SweepEnd end)
    {
        var failures = before.Failures + 1;
        var grown = s_pauseFirst * Math.Pow(2, Math.Min(failures - 1, 10));
        var pause = end.Pause ?? (grown < s_pauseLongest ? grown : s_pauseLongest);
        _states[account.Number] = new DeskState(end.State, end.Sentence, time.GetUtcNow() + pause, failures);
        if (failures == 1)
        {
            log.LogWarning("The provider of account {Account} cannot be asked: {Reason}", account.Id, end.Sentence);
        }
    }

    private async Task FollowSettingsAsync(List<Account> accounts)
    {
        var current = directory.Current;
        if (ReferenceEquals(current, _checked))
        {
            return;
        }

        foreach (var account in accounts)
        {
            var latest = (time.GetUtcNow() + account.Settings.Reconcile.After).ToUnixTimeMilliseconds();
            await ledger.WriteAsync(c => AskBook.Hasten(c, account.Number, latest)).ConfigureAwait(false);

            // New keys or a new address: what failed before may work now.
            if (_states.GetValueOrDefault(account.Number) is { PausedUntil: not null })
            {
                _states[account.Number] = DeskState.Idle;
            }
        }

        _checked = current;
    }

    private async Task WalkAsync(List<Account> accounts, CancellationToken stop)
    {
        var after = accounts.ToDictionary(a => a.Number, a => (long)a.Settings.Reconcile.After.TotalMilliseconds);
        var shortest = accounts.Min(a => a.Settings.Reconcile.After);
        var passed = 0;
        while (!stop.IsCancellationRequested)
        {
            List<Walked> page;
            using (var connection = queries.Open())
            {
                page = _walk.Next(connection, time.GetUtcNow(), shortest, queries.Layout.FirstAt(time.GetUtcNow() - Edition.CallbackKept));
            }

            if (page.Count == 0)
            {
                break;
            }

            var open = page.Where(m => !m.State.IsFinal() && after.ContainsKey(m.Account) && m.Kind != MessageKind.VoiceCall)
                .Select(m => (m.Id, m.Account, m.Kind.IsZalo(), m.CreatedAtMs + after[m.Account])).ToList();
            if (open.Count > 0)
            {
                await ledger.WriteAsync(c => AskBook.Enter(c, open)).ConfigureAwait(false);
            }

            _walk.Pass(page[^1].Id);
            passed += page.Count;
            if (page.Count < IdWalk.PageSize)
            {
                break;
            }
        }

        if (passed > 0)
        {
            await ledger.WriteAsync(c =>
            {
                _walk.Save(c);
                return true;
            }).ConfigureAwait(false);
        }
    }

    private async Task TidyAsync()
    {
        var now = time.GetUtcNow();
        if (now - _tidied < s_tidyEvery)
        {
            return;
        }

        _tidied = now;
        await ledger.WriteAsync(c => AskBook.Tidy(c, now - s_runsKept, queries.Layout.FirstAt(now - Edition.CallbackKept))).ConfigureAwait(false);
    }
}
