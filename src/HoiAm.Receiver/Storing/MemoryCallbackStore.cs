namespace HoiAm.Receiver.Storing;

/// <summary>
/// Keeps callbacks in memory. A callback that was acknowledged and not handled is lost with the process, and so is what was remembered. For
/// tests, and for handlers to which a lost callback does not matter.
/// </summary>
public sealed class MemoryCallbackStore : ICallbackStore
{
    private readonly CallbackIndex _index;
    private readonly Lock _lock = new();

    /// <summary>Makes a store.</summary>
    /// <param name="rememberedIds">How many handled ids are remembered, the newest ones. Default 100,000.</param>
    public MemoryCallbackStore(int rememberedIds = 100_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rememberedIds, 1);
        _index = new CallbackIndex(rememberedIds);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<KeptCallback>> OpenAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<KeptCallback>>([]);

    /// <inheritdoc/>
    public ValueTask<KeepResult> KeepAsync(KeptCallback callback, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (_lock)
        {
            return ValueTask.FromResult(_index.Add(callback) ? KeepResult.Kept : KeepResult.Known);
        }
    }

    /// <inheritdoc/>
    public ValueTask DoneAsync(string id)
    {
        lock (_lock)
        {
            _index.Done(id);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask SetAsideAsync(string id)
    {
        lock (_lock)
        {
            _index.SetAside(id);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<KeptCallback>> TakeSetAsideAsync()
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_index.TakeSetAside());
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
