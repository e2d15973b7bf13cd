using System.Data.Common;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary>
/// <c>GET /admin/v1/search?q=</c>: messages by whatever a person has at hand: a number in any spelling, an SMSID, a RequestId, the vendor's
/// id, Zalo's message id, a callback's id. Every look-up goes by key.
/// </summary>
internal sealed class SearchApi(HubDirectory directory, LedgerQueries queries)
{
    private const int FoundMax = 100;

    public void Map(AdminRoutes routes) => routes.Get("/search", SearchAsync, scoped: true);

    private Task<IResult> SearchAsync(AdminCall call)
    {
        var text = call.Query("q")?.Trim() ?? "";
        if (text.Length is 0 or > 200)
        {
            throw new AdminRefusal(Answers.Invalid("q", "must have 1 to 200 characters: a number, an SMSID, a RequestId, a vendor's id or a callback's id"));
        }

        using var connection = queries.Open();
        var found = Find(connection, text, call.Principal)
            .Where(f => call.Principal.Sees(f.Message.Account))
            .DistinctBy(f => f.Message.SmsId)
            .OrderByDescending(f => f.Message.Id)
            .Take(FoundMax)
            .ToList();
        var views = new Views(directory.Current, call.Principal);
        return Task.FromResult(Answers.Ok(new { items = found.Select(f => new { matched = f.Matched, message = views.Message(f.Message) }).ToList() }));
    }

    private IEnumerable<(string Matched, MessageRow Message)> Find(DbConnection connection, string text, AdminPrincipal who)
    {
        foreach (var message in LedgerQueries.BySmsId(connection, text))
        {
            yield return ("smsId", message);
        }

        if (Ledger.Delivery.CallbackIds.TryParse(text, out var callback)
            && LedgerQueries.Callback(connection, callback) is { } stored && LedgerQueries.ById(connection, stored.Row.MessageId) is { } told)
        {
            yield return ("callback", told);
        }

        if (RecipientAddress.Normalize(text, out _) is { } address)
        {
            foreach (var message in LedgerQueries.ByReference(connection, ReferenceKind.Address, 0, address)
                .Where(m => m.Total > 1 ? LedgerQueries.Recipients(connection, m).Any(r => r.Address == address) : m.First.Address == address))
            {
                yield return ("phone", message);
            }
        }

        foreach (var account in who.Scope is { } own ? [own.Number] : directory.Current.AccountsByNumber.Keys.ToArray())
        {
            foreach (var message in LedgerQueries.ByReference(connection, ReferenceKind.Request, account, text).Where(m => m.RequestId == text))
            {
                yield return ("requestId", message);
            }

            foreach (var message in LedgerQueries.ByReference(connection, ReferenceKind.Partner, account, text).Where(m => m.First.PartnerId == text))
            {
                yield return ("partnerId", message);
            }
        }

        foreach (var vendor in who.Scope is null ? directory.Current.VendorsByNumber.Keys.ToArray() : [])
        {
            foreach (var message in LedgerQueries.ByReference(connection, ReferenceKind.Referent, vendor, text).Where(m => (m.ReferentId ?? m.SmsId) == text))
            {
                yield return ("referentId", message);
            }

            foreach (var message in LedgerQueries.ByReference(connection, ReferenceKind.VendorRequest, vendor, text)
                .Where(m => (m.VendorRequestId ?? m.SmsId) == text))
            {
                yield return ("vendorRequestId", message);
            }
        }
    }
}
