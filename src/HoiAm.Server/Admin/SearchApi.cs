using System.Data.Common;
using HoiAm.Ledger.Delivery;
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
        if (CallbackIds.TryParse(text, out var callback)
            && LedgerQueries.Callback(connection, callback) is { } stored && LedgerQueries.ById(connection, stored.Row.MessageId) is { } told)
        {
            yield return ("callback", told);
        }

        var address = RecipientAddress.Normalize(text, out _);
        foreach (var message in LedgerQueries.ByReferences(connection, Keys(text, address, who)))
        {
            if (Matched(connection, message, text, address) is { } matched)
            {
                yield return (matched, message);
            }
        }
    }

    // Everything that a text may be, in every scope in which it may be that.
    private IEnumerable<long> Keys(string text, string? address, AdminPrincipal who)
    {
        IEnumerable<int> accounts = who.Scope is { } own ? [own.Number] : directory.Current.AccountsByNumber.Keys;
        IEnumerable<int> vendors = who.Scope is null ? directory.Current.VendorsByNumber.Keys : [];
        return
        [
            .. LedgerQueries.KeysOfId(text, accounts, vendors),
            .. accounts.Select(a => ReferenceKey.Of(ReferenceKind.Partner, a, text)),
            .. address is null ? (long[])[] : [ReferenceKey.Of(ReferenceKind.Address, 0, address)],
        ];
    }

    private static string? Matched(DbConnection connection, MessageRow m, string text, string? address) =>
        m.SmsId == text ? "smsId"
        : address is not null && LedgerQueries.IsTo(connection, m, address) ? "phone"
        : m.RequestId == text ? "requestId"
        : m.First.PartnerId == text ? "partnerId"
        : (m.ReferentId ?? m.SmsId) == text ? "referentId"
        : (m.VendorRequestId ?? m.SmsId) == text ? "vendorRequestId"
        : null;
}
