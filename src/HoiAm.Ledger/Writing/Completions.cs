namespace HoiAm.Ledger.Writing;

/// <summary>Answers the waiters of a group on the pool, a chunk per work item: never on the writer's thread, never one by one.</summary>
internal sealed class Completions : IThreadPoolWorkItem
{
    private readonly IReadOnlyList<LedgerCommand> _commands;
    private readonly Exception? _error;

    private Completions(IReadOnlyList<LedgerCommand> commands, Exception? error)
    {
        _commands = commands;
        _error = error;
    }

    public static void Run(IReadOnlyList<LedgerCommand> commands) =>
        ThreadPool.UnsafeQueueUserWorkItem(new Completions(commands, null), preferLocal: false);

    public static void Fail(IReadOnlyList<LedgerCommand> commands, Exception error)
    {
        if (commands.Count > 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Completions(commands, error), preferLocal: false);
        }
    }

    public void Execute()
    {
        foreach (var command in _commands)
        {
            if (_error is null)
            {
                command.Complete();
            }
            else
            {
                command.Fail(_error);
            }
        }
    }
}
