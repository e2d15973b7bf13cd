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

    /// <summary>True when a parked report speaks of this message; gives the recipient.</summary>
    public static RecipientRow? Match(ILedgerStore store, MessageRow message, IncomingReport report)
    {
        if (!IsFrom(message, report))
        {
            return null;
        }

        if (report.ReferentId == (message.ReferentId ?? message.SmsId) && FindRecipient(store, message, report.Address) is { } byReferent)
        {
            return byReferent;
        }

        return report.RequestId == (message.VendorRequestId ?? message.SmsId) ? ByRequest(store, message, report) : null;
    }

    /// <summary>The recipient with this address, also when one side is hashed; null when there is none.</summary>
    public static RecipientRow? FindRecipient(ILedgerStore store, MessageRow message, string address)
    {
        if (message.Total == 1)
        {
            return IsSame(message.First.Address, address) ? message.First : null;
        }

        return store.FindRecipient(message.Id, address)
            ?? (IsPhone(address) ? store.FindRecipient(message.Id, HashPhone(address)) : null);
    }

    private static (MessageRow, RecipientRow)? Search(GroupContext group, IncomingReport report, string text, ReferenceKind kind)
    {
        var byRequest = kind == ReferenceKind.VendorRequest || (kind == ReferenceKind.SmsId && text == report.RequestId);
        var ids = group.Ids;
        ids.Clear();
        group.Store.FindMessages(ReferenceKey.Of(kind, 0, text), ids);
        foreach (var id in ids)
        {
            if (group.Store.GetMessage(id) is not { } message || !IsFrom(message, report))
            {
                continue;
            }

            // The index holds hashes: the text decides.
            if (text == (message.ReferentId ?? message.SmsId) && text == report.ReferentId
                && FindRecipient(group.Store, message, report.Address) is { } recipient)
            {
                return (message, recipient);
            }

            if (byRequest && text == (message.VendorRequestId ?? message.SmsId)
                && (ids.Count == 1 ? ByRequest(group.Store, message, report) : FindRecipient(group.Store, message, report.Address)) is { } other)
            {
                return (message, other);
            }
        }

        return null;
    }

    private static RecipientRow? ByRequest(ILedgerStore store, MessageRow message, IncomingReport report) =>
        message.Total == 1 ? message.First : FindRecipient(store, message, report.Address);

    private static bool IsFrom(MessageRow message, IncomingReport report) => message.Vendor == 0 || message.Vendor == report.Vendor;

    private static bool IsSame(string known, string reported) =>
        known == reported
        || (known.Length == 64 && IsPhone(reported) && known == HashPhone(reported))
        || (reported.Length == 64 && IsPhone(known) && reported == HashPhone(known));

    private static bool IsPhone(string address) => address.Length == 10 && address[0] == '0';

    // eSMS hashes the number in its 84… form (protocol C.2, hash_phone).
    private static string HashPhone(string phone) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat("84", phone.AsSpan(1)))));
}
