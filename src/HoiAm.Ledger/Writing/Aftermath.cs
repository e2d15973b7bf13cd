using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Outgoing;

namespace HoiAm.Ledger.Writing;

/// <summary>What follows from a group once it is committed: callbacks for the lanes, messages for the routes.</summary>
internal sealed class Aftermath(IDeliveryQueue queue, IOutboxFeed? outbox)
{
    private readonly List<DueCallback> _live = [];
    private readonly List<(Hook Hook, long DueAtMs)> _parked = [];
    private readonly List<(long Message, long DueAtMs)> _ready = [];
    private readonly List<(Hook Hook, long Callback)> _forward = [];

    /// <summary>How much there is; to come back to.</summary>
    public Extent Mark => new(_live.Count, _parked.Count, _ready.Count, _forward.Count);

    public void AddLive(DueCallback callback) => _live.Add(callback);

    public void AddParked(Hook hook, long dueAtMs) => _parked.Add((hook, dueAtMs));

    public void AddReady(long messageId, long dueAtMs) => _ready.Add((messageId, dueAtMs));

    public void AddForward(Hook hook, long callbackId) => _forward.Add((hook, callbackId));

    /// <summary>Forgets what came after a mark and gives its seats back.</summary>
    public void BackTo(Extent mark)
    {
        for (var i = mark.Live; i < _live.Count; i++)
        {
            queue.Release(_live[i].Hook);
        }

        _live.RemoveRange(mark.Live, _live.Count - mark.Live);
        _parked.RemoveRange(mark.Parked, _parked.Count - mark.Parked);
        _ready.RemoveRange(mark.Ready, _ready.Count - mark.Ready);
        _forward.RemoveRange(mark.Forward, _forward.Count - mark.Forward);
    }

    /// <summary>Feeds the lanes from the commit: no query on the fast path.</summary>
    public void Publish()
    {
        foreach (var callback in _live)
        {
            queue.Enqueue(callback);
        }

        foreach (var (hook, due) in _parked)
        {
            queue.NoteParked(hook, DateTimeOffset.FromUnixTimeMilliseconds(due));
        }

        foreach (var (message, due) in _ready)
        {
            outbox?.Ready(message, due);
        }

        foreach (var wanted in _forward.GroupBy(f => f.Hook, f => f.Callback))
        {
            queue.BringForward(wanted.Key, wanted.ToHashSet());
        }

        _live.Clear();
        _parked.Clear();
        _ready.Clear();
        _forward.Clear();
    }

    /// <summary>How much there is of each.</summary>
    public readonly record struct Extent(int Live, int Parked, int Ready, int Forward);
}
