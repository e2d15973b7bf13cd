using System.Globalization;
using System.Text.Json.Nodes;
using HoiAm.Ledger;
using HoiAm.Ledger.Delivery;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using HoiAm.Server.Sending;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin.Catalogue;

/// <summary>Registrations of templates and packages, settled by an operator; and texts from people, pushed to a partner (protocol A.9).</summary>
internal sealed class RegistrationsApi(HubDirectory directory, MessageLedger ledger, LedgerQueries queries, Registrations registrations, TimeProvider time)
{
    public void Map(AdminRoutes routes)
    {
        routes.Get("/registrations", call =>
        {
            var paging = Paging.Read(call);
            using var connection = queries.Open();
            var rows = Registrations.Page(connection, Filters.Account(call, directory.Current), paging.Cursor ?? long.MaxValue, paging.Limit + 1);
            return Task.FromResult(Answers.Ok(paging.Page(rows, r => r.Id, Show)));
        }, scoped: true);
        routes.Map("POST", "/registrations/{number}/approve", Permission.Operate, false, call => SettleAsync(call, true));
        routes.Map("POST", "/registrations/{number}/reject", Permission.Operate, false, call => SettleAsync(call, false));
        routes.Map("POST", "/accounts/{id}/mo", Permission.Operate, false, PushAsync);
    }

    private async Task<IResult> SettleAsync(AdminCall call, bool registered)
    {
        RegistrationRow? row = null;
        if (long.TryParse(call.Route("number"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id < long.MaxValue)
        {
            using var connection = queries.Open();
            row = Registrations.Page(connection, 0, id + 1, 1).FirstOrDefault(r => r.Id == id);
        }

        if (row is null || !directory.Current.AccountsByNumber.TryGetValue(row.Account, out var account))
        {
            return Answers.NotFound($"There is no registration '{call.Route("number")}'.");
        }

        var action = registered ? "approve" : "reject";
        var settled = await registrations.SettleAsync(row, account, registered, connection => Audit.Write(
            connection, call.Principal, "registration." + action, row.Id.ToString(CultureInfo.InvariantCulture), time.GetUtcNow())).ConfigureAwait(false);
        return settled ? Answers.Ok(new { id = row.Id, decision = action }) : Answers.Conflict("The registration was settled before.");
    }

    private async Task<IResult> PushAsync(AdminCall call)
    {
        if (CatalogueApi.Account(call, directory) is not { } account)
        {
            return AccountsApi.Unknown(call.Route("id"));
        }

        var (document, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (document)
        {
            var input = new JsonInput(document!.RootElement);
            var sender = input.Text("sender", 1, 32, required: true);
            var content = input.Text("content", 1, 2_000, required: true);
            var number = input.Text("serviceNumber", 1, 32, required: true);
            var keyword = input.Text("keyword", 1, 64);
            var smsId = input.Text("smsId", 1, 64);
            input.RefuseUnknown();
            if (!input.IsValid)
            {
                return Answers.Invalid(input.Faults);
            }

            if (directory.Current.Catalogues[account.Number].Settings.ShortCode is not { } code || directory.Keys.Unseal(code.SealedPrivateKey) is not { } key)
            {
                return Answers.Conflict("The account has no short code: set shortCode in its sending settings.");
            }

            var now = time.GetUtcNow();
            var push = new MoPush(
                sender!, content!, number!, keyword ?? content!.Trim().Split(' ')[0], code.CpId, smsId ?? Guid.CreateVersion7(now).ToString("N"), now);
            var callback = Registrations.ToCallback(code.Url, push.Query(key), account);
            var id = await ledger.EmitAsync(account.Number, connection =>
            {
                Audit.Write(connection, call.Principal, "mo.push", account.Id, now);
                return callback;
            }).ConfigureAwait(false);
            return id == 0
                ? Answers.Conflict("The short code's URL cannot be used any more.")
                : Results.Json(new { smsId = push.SmsId, callbackId = CallbackIds.Format(id) }, Answers.Json, statusCode: 202);
        }
    }

    private object Show(RegistrationRow row) => new
    {
        id = row.Id,
        account = directory.Current.AccountsByNumber.GetValueOrDefault(row.Account)?.Id,
        at = Answers.Time(row.AtMs),
        operation = char.ToLowerInvariant(row.Operation[0]) + row.Operation[1..],
        state = row.State switch { RegistrationPush.Registered => "registered", RegistrationPush.Received => "received", _ => "failed" },
        callbackUrl = row.CallbackUrl,
        request = JsonNode.Parse(row.Document),
    };
}
