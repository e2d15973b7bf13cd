using System.Security.Cryptography;
using System.Text;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;

namespace HoiAm.Ledger.Writing;

/// <summary>
/// Finds the message and recipient that a report speaks of (protocol G 57): by referentId and number, then by requestId (and number,
/// when the message has several recipients). Never by number alone.
/// </summary>
internal static class Correlation
{
    /// <summary>The match, or null when there is none yet.</summary>
    public static (MessageRow Message, RecipientRow Recipient)? Find(GroupContext group, IncomingReport report)
    {
        if (report.ReferentId is { } referent)
        {
            var found = Search(group, report, referent, ReferenceKind.Referent) ?? Search(group, report, referent, ReferenceKind.SmsId);
            if (found is not null)
            {
                return found;
            }
        }

        return report.RequestId is { } request
            ? Search(group, report, request, ReferenceKind.VendorRequest) ?? Search(group, report, request, ReferenceKind.SmsId)
            : null;
    }

    /// <summary>The recipient with this address, also when one side is hashed; null when there is none.</summary>
    public static RecipientRow? FindRecipient(ILedgerStore store, MessageRow message, string address)
    {
        if (message.Total == 1)
        {
            return IsSame(message.First.Address, address) ? message.First : null;
        }

        if (store.FindRecipient(message.Id, address) is { } found)
        {
            return found;
        }

        if (IsPhone(address))
        {
            return store.FindRecipient(message.Id, HashPhone(address));
        }

        // A hash for a message with many phones is rare enough to compute theirs.
        return IsHash(address) ? store.ListRecipients(message).FirstOrDefault(r => IsSame(r.Address, address)) : null;
    }

    private static (MessageRow, RecipientRow)? Search(GroupContext group, IncomingReport report, string text, ReferenceKind kind)
    {
        var byRequest = text == report.RequestId && kind != ReferenceKind.Referent;
        var crowded = FindCandidates(group, report, ReferenceKey.Of(kind, 0, text));
        MessageRow? only = null;
        foreach (var id in group.Ids)
        {
            if (group.Store.GetMessage(id) is not { } message || !IsFrom(message, report))
            {
                continue;
            }

            // The index holds hashes: the text decides.
            var isRequest = byRequest && text == (message.VendorRequestId ?? message.SmsId);
            if (!isRequest && (text != report.ReferentId || text != (message.ReferentId ?? message.SmsId)))
            {
                continue;
            }

            if (FindRecipient(group.Store, message, report.Address) is { } recipient)
            {
                return (message, recipient);
            }

            if (isRequest)
            {
                crowded |= only is not null;
                only = message;
            }
        }

        // A requestId that names one message with one recipient needs no number.
        return only is { Total: 1 } && !crowded ? (only, only.First) : null;
    }

    // True when so many messages share the reference that only those with the number were looked up.
    private static bool FindCandidates(GroupContext group, IncomingReport report, long key)
    {
        var ids = group.Ids;
        ids.Clear();
        group.Store.FindMessages(key, ids);
        if (ids.Count < ILedgerStore.FoundMax)
        {
            return false;
        }

        ids.Clear();
        group.Store.FindMessages(key, ReferenceKey.Of(ReferenceKind.Address, 0, report.Address), ids);
        if (IsPhone(report.Address))
        {
            group.Store.FindMessages(key, ReferenceKey.Of(ReferenceKind.Address, 0, HashPhone(report.Address)), ids);
        }

        return true;
    }

    private static bool IsFrom(MessageRow message, IncomingReport report) => message.Vendor == 0 || message.Vendor == report.Vendor;

    private static bool IsSame(string known, string reported) =>
        known == reported
        || (IsHash(known) && IsPhone(reported) && known == HashPhone(reported))
        || (IsHash(reported) && IsPhone(known) && reported == HashPhone(known));

    private static bool IsHash(string address) => address.Length == 64;

    private static bool IsPhone(string address) => address.Length == 10 && address[0] == '0';

    // eSMS hashes the number in its 84… form (protocol C.2, hash_phone).
    private static string HashPhone(string phone) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat("84", phone.AsSpan(1)))));
}
