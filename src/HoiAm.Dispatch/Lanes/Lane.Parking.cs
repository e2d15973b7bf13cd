using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch.Lanes;

/// <summary>
/// What waits on disk: how many and from when, and fetching it in pages. At most one page per lane is under way, and only a few over all
/// lanes. Counts are estimates that each page sets right; what matters is that a lane that has something parked always has a time to look.
/// </summary>
internal sealed partial class Lane
{
    private readonly PageRequest _page = new();
    private long _parked;
    private long _parkedAt = long.MaxValue;
    private DateTimeOffset _parkedDue = DateTimeOffset.MaxValue;
    private long _replaysParked;
    private long _replaysAt = long.MaxValue;
    private long _fetchNotBefore;
    private bool _fetching;
    private bool _expiring;
    private bool _rechecked;

    private enum PageKind : byte
    {
        /// <summary>Whatever is due.</summary>
        Normal,

        /// <summary>For an open breaker: one callback to ask with, and those that have waited too long.</summary>
        Probe,

        /// <summary>For a lane that is shut off: only replays are wanted.</summary>
        Replays,
    }

    /// <summary>False when this lane was let go: then another one has to be asked.</summary>
    public bool NoteParked(long count, DateTimeOffset due)
    {
        var outbox = default(Outbox);
        lock (_gate)
        {
            if (_retired)
            {
                return false;
            }

            var now = _engine.Now;
            NoteParkedLocked(count, due, isReplay: false, now, _engine.WallNow);
            PumpLocked(ref outbox, now);
        }

        Flush(ref outbox);
        return true;
    }

    /// <inheritdoc cref="NoteParked"/>
    public bool NoteReplays(long count, DateTimeOffset due)
    {
        var outbox = default(Outbox);
        lock (_gate)
        {
            if (_retired)
            {
                return false;
            }

            var now = _engine.Now;
            NoteParkedLocked(count, due, isReplay: true, now, _engine.WallNow);
            PumpLocked(ref outbox, now);
        }

        Flush(ref outbox);
        return true;
    }

    private void NoteParkedLocked(long count, DateTimeOffset due, bool isReplay, long now, DateTimeOffset wall)
    {
        var at = due <= wall ? now : now + (due - wall).Ticks;
        _parked += count;
        _page.NotedMeanwhile += count;
        if (at < _parkedAt)
        {
            _parkedAt = at;
            _parkedDue = due;
        }

        if (at < _page.NotedAt)
        {
            _page.NotedAt = at;
            _page.NotedDue = due;
        }

        if (isReplay)
        {
            _replaysParked += count;
            _replaysAt = Math.Min(_replaysAt, at);
            _page.ReplaysMeanwhile += count;
            _page.ReplaysNotedAt = Math.Min(_page.ReplaysNotedAt, at);
        }
    }

    /// <summary>When the lane wants its next page, and which; MaxValue while it wants none.</summary>
    private long NextFetchLocked(out PageKind kind)
    {
        kind = PageKind.Normal;
        if (_fetching || _parked <= 0 || _engine.IsStopping || RoomLocked() <= 0)
        {
            return long.MaxValue;
        }

        // What was noted while the wall clock stood wrong may be due by now although the steady clock has it far away: the earlier one counts.
        var parkedAt = _parkedDue <= _engine.WallNow ? 0 : _parkedAt;
        if (!IsShut)
        {
            return Math.Max(parkedAt, _fetchNotBefore);
        }

        var replays = _replaysParked > 0 ? Math.Max(_replaysAt, _fetchNotBefore) : long.MaxValue;
        var probe = _paused || _probing ? long.MaxValue : Math.Max(Math.Max(_breaker.ProbeAt, parkedAt), _fetchNotBefore);
        kind = replays <= probe ? PageKind.Replays : PageKind.Probe;
        return Math.Min(replays, probe);
    }

    /// <summary>How many a page may hold. Small remainders are left to gather: a page of one costs the ledger nearly as much as a full one.</summary>
    private int RoomLocked()
    {
        if (_engine.Live >= _engine.Options.SeatsTotal)
        {
            // Even in a full hub an empty lane gets a few, or it would wait for others to finish.
            return _seats == 0 ? 4 : 0;
        }

        var seats = SeatsLocked();
        var room = seats - _seats;
        return room >= Math.Max(1, seats / 8) ? Math.Min(room, Defaults.PageMax) : 0;
    }

    private void FetchIfDueLocked(ref Outbox outbox, long now)
    {
        if (NextFetchLocked(out var kind) > now || !TakeOrWaitLocked(_engine.Fetches))
        {
            return;
        }

        var ahead = kind == PageKind.Normal ? Defaults.FetchAhead : TimeSpan.Zero;
        var until = _engine.WallNow + ahead;

        // When the wall clock was put back since, what is due by the steady clock is still in its future. A page that is wanted for another
        // reason must not reach that far: what it found too early would go back to disk, and the next page would find it again.
        _page.IsClockBehind = _parkedAt <= now && _parkedDue > until && _parkedDue < DateTimeOffset.MaxValue;
        _page.Until = _page.IsClockBehind ? _parkedDue : until;
        _page.Kind = kind;
        _page.Max = kind == PageKind.Probe && !_expiring ? 1 : RoomLocked();
        _page.ForgetNotes();
        _fetching = true;
        _probing |= kind == PageKind.Probe;
        TakeSeatsLocked(_page.Max);
        outbox.Fetch = true;
    }

    /// <summary>Reads the page that was decided on; runs on the pool.</summary>
    void IThreadPoolWorkItem.Execute() => _ = FetchAsync();

    private async Task FetchAsync()
    {
        ParkedPage? page = null;
        try
        {
            // The ledger may be closing already.
            page = _engine.IsStopping ? null : await _engine.Source.TakeParkedAsync(_hook, _page.Until, _page.Max, _engine.Stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            if (failure is not OperationCanceledException || !_engine.IsStopping)
            {
                _engine.Report("Parked callbacks could not be read.", failure);
            }
        }

        Absorb(page);
        _engine.Fetches.Return();
        _engine.Fetches.Kick();
        _engine.Done();
    }

    private void Absorb(ParkedPage? page)
    {
        var outbox = default(Outbox);
        List<DueCallback>? expired = null;
        lock (_gate)
        {
            var now = _engine.Now;
            var wall = _engine.WallNow;
            _fetching = false;
            _probing &= _page.Kind != PageKind.Probe;
            GiveSeatsLocked(_page.Max);
            if (page is not { } got)
            {
                _fetchNotBefore = now + Defaults.FetchRetry.Ticks;
                PumpLocked(ref outbox, now);
            }
            else
            {
                CountLocked(got, now, wall);
                foreach (var callback in got.Callbacks)
                {
                    PlaceLocked(callback, now, wall, ref outbox, ref expired);
                }

                _expiring = expired is not null;
                _hasGivenUp |= _expiring;
                if (outbox.Parked is null)
                {
                    PumpLocked(ref outbox, now);
                }
            }
        }

        foreach (var callback in expired ?? [])
        {
            Expire(callback);
        }

        Flush(ref outbox);
    }

    private void PlaceLocked(DueCallback callback, long now, DateTimeOffset wall, ref Outbox outbox, ref List<DueCallback>? expired)
    {
        if (_breaker.IsOpen && !_paused && !callback.IsReplay && wall - callback.CreatedAt >= Defaults.ExpireAfter)
        {
            (expired ??= []).Add(callback);
        }
        else if (MayStayLocked(callback, WaitOf(callback, wall)))
        {
            TakeSeatsLocked(1);
            if (WaitOf(callback, wall) is var wait && wait > TimeSpan.Zero)
            {
                AddLocked(callback, wait, now);
            }
            else
            {
                // From disk, so it is older than what comes from the commit: it shares the backlog's part, not the fresh one's.
                (callback.IsReplay ? _replays : _backlog).Enqueue(callback);
            }
        }
        else if (_page.Kind == PageKind.Probe && _probe is null && _breaker.IsOpen && !_paused)
        {
            TakeSeatsLocked(1);
            _probe = callback;
            _probing = true;
        }
        else
        {
            outbox.Park(callback);
        }
    }

    private TimeSpan WaitOf(DueCallback callback, DateTimeOffset wall) => _page.IsClockBehind ? TimeSpan.Zero : callback.DueAt - wall;

    private void CountLocked(ParkedPage page, long now, DateTimeOffset wall)
    {
        var expected = _parked - _page.NotedMeanwhile - page.Callbacks.Count;
        _parked = page.Left + _page.NotedMeanwhile;
        _parkedDue = page.NextDue ?? DateTimeOffset.MaxValue;
        _parkedAt = page.NextDue is { } due ? (due <= wall ? now : now + (due - wall).Ticks) : long.MaxValue;
        if (_page.NotedAt < _parkedAt)
        {
            _parkedAt = _page.NotedAt;
            _parkedDue = _page.NotedDue;
        }

        // A page lists replays first, so one that ends with something else, or ends early, holds the last of those due.
        var replays = page.Callbacks.Count(callback => callback.IsReplay);
        var isLast = replays < page.Callbacks.Count || replays < _page.Max;
        _replaysParked = _page.ReplaysMeanwhile + (isLast ? 0 : Math.Max(1, _replaysParked - _page.ReplaysMeanwhile - replays));
        _replaysAt = isLast ? _page.ReplaysNotedAt : Math.Min(now, _page.ReplaysNotedAt);

        // Fewer than counted: most likely called off meanwhile. One more look later costs little and lets no callback be forgotten.
        var isShort = _parked == 0 && expected > 0 && !_rechecked;
        _rechecked = isShort;
        if (isShort)
        {
            _parked = expected;
            _parkedAt = now + Defaults.RecheckAfter.Ticks;
            _parkedDue = wall + Defaults.RecheckAfter;
        }
    }

    private void Expire(DueCallback callback)
    {
        _engine.Metrics.CountExhausted(ExhaustedReason.Expired);
        _engine.Settle(new Settlement
        {
            CallbackId = callback.Id,
            State = CallbackState.Exhausted,
            Reason = ExhaustedReason.Expired,
            DueAt = callback.DueAt,
            Tries = callback.Tries,
            Tag = callback.Tag,
        });
    }

    /// <summary>The page that is being read, and what was noted while it was.</summary>
    private sealed class PageRequest
    {
        public PageKind Kind { get; set; }

        public int Max { get; set; }

        public DateTimeOffset Until { get; set; }

        /// <summary>What it holds is due by the steady clock, whatever the wall clock says.</summary>
        public bool IsClockBehind { get; set; }

        public long NotedMeanwhile { get; set; }

        public long NotedAt { get; set; } = long.MaxValue;

        public DateTimeOffset NotedDue { get; set; } = DateTimeOffset.MaxValue;

        public long ReplaysMeanwhile { get; set; }

        public long ReplaysNotedAt { get; set; } = long.MaxValue;

        public void ForgetNotes()
        {
            NotedMeanwhile = 0;
            NotedAt = long.MaxValue;
            NotedDue = DateTimeOffset.MaxValue;
            ReplaysMeanwhile = 0;
            ReplaysNotedAt = long.MaxValue;
        }
    }
}
