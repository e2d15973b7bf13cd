using System.Data.Common;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Keeping;

/// <summary>
/// Deletes what was kept long enough, page by page: what may go is found beside the writer, and here, on the writer's thread, only looked
/// at again and deleted. A page is small, so that reports never wait long behind it.
/// </summary>
internal static class Retention
{
    private const int RecipientsAtOnce = 1_000;

    public static int DropMessages(GroupContext group, IReadOnlyList<long> messageIds, long beforeMs)
    {
        var rows = 0;
        foreach (var id in messageIds)
        {
            if (rows >= RecipientsAtOnce)
            {
                break;
            }

            if (group.Store.GetMessage(id) is { } message && message.CreatedAtMs < beforeMs
                && !UnderWay.HasOutbox(group, id) && !UnderWay.HasCallback(group, message))
            {
                rows += Drop(group, message);
            }
        }

        return rows;
    }

    public static int DropReports(DbConnection connection, long fromId, long toId, long beforeMs) =>
        connection.Execute("DELETE FROM report WHERE id >= @p0 AND id <= @p1 AND at < @p2", fromId, toId, beforeMs);

    public static int DropCallbacks(DbConnection connection, long fromId, long toId, long beforeMs)
    {
        const string Settled = "id >= @p0 AND id <= @p1 AND created_at < @p2 AND state >= 3";
        var accounts = connection.Query(
            $"SELECT DISTINCT account FROM callback WHERE {Settled}", r => r.GetInt32(0), fromId, toId, beforeMs);
        var count = connection.Execute($"DELETE FROM callback WHERE {Settled}", fromId, toId, beforeMs);
        foreach (var account in accounts)
        {
            connection.Execute(
                """
                DELETE FROM feed WHERE account = @p0 AND callback >= @p1 AND callback <= @p2
                  AND NOT EXISTS (SELECT 1 FROM callback c WHERE c.id = feed.callback)
                """,
                account,
                fromId,
                toId);
        }

        return count;
    }

    public static int DropOrphans(GroupContext group, IReadOnlyList<long> orphanIds, long beforeMs)
    {
        var count = 0;
        foreach (var id in orphanIds)
        {
            if (group.Store.GetOrphan(id) is { } orphan && orphan.AtMs < beforeMs)
            {
                group.Store.DeleteOrphan(id);
                count++;
            }
        }

        return count;
    }

    /// <summary>Deletes one reference.</summary>
    public static void DropReference(DbConnection connection, ReferenceKind kind, int scope, string text, long message) =>
        connection.Execute("DELETE FROM reference WHERE key = @p0 AND message = @p1", ReferenceKey.Of(kind, scope, text), message);

    private static int Drop(GroupContext group, MessageRow message)
    {
        var connection = group.Store.Connection;
        var recipients = group.Store.ListRecipients(message);
        foreach (var recipient in recipients.Take(RecipientsAtOnce))
        {
            DropReference(connection, ReferenceKind.Address, 0, recipient.Address, message.Id);
            if (recipient.PartnerId is { } partner)
            {
                DropReference(connection, ReferenceKind.Partner, message.Account, partner, message.Id);
            }

            if (message.Total > 1)
            {
                connection.Execute("DELETE FROM recipient WHERE message = @p0 AND address = @p1", message.Id, recipient.Address);
            }
        }

        if (recipients.Count > RecipientsAtOnce)
        {
            return RecipientsAtOnce;
        }

        DropReferences(connection, message);
        connection.Execute("DELETE FROM unmasked WHERE message = @p0", message.Id);
        connection.Execute("DELETE FROM message WHERE id = @p0", message.Id);
        return recipients.Count + 1;
    }

    private static void DropReferences(DbConnection connection, MessageRow message)
    {
        DropReference(connection, ReferenceKind.SmsId, 0, message.SmsId, message.Id);
        if (message.ReferentId is { } referent)
        {
            DropReference(connection, ReferenceKind.Referent, 0, referent, message.Id);
        }

        if (message.VendorRequestId is { } vendorRequest)
        {
            DropReference(connection, ReferenceKind.VendorRequest, 0, vendorRequest, message.Id);
        }

        if (message.RequestId is { } request)
        {
            DropReference(connection, ReferenceKind.Request, message.Account, request, message.Id);
        }

        if (SentFacts.HasLegs(message.Extra) && SentFacts.Read(message.Extra).Fallback?.Message.RequestId is { } second)
        {
            DropReference(connection, ReferenceKind.Request, message.Account, second, message.Id);
        }
    }
}
