using HoiAm.Ledger;
using HoiAm.Server.Directory;
using HoiAm.Server.Observability;
using HoiAm.Server.Queries;

namespace HoiAm.Server.Keeping;

/// <summary>
/// Masks what messages said, once, in the order of their making: a mark in the store says how far it has come. A message whose route still
/// needs the text is noted and looked at again each time.
/// </summary>
internal sealed class KeepTexts(MessageLedger ledger, LedgerQueries queries, HubDirectory directory, TimeSpan? after, HubMetrics metrics, TimeProvider time)
{
    private const int LookedAtOnce = 2_000;
    private const int MaskedAtOnce = 200;

    public async Task RunAsync(CancellationToken stop)
    {
        if (after is not { } wait)
        {
            return;
        }

        await AgainAsync(stop).ConfigureAwait(false);
        while (!stop.IsCancellationRequested && await NextAsync(time.GetUtcNow() - wait, stop).ConfigureAwait(false))
        {
            // The next page.
        }
    }

    private async Task AgainAsync(CancellationToken stop)
    {
        for (var last = 0L; !stop.IsCancellationRequested;)
        {
            List<long> page;
            using (var connection = queries.Open())
            {
                page = connection.Query(
                    "SELECT message FROM unmasked WHERE message > @p0 ORDER BY message LIMIT @p1", r => r.GetInt64(0), last, MaskedAtOnce);
            }

            if (page.Count == 0)
            {
                return;
            }

            metrics.Masked(await ledger.MaskTextsAsync(page, null).ConfigureAwait(false));
            last = page[^1];
        }
    }

    private async Task<bool> NextAsync(DateTimeOffset before, CancellationToken stop)
    {
        List<(long Id, int Account, bool HasText, long At)> page;
        using (var connection = queries.Open())
        {
            var cursor = connection.Scalar("SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'masked_upto'");
            page = connection.Query(
                "SELECT id, account, CASE WHEN extra IS NULL THEN 0 ELSE 1 END, created_at FROM message WHERE id > @p0 AND id < @p1 ORDER BY id LIMIT @p2",
                r => (r.GetInt64(0), r.GetInt32(1), r.GetInt64(2) != 0, r.GetInt64(3)),
                cursor,
                queries.Layout.FirstAt(before),
                LookedAtOnce);
        }

        if (page.Count == 0)
        {
            return false;
        }

        var accounts = directory.Current.AccountsByNumber;
        var texts = page.Where(m => m.HasText && accounts.GetValueOrDefault(m.Account)?.Settings.KeepText != true).Select(m => m.Id).ToList();
        foreach (var chunk in texts.Chunk(MaskedAtOnce))
        {
            stop.ThrowIfCancellationRequested();
            metrics.Masked(await ledger.MaskTextsAsync(chunk, chunk[^1]).ConfigureAwait(false));
        }

        await ledger.MaskTextsAsync([], page[^1].Id).ConfigureAwait(false);
        return page.Count == LookedAtOnce;
    }
}
