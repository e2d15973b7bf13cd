using HoiAm.Ledger.Delivery;

namespace HoiAm.Ledger.Tests.Support;

/// <summary>A delivery engine that only takes notes: who got a seat, what was handed over, what was parked.</summary>
internal sealed class ScriptedQueue : IDeliveryQueue
{
    private readonly Lock _lock = new();
    private readonly List<DueCallback> _enqueued = [];
    private readonly List<(Hook Hook, DateTimeOffset DueAt)> _parked = [];
    private readonly List<long> _forward = [];
    private int _taken;

    /// <summary>Seats that there are in all.</summary>
    public int Seats { get; set; } = int.MaxValue;

    /// <summary>Seats that are taken now.</summary>
    public int Taken
    {
        get
        {
            lock (_lock)
            {
                return _taken;
            }
        }
    }

    public IReadOnlyList<DueCallback> Enqueued
    {
        get
        {
            lock (_lock)
            {
                return [.. _enqueued];
            }
        }
    }

    public IReadOnlyList<(Hook Hook, DateTimeOffset DueAt)> Parked
    {
        get
        {
            lock (_lock)
            {
                return [.. _parked];
            }
        }
    }

    public bool TryReserve(Hook hook)
    {
        lock (_lock)
        {
            if (_taken >= Seats)
            {
                return false;
            }

            _taken++;
            return true;
        }
    }

    public void Release(Hook hook)
    {
        lock (_lock)
        {
            _taken--;
        }
    }

    public void Enqueue(DueCallback callback)
    {
        lock (_lock)
        {
            _enqueued.Add(callback);
        }
    }

    public void NoteParked(Hook hook, DateTimeOffset dueAt)
    {
        lock (_lock)
        {
            _parked.Add((hook, dueAt));
        }
    }

    /// <summary>Callbacks in memory that were asked for.</summary>
    public IReadOnlyList<long> Forward
    {
        get
        {
            lock (_lock)
            {
                return [.. _forward];
            }
        }
    }

    public void BringForward(Hook hook, IReadOnlySet<long> callbackIds)
    {
        lock (_lock)
        {
            _forward.AddRange(callbackIds);
        }
    }

    /// <summary>Forgets the notes and frees all seats.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _enqueued.Clear();
            _parked.Clear();
            _forward.Clear();
            _taken = 0;
        }
    }
}
