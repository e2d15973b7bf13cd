namespace HoiAm.Receiver.Storing;

/// <summary>What is known of callbacks by id: waiting, set aside, or done and remembered. Not thread-safe.</summary>
internal sealed class CallbackIndex(int rememberedMax)
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<string> _remembered = new();
    private long _order;

    /// <summary>Waiting, oldest first.</summary>
    public IReadOnlyList<KeptCallback> Waiting => InOrder(aside: false);

    /// <summary>Set aside, oldest first.</summary>
    public IReadOnlyList<KeptCallback> Aside => InOrder(aside: true);

    /// <summary>Ids that are done, oldest first.</summary>
    public IReadOnlyCollection<string> Remembered => _remembered;

    public int Count => _entries.Count;

    /// <summary>False when the id is known.</summary>
    public bool Add(KeptCallback callback) => _entries.TryAdd(callback.Id, new Entry(callback, ++_order, false));

    /// <summary>Takes back what could not be kept.</summary>
    public void Remove(string id) => _entries.Remove(id);

    public bool Knows(string id) => _entries.ContainsKey(id);

    /// <summary>Forgets the content and remembers the id, also one that is not known: an older journal may have told its end alone.</summary>
    public void Done(string id)
    {
        if (_entries.TryGetValue(id, out var entry) && entry.Callback is null)
        {
            return;
        }

        _entries[id] = new Entry(null, 0, false);
        _remembered.Enqueue(id);
        if (_remembered.Count > rememberedMax)
        {
            _entries.Remove(_remembered.Dequeue());
        }
    }

    public void SetAside(string id)
    {
        if (_entries.TryGetValue(id, out var entry) && entry.Callback is not null)
        {
            _entries[id] = entry with { IsAside = true };
        }
    }

    public IReadOnlyList<KeptCallback> TakeSetAside()
    {
        var aside = Aside;
        foreach (var callback in aside)
        {
            _entries[callback.Id] = _entries[callback.Id] with { IsAside = false };
        }

        return aside;
    }

    /// <summary>Lets a callback that was set aside wait again.</summary>
    public void TakeBack(string id)
    {
        if (_entries.TryGetValue(id, out var entry))
        {
            _entries[id] = entry with { IsAside = false };
        }
    }

    private List<KeptCallback> InOrder(bool aside) =>
        [.. _entries.Values.Where(e => e.Callback is not null && e.IsAside == aside).OrderBy(e => e.Order).Select(e => e.Callback!)];

    private readonly record struct Entry(KeptCallback? Callback, long Order, bool IsAside);
}
