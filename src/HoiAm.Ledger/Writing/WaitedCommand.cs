namespace HoiAm.Ledger.Writing;

/// <summary>A command that somebody waits for; the answer is there after the commit.</summary>
internal abstract class WaitedCommand<T> : LedgerCommand
{
    private readonly TaskCompletionSource<T> _waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;
    private Exception? _refusal;

    public Task<T> Task => _waiter.Task;

    internal sealed override void Apply(GroupContext group)
    {
        _refusal = null;
        _result = Run(group);
    }

    internal sealed override void Complete()
    {
        if (_refusal is null)
        {
            _waiter.TrySetResult(_result);
        }
        else
        {
            _waiter.TrySetException(_refusal);
        }
    }

    internal sealed override void Fail(Exception error) => _waiter.TrySetException(error);

    /// <summary>Does it and gives the answer; may run again when its group was taken back.</summary>
    protected abstract T Run(GroupContext group);

    /// <summary>Answers with an error although the group goes on; whatever the command wrote must have been taken back.</summary>
    protected T Refuse(Exception error)
    {
        _refusal = error;
        return default!;
    }
}

/// <summary>Any write that is not on the path of a report, as a function over the open transaction.</summary>
internal sealed class FunctionCommand<T>(Func<GroupContext, T> function, IReadOnlyList<long>? callbacks = null) : WaitedCommand<T>
{
    internal override void Announce(GroupKeys keys)
    {
        foreach (var id in callbacks ?? [])
        {
            keys.AddCallback(id);
        }
    }

    // A refusal (a key that exists, a balance too low) must take back this command alone, not its group. When the store is away the whole
    // group is lost, marks and all.
    protected override T Run(GroupContext group)
    {
        group.Mark();
        try
        {
            var result = function(group);
            group.EndMark(keep: true);
            return result;
        }
        catch (Exception error) when (error is not StoreUnavailableException)
        {
            if (group.Store.IsConflict(error))
            {
                // The whole group is lost, and begins again as a whole.
                throw;
            }

            if (group.Store.Explain(error) is { } reason)
            {
                throw new StoreUnavailableException(reason, error);
            }

            group.EndMark(keep: false);
            return Refuse(error);
        }
    }
}
