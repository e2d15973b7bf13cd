namespace HoiAm.Faults.Hub;

/// <summary>Real pauses: this harness drives a real process, whose clock is its own.</summary>
internal static class Pause
{
    public static Task ForAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System);

    public static async Task<bool> UntilAsync(Func<Task<bool>> condition, TimeSpan patience, int stepMs = 100)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition().ConfigureAwait(false))
        {
            if (watch.Elapsed > patience)
            {
                return false;
            }

            await ForAsync(stepMs).ConfigureAwait(false);
        }

        return true;
    }
}
