namespace HoiAm.Ledger.Tests.Support;

/// <summary>Holds the writer inside a group of its own, so that everything submitted meanwhile is one group.</summary>
internal sealed class WriterGate : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _held;

    /// <summary>Returns once the writer stands still.</summary>
    public static async Task<WriterGate> CloseAsync(LedgerBench bench)
    {
        var gate = new WriterGate();
        gate._held = bench.LookAsync(_ =>
        {
            gate._entered.TrySetResult();
            return gate._open.Wait(TimeSpan.FromSeconds(30));
        });
        await gate._entered.Task;
        return gate;
    }

    /// <summary>Lets the writer go on; ends when its group did, with the group's error.</summary>
    public Task OpenAsync()
    {
        _open.Set();
        return _held!;
    }

    public void Dispose()
    {
        _open.Set();
        _open.Dispose();
    }
}
