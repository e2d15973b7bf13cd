namespace HoiAm.Ledger.Writing;

/// <summary>A command that somebody waits for; the answer is there after the commit.</summary>
internal abstract class WaitedCommand<T> : LedgerCommand
{
    private readonly TaskCompletionSource<T> _waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _waiter.Task;

    internal sealed override void Apply(GroupContext group) => _result = Run(group);

    internal sealed override void Complete() => _waiter.TrySetResult(_result);

    internal sealed override void Fail(Exception error) => _waiter.TrySetException(error);

    /// <summary>Does it and gives the answer; may run again when its group was taken back.</summary>
    protected abstract T Run(GroupContext group);
}

/// <summary>Any write that is not on the path of a report, as a function over the open transaction.</summary>
internal sealed class FunctionCommand<T>(Func<GroupContext, T> function) : WaitedCommand<T>
{
    // A refusal (a key that exists, a balance too low) must take back this command alone, not its group.
    protected override T Run(GroupContext group)
    {
        group.Mark();
        var kept = false;
        try
        {
            var result = function(group);
            kept = true;
            return result;
        }
        finally
        {
            group.EndMark(kept);
        }
    }
}
