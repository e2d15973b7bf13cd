using System.Collections.Concurrent;

namespace HoiAm.Server.Security;

/// <summary>How often each account may make one call: at most so many within any 1,000 ms. Kept in memory, a queue of times an account.</summary>
internal sealed class CallRate
{
    private readonly ConcurrentDictionary<int, Queue<long>> _taken = new();

    /// <summary>Counts a call; false when the account made as many within the last second, and then it is not counted.</summary>
    public bool TryTake(int account, DateTimeOffset now, int perSecond)
    {
        var taken = _taken.GetOrAdd(account, _ => new Queue<long>());
        var ms = now.ToUnixTimeMilliseconds();
        lock (taken)
        {
            while (taken.TryPeek(out var first) && (ms - first >= 1000 || first > ms))
            {
                taken.Dequeue();
            }

            if (taken.Count >= perSecond)
            {
                return false;
            }

            taken.Enqueue(ms);
            return true;
        }
    }
}
