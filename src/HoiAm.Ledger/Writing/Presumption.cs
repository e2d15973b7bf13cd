using System.Text.Json;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;
using HoiAm.Model;

namespace HoiAm.Ledger.Writing;

/// <summary>
/// Ends messages of which nothing was heard for too long with a presumed expiry: a report like any other, from nobody, that costs nothing
/// and gives way to the first real one. Everything is looked at again inside the transaction, so that a report that came a moment ago counts.
/// </summary>
internal static class Presumption
{
    /// <summary>Recipients that one write ends: small enough that reports between two writes do not wait.</summary>
    public const int RecipientsMax = 200;

    // How long a message is left alone of which a route of ours still has something to do.
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromHours(1);

    /// <summary>Looks at due messages; ends those that stayed silent, moves the others to their time. Gives how many it ended.</summary>
    /// <param name="group">The open group.</param>
    /// <param name="due">Numbers of messages.</param>
    /// <param name="after">The silence after which an account's messages are taken for expired; null for never.</param>
    public static int Apply(GroupContext group, IReadOnlyList<long> due, Func<int, TimeSpan?> after)
    {
        var (ended, left) = (0, RecipientsMax);
        foreach (var id in due)
        {
            if (group.Store.GetMessage(id) is not { } message || message.State.IsFinal())
            {
                group.Store.Connection.Execute("DELETE FROM silent WHERE message = @p0", id);
                continue;
            }

            var patience = after(message.Account);
            var expiresAt = patience is { } time ? ExpiresAt(group, message, time) : (long?)null;
            if (expiresAt is null || expiresAt > group.NowMs)
            {
                group.Store.Connection.Execute(
                    "UPDATE silent SET expire_at = @p1, after_s = @p2 WHERE message = @p0",
                    id,
                    expiresAt,
                    patience is { } p ? (long)p.TotalSeconds : -1);
                continue;
            }

            if (left <= 0)
            {
                break;
            }

            left -= End(group, message, patience!.Value, left);
            if (message.State.IsFinal())
            {
                ended++;
                group.Store.Connection.Execute("DELETE FROM silent WHERE message = @p0", id);
            }
        }

        return ended;
    }

    private static long ExpiresAt(GroupContext group, MessageRow message, TimeSpan patience)
    {
        var connection = group.Store.Connection;
        var ms = (long)patience.TotalMilliseconds;
        if (connection.ScalarOrNull("SELECT MAX(due_at) FROM outbox WHERE message = @p0", message.Id) is { } handover)
        {
            // It was not handed over yet, or waits for a person: nobody owes a report.
            return Math.Max(group.NowMs + (long)s_lookAgain.TotalMilliseconds, handover + ms);
        }

        // A message with many recipients ends in several writes: our own reports of the first ones are no news.
        var heard = message.LastReport == 0 ? 0 : connection.Scalar(
            "SELECT at FROM report WHERE id = @p0 AND source <> @p1", message.LastReport, (int)ReportSource.Presumed);
        return Math.Max(message.CreatedAtMs, heard) + ms;
    }

    private static int End(GroupContext group, MessageRow message, TimeSpan patience, int max)
    {
        var raw = JsonSerializer.SerializeToUtf8Bytes(new { presumed = "expired", silentForHours = Math.Round(patience.TotalHours, 2) });
        var count = 0;
        foreach (var recipient in group.Store.ListRecipients(message))
        {
            if (count == max)
            {
                break;
            }

            if (recipient.State.IsFinal())
            {
                continue;
            }

            count++;
            var report = new IncomingReport
            {
                Source = ReportSource.Presumed,
                Vendor = message.Vendor,
                Address = recipient.Address,
                Status = ReportedStatus.Expired,
                Raw = raw,
            };
            ReportCommand.Append(group, message, recipient, report, group.NowMs);
        }

        return count;
    }
}
