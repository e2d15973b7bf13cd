using System.Data.Common;
using System.Text;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Ledger.Keeping;

/// <summary>Whom to take out, and what to put there.</summary>
/// <param name="Addresses">The person's addresses as stored: number, and its hash.</param>
/// <param name="Mark">What stands in their place; not made from the number, so that nothing leads back.</param>
/// <param name="Scrub">Puts the mark in place of every spelling of the number in a text.</param>
public sealed record ErasureOrder(IReadOnlySet<string> Addresses, string Mark, Func<string, string> Scrub);

/// <summary>What was taken out of a message.</summary>
/// <param name="Messages">1, or 0 when it did not have the person.</param>
/// <param name="Recipients">Recipients.</param>
/// <param name="Reports">Reports as received.</param>
/// <param name="Callbacks">Settled callbacks.</param>
/// <param name="Pending">1 when something is under way for it, so that nothing was taken out.</param>
public readonly record struct ErasedMessage(int Messages, int Recipients, int Reports, int Callbacks, int Pending);

/// <summary>Takes a person out of a message.</summary>
internal static class Erasure
{
    private const int ChainMax = 20_000;
    private static readonly TimeSpan s_stillReported = TimeSpan.FromHours(72);

    public static ErasedMessage Erase(GroupContext group, long messageId, ErasureOrder order)
    {
        if (group.Store.GetMessage(messageId) is not { } message)
        {
            return default;
        }

        var found = group.Store.ListRecipients(message).Where(r => order.Addresses.Contains(r.Address)).ToList();
        if (found.Count == 0 && !order.Addresses.Contains(message.First.Address))
        {
            return default;
        }

        // A route needs the number to send, a carrier's report needs it to be matched, a hook is to get the bytes that were promised.
        var isOpen = !message.State.IsFinal() && group.NowMs - message.CreatedAtMs < (long)s_stillReported.TotalMilliseconds;
        if (isOpen || UnderWay.HasOutbox(group, messageId) || UnderWay.HasCallback(group, message))
        {
            return new ErasedMessage(0, 0, 0, 0, 1);
        }

        var connection = group.Store.Connection;
        var reports = EraseReports(group, message, order);
        var callbacks = EraseCallbacks(group, message, order);
        foreach (var recipient in found)
        {
            EraseRecipient(connection, message, recipient, order);
        }

        EraseMessage(connection, message, order);
        return new ErasedMessage(1, found.Count, reports, callbacks, 0);
    }

    private static void EraseRecipient(DbConnection connection, MessageRow message, RecipientRow recipient, ErasureOrder order)
    {
        Retention.DropReference(connection, ReferenceKind.Address, 0, recipient.Address, message.Id);
        if (recipient.PartnerId is { } partner)
        {
            Retention.DropReference(connection, ReferenceKind.Partner, message.Account, partner, message.Id);
        }

        if (message.Total > 1)
        {
            // A message may name the same person by number and by hash; the index keeps the two marks apart.
            connection.Execute(
                "UPDATE recipient SET address = @p2, partner_id = NULL, error_info = NULL WHERE message = @p0 AND address = @p1",
                message.Id,
                recipient.Address,
                recipient.Index == 0 ? order.Mark : FormattableString.Invariant($"{order.Mark}.{recipient.Index}"));
        }
    }

    private static void EraseMessage(DbConnection connection, MessageRow message, ErasureOrder order)
    {
        string? Clean(string? text, ReferenceKind kind, int scope)
        {
            if (text is null || order.Scrub(text) is not { } clean || clean == text)
            {
                return text;
            }

            Retention.DropReference(connection, kind, scope, text, message.Id);
            return clean;
        }

        var isFirst = order.Addresses.Contains(message.First.Address);
        connection.Execute(
            """
            UPDATE message SET r_address = @p1, r_partner_id = @p2, r_error_info = @p3, request_id = @p4, vendor_request_id = @p5,
                   referent_id = @p6, callback_url = @p7, extra = @p8
            WHERE id = @p0
            """,
            message.Id,
            isFirst ? order.Mark : message.First.Address,
            isFirst ? null : message.First.PartnerId,
            isFirst ? null : message.First.ErrorInfo,
            Clean(message.RequestId, ReferenceKind.Request, message.Account),
            Clean(message.VendorRequestId, ReferenceKind.VendorRequest, 0),
            Clean(message.ReferentId, ReferenceKind.Referent, 0),
            message.CallbackUrl is { } url ? order.Scrub(url) : null,
            message.Extra is { } extra ? Facts(extra, message.Total == 1, order) : null);
    }

    // A text to one person is about that person; a text to many is not, and was perhaps masked already.
    private static string Facts(string extra, bool isAlone, ErasureOrder order)
    {
        var facts = SentFacts.Read(extra) with { Fallback = null };
        return order.Scrub((isAlone && !facts.Masked ? TextMask.Mask(facts) : facts).ToJson());
    }

    private static int EraseReports(GroupContext group, MessageRow message, ErasureOrder order)
    {
        var connection = group.Store.Connection;
        var count = 0;
        var id = message.LastReport;
        for (var walked = 0; id != 0 && walked < ChainMax; walked++)
        {
            if (connection.Query(
                "SELECT previous, source, address FROM report WHERE id = @p0", r => (Previous: r.GetInt64(0), Source: r.GetInt32(1), Address: r.GetString(2)), id)
                is not [var report])
            {
                break;
            }

            if (message.Total == 1 || order.Addresses.Contains(report.Address))
            {
                // What an operator decided says nothing about the person; everything else is a stranger's text that may spell a number in any way.
                var raw = report.Source == (int)ReportSource.Operator ? null : Encoding.UTF8.GetBytes($$"""{"erased":"{{order.Mark}}"}""");
                count += raw is null
                    ? connection.Execute("UPDATE report SET address = @p1 WHERE id = @p0", id, order.Mark)
                    : connection.Execute("UPDATE report SET address = @p1, raw = @p2 WHERE id = @p0", id, order.Mark, raw);
            }

            id = report.Previous;
        }

        return count;
    }

    private static int EraseCallbacks(GroupContext group, MessageRow message, ErasureOrder order)
    {
        var count = 0;
        for (var id = message.LastCallback; id != 0 && group.Store.GetCallback(id) is { } row; id = row.Previous)
        {
            var query = order.Scrub(row.Query);
            var body = row.Body is null ? null : Encoding.UTF8.GetBytes(order.Scrub(Encoding.UTF8.GetString(row.Body)));
            var log = row.Log is null ? null : Scrub(row.Log, order.Scrub);
            if (query != row.Query || !Same(body, row.Body) || !Same(log, row.Log))
            {
                group.Store.Connection.Execute("UPDATE callback SET query = @p1, body = @p2, log = @p3 WHERE id = @p0", id, query, body, log);
                count++;
            }
        }

        return count;
    }

    private static byte[] Scrub(byte[] log, Func<string, string> scrub)
    {
        byte[]? clean = null;
        foreach (var attempt in AttemptLog.Read(log))
        {
            clean = AttemptLog.Append(clean, attempt with
            {
                Error = attempt.Error is { } error ? scrub(error) : null,
                ResponseSnippet = attempt.ResponseSnippet is { } snippet ? scrub(snippet) : null,
            });
        }

        return clean ?? log;
    }

    private static bool Same(byte[]? a, byte[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);
}
