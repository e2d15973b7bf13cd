using System.Diagnostics;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>Waits for something to become true. Limits are generous: a busy machine makes a test slow, never red.</summary>
internal static class Poll
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task UntilAsync(Func<bool> condition, string what, TimeSpan? patience = null, int stepMs = 10) =>
        UntilAsync(() => Task.FromResult(condition()), what, patience, stepMs);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null, int stepMs = 10)
    {
        var limit = patience ?? Patience;
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < limit, $"{what}: did not happen within {limit.TotalSeconds:0} s.");
            await PauseAsync(stepMs);
        }
    }

    /// <summary>The first value that is not null.</summary>
    public static async Task<T> ForAsync<T>(Func<Task<T?>> look, string what, TimeSpan? patience = null)
        where T : class
    {
        T? found = null;
        await UntilAsync(async () => (found = await look()) is not null, what, patience);
        return found!;
    }

    public static Task PauseAsync(int ms) => Task.Delay(TimeSpan.FromMilliseconds(ms), TimeProvider.System);
}
