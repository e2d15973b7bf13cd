using System.Globalization;
using HoiAm.Ledger;
using HoiAm.Server.Queries;

namespace HoiAm.Server.Reconciling;

/// <summary>
/// Lets one of several nodes on the same database do what must not be done twice at once: a provider counts the questions of all nodes
/// together. The holder renews it; when it dies, another one takes over after the time.
/// A null node stands for a store that can have only one, which then always holds it.
/// </summary>
internal sealed class Lease(string name, string? node, MessageLedger ledger, LedgerQueries queries, TimeProvider time)
{
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(30);

    /// <summary>True when this node may go on for some seconds.</summary>
    public async Task<bool> HoldAsync()
    {
        if (node is null)
        {
            return true;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var length = (long)s_length.TotalMilliseconds;
        using (var connection = queries.Open())
        {
            var seen = connection.Query("SELECT value FROM meta WHERE name = @p0", r => r.GetString(0), name) is [var value] ? value : "";
            var (holder, until) = Read(seen);
            if (until > now && (holder != node || until - now > length / 2))
            {
                return holder == node;
            }

            var mine = string.Create(CultureInfo.InvariantCulture, $"{node} {now + length}");
            return await ledger.WriteAsync(c => seen.Length == 0
                ? c.Execute("INSERT INTO meta (name, value) VALUES (@p0, @p1) ON CONFLICT (name) DO NOTHING", name, mine)
                : c.Execute("UPDATE meta SET value = @p1 WHERE name = @p0 AND value = @p2", name, mine, seen)).ConfigureAwait(false) == 1;
        }
    }

    private static (string Holder, long UntilMs) Read(string text) =>
        text.Split(' ') is [var holder, var until] && long.TryParse(until, CultureInfo.InvariantCulture, out var ms) ? (holder, ms) : ("", 0);
}
