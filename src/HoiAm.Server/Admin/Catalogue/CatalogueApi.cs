using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using HoiAm.Server.Sending.Catalogues;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin.Catalogue;

/// <summary>What an account may send with: brand names, Official Accounts, templates, prices, and its sending settings (contract section 4).</summary>
internal sealed class CatalogueApi(HubDirectory directory, LedgerQueries queries, TimeProvider time)
{
    private const int IdLengthMax = 64;

    public void Map(AdminRoutes routes)
    {
        MapSection<BrandNameDocument>(routes, CatalogueSections.BrandNames, CatalogueInput.BrandName, static _ => null);
        MapSection<OaDocument>(routes, CatalogueSections.Oas, CatalogueInput.Oa, Digits);
        MapSection<TemplateDocument>(routes, CatalogueSections.Templates, CatalogueInput.Template, static _ => null);
        MapSection<PriceDocument>(
            routes, CatalogueSections.Prices, CatalogueInput.Price, static id => KindNames.Parse(id) is null ? "must be one of " + KindNames.Accepted : null);
        routes.Map("PUT", "/accounts/{id}/sending", Permission.Administer, false, PutSettingsAsync);
        routes.Get("/accounts/{id}/sending", call => Task.FromResult(
            Account(call) is { } account ? Answers.Ok(SendingSettingsInput.Show(directory.Current.Catalogues[account.Number].Settings)) : Unknown(call)), scoped: true);
    }

    /// <summary>The account of the route that the caller may see; null when there is none.</summary>
    public static Account? Account(AdminCall call, HubDirectory directory) =>
        directory.Current.Accounts.TryGetValue(call.Route("id"), out var account) && call.Principal.Sees(account.Number) ? account : null;

    private void MapSection<T>(AdminRoutes routes, string section, Func<JsonInput, T?, T> read, Func<string, string?> checkId)
        where T : class
    {
        var one = $"/accounts/{{id}}/{section}/{{key}}";
        routes.Map("PUT", one, Permission.Administer, false, call => PutAsync(call, section, read, checkId));
        routes.Map("DELETE", one, Permission.Administer, false, call => DeleteAsync(call, section));
        routes.Get(one, call =>
        {
            if (Account(call) is not { } account)
            {
                return Task.FromResult(Unknown(call));
            }

            using var connection = queries.Open();
            return Task.FromResult(Read(connection, account.Number, section, call.Route("key")) is { } document
                ? Answers.Ok(Show<T>(call.Route("key"), document))
                : Answers.NotFound($"There is no '{call.Route("key")}' among the {section} of this account."));
        }, scoped: true);
        routes.Get($"/accounts/{{id}}/{section}", call =>
        {
            if (Account(call) is not { } account)
            {
                return Task.FromResult(Unknown(call));
            }

            // A catalogue is small, and its ids are no numbers: the whole section is one page.
            using var connection = queries.Open();
            var rows = connection.Query(
                "SELECT id, document FROM catalogue WHERE account = @p0 AND section = @p1 ORDER BY id",
                r => Show<T>(r.GetString(0), r.GetString(1)),
                account.Number,
                section);
            return Task.FromResult(Answers.Ok(new { items = rows, next = (string?)null }));
        }, scoped: true);
    }

    private async Task<IResult> PutAsync<T>(AdminCall call, string section, Func<JsonInput, T?, T> read, Func<string, string?> checkId)
        where T : class
    {
        var key = call.Route("key");
        if (Account(call) is not { } account)
        {
            return Unknown(call);
        }

        if (key.Length > IdLengthMax || key.Any(char.IsControl) || checkId(key) is not null)
        {
            return Answers.Invalid("id", checkId(key) ?? "must have 1 to 64 characters");
        }

        return await WriteAsync(call, account, section, key, read, (document, isNew) =>
            isNew ? Answers.Created(Show<T>(key, document)) : Answers.Ok(Show<T>(key, document))).ConfigureAwait(false);
    }

    private async Task<IResult> PutSettingsAsync(AdminCall call)
    {
        if (Account(call) is not { } account)
        {
            return Unknown(call);
        }

        return await WriteAsync<SendingSettings>(
            call,
            account,
            CatalogueSections.Settings,
            CatalogueSections.SettingsId,
            (input, current) => SendingSettingsInput.Read(input, current, directory, account.Policy.AllowPrivateHooks),
            (document, isNew) =>
            {
                var shown = SendingSettingsInput.Show(JsonSerializer.Deserialize<SendingSettings>(document)!);
                return isNew ? Answers.Created(shown) : Answers.Ok(shown);
            }).ConfigureAwait(false);
    }

    private async Task<IResult> WriteAsync<T>(
        AdminCall call, Account account, string section, string key, Func<JsonInput, T?, T> read, Func<string, bool, IResult> answer)
        where T : class
    {
        var (body, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (body)
        {
            var (document, isNew) = await directory.ChangeAsync(connection =>
            {
                var stored = Read(connection, account.Number, section, key);
                var input = new JsonInput(body!.RootElement);
                var changed = read(input, stored is null ? null : JsonSerializer.Deserialize<T>(stored));
                input.RefuseUnknown();
                if (!input.IsValid)
                {
                    throw new AdminRefusal(Answers.Invalid(input.Faults));
                }

                var text = JsonSerializer.Serialize(changed);
                connection.Execute(
                    """
                    INSERT INTO catalogue (account, section, id, document) VALUES (@p0, @p1, @p2, @p3)
                    ON CONFLICT (account, section, id) DO UPDATE SET document = excluded.document
                    """,
                    account.Number,
                    section,
                    key,
                    text);
                Audit.Write(connection, call.Principal, $"catalogue.{section}", $"{account.Id}/{key}", time.GetUtcNow(), AccountsApi.Members(body));
                return (text, stored is null);
            }).ConfigureAwait(false);
            return answer(document, isNew);
        }
    }

    private async Task<IResult> DeleteAsync(AdminCall call, string section)
    {
        if (Account(call) is not { } account)
        {
            return Unknown(call);
        }

        var gone = await directory.ChangeAsync(connection =>
        {
            var count = connection.Execute(
                "DELETE FROM catalogue WHERE account = @p0 AND section = @p1 AND id = @p2", account.Number, section, call.Route("key"));
            if (count > 0)
            {
                Audit.Write(connection, call.Principal, $"catalogue.{section}.delete", $"{account.Id}/{call.Route("key")}", time.GetUtcNow());
            }

            return count > 0;
        }).ConfigureAwait(false);
        return gone ? Results.NoContent() : Answers.NotFound($"There is no '{call.Route("key")}' among the {section} of this account.");
    }

    private Account? Account(AdminCall call) => Account(call, directory);

    private static IResult Unknown(AdminCall call) => AccountsApi.Unknown(call.Route("id"));

    private static string? Digits(string id) => id.All(char.IsAsciiDigit) ? null : "must be digits";

    private static string? Read(DbConnection connection, int account, string section, string id) => connection.Query(
        "SELECT document FROM catalogue WHERE account = @p0 AND section = @p1 AND id = @p2", r => r.GetString(0), account, section, id).FirstOrDefault();

    private static JsonObject Show<T>(string id, string document)
    {
        var shown = new JsonObject { ["id"] = id };
        foreach (var (name, value) in JsonSerializer.SerializeToNode(JsonSerializer.Deserialize<T>(document), Answers.Json)!.AsObject())
        {
            shown[name] = value?.DeepClone();
        }

        return shown;
    }
}
