using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using HoiAm.Server.Admin;
using HoiAm.Server.Dashboard.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HoiAm.Server.Dashboard;

/// <summary>Accounts, vendors, keys, tokens, orphans, registrations. What is shown once is in the answer to the form itself.</summary>
internal sealed partial class Actions
{
    private void MapSetUp()
    {
        foreach (var (owner, page) in new[] { ("accounts", typeof(AccountPage)), ("vendors", typeof(VendorPage)) })
        {
            routes.Action("/" + owner, (context, form) => CreateAsync(context, form, owner, page));
            routes.Action($"/{owner}/{{id}}/keys", (context, form) =>
            {
                var body = new JsonObject();
                Put(body, "name", form["name"]);
                return ShowAsync(context, page, $"/{owner}/{Escaped(context, "id")}/keys", body);
            });
            routes.Action($"/{owner}/{{id}}/keys/{{key}}/delete", async (context, form) => Back(
                context, form, await context.CallAsync("DELETE", $"/{owner}/{Escaped(context, "id")}/keys/{Escaped(context, "key")}").ConfigureAwait(false),
                context.T("Deleted."), $"/{owner}/{Escaped(context, "id")}"));
        }

        routes.Action("/accounts/{id}", (page, form) => SaveAsync(page, form, "/accounts/" + Escaped(page, "id"), AccountBody(form), typeof(AccountPage)));
        routes.Action("/accounts/{id}/signin-links", (page, _) =>
            ShowAsync(page, typeof(AccountPage), $"/accounts/{Escaped(page, "id")}/signin-links", null));
        routes.Action("/vendors/{id}", (page, form) => SaveAsync(page, form, "/vendors/" + Escaped(page, "id"), VendorBody(form), typeof(VendorPage)));
        routes.Action("/alerts", (page, form) => SaveAsync(page, form, "/alerts", AlertsBody(form), typeof(AlertsPage)));
        routes.Action("/alerts/test", async (page, form) => Back(
            page, form, await page.CallAsync("POST", "/alerts/test").ConfigureAwait(false), page.T("A test is on its way."), "/alerts"));
        routes.Action("/tokens", MakeTokenAsync);
        routes.Action("/tokens/{key}/delete", async (page, form) => Back(
            page, form, await page.CallAsync("DELETE", "/tokens/" + Escaped(page, "key")).ConfigureAwait(false), page.T("Deleted."), "/tokens"));
        routes.Action("/orphans/{id}/attach", async (page, form) => Back(
            page, form, await page.CallAsync("POST", $"/orphans/{Escaped(page, "id")}/attach", new JsonObject { ["smsId"] = form["smsId"].ToString().Trim() }).ConfigureAwait(false),
            page.T("Attached: the report counts for its message now."), "/orphans"));
        foreach (var verdict in new[] { "approve", "reject" })
        {
            routes.Action("/registrations/{number}/" + verdict, async (page, form) => Back(
                page, form, await page.CallAsync("POST", $"/registrations/{Escaped(page, "number")}/{verdict}").ConfigureAwait(false),
                page.T(verdict == "approve" ? "Approved." : "Rejected."), "/approvals"));
        }

        routes.File("/statements.csv", StatementAsync);
    }

    // The keys are made here, so that the first ones too are shown once and never typed.
    private async Task CreateAsync(PageContext page, IFormCollection form, string owner, Type component)
    {
        var id = form["id"].ToString().Trim();
        var (key, secret) = (CredentialWrites.NewKey(), CredentialWrites.NewKey());
        var body = new JsonObject { ["apiKey"] = key };
        if (owner == "accounts")
        {
            body["secretKey"] = secret;
            Put(body, "callbackUrl", form["callbackUrl"]);
        }

        // PUT would change what is there, and without an id there is no path: both are said of the field, as the API says the rest.
        var target = $"/{owner}/{Uri.EscapeDataString(id)}";
        var reply = id.Length == 0 ? Refusal(400, "id", page.T("is required"))
            : (await page.GetAsync(target).ConfigureAwait(false)).IsGood ? Refusal(409, "id", page.T("There is one with this id already."))
            : await page.CallAsync("PUT", target, body).ConfigureAwait(false);
        if (!reply.IsGood)
        {
            await ShowAgainAsync(page, form, reply, owner == "accounts" ? typeof(AccountsPage) : typeof(VendorsPage)).ConfigureAwait(false);
            return;
        }

        var made = new JsonObject { ["apiKey"] = key };
        if (owner == "accounts")
        {
            made["secretKey"] = secret;
        }

        page.Http.Request.RouteValues["id"] = id;
        page.Posted = Reply(201, made);
        await routes.ShowAsync(page.Http, page.Session, component, page).ConfigureAwait(false);
    }

    private static AdminReply Reply(int status, JsonObject body) => new(status, "application/json", "", Encoding.UTF8.GetBytes(body.ToJsonString()));

    private static AdminReply Refusal(int status, string member, string why) =>
        Reply(status, new JsonObject { ["detail"] = why, ["errors"] = new JsonObject { [member] = new JsonArray(why) } });

    // A form that changes what is there; its page has the path that the API has.
    private async Task SaveAsync(PageContext page, IFormCollection form, string path, JsonObject body, Type component)
    {
        var reply = await page.CallAsync("PUT", path, body).ConfigureAwait(false);
        if (reply.IsGood)
        {
            Back(page, form, reply, page.T("Saved."), path);
            return;
        }

        await ShowAgainAsync(page, form, reply, component).ConfigureAwait(false);
    }

    // The page of a form that was refused, as it was filled in; each field says why.
    private Task ShowAgainAsync(PageContext page, IFormCollection form, AdminReply reply, Type component)
    {
        var isMarked = reply.Body["errors"].Members.Count > 0;
        (page.Form, page.Posted, page.Status) = (form, reply, reply.Status);
        page.Notice = new Notice(false, isMarked ? page.T("Nothing was saved: what is marked below cannot be used.") : reply.Detail);
        return routes.ShowAsync(page.Http, page.Session, component, page);
    }

    private async Task ShowAsync(PageContext page, Type component, string path, JsonObject? body)
    {
        page.Posted = await page.CallAsync("POST", path, body).ConfigureAwait(false);
        await routes.ShowAsync(page.Http, page.Session, component, page).ConfigureAwait(false);
    }

    private async Task MakeTokenAsync(PageContext page, IFormCollection form)
    {
        var body = new JsonObject { ["name"] = form["name"].ToString().Trim(), ["role"] = form["role"].ToString().Trim() };
        var reply = await page.CallAsync("POST", "/tokens", body).ConfigureAwait(false);
        if (!reply.IsGood)
        {
            await ShowAgainAsync(page, form, reply, typeof(TokensPage)).ConfigureAwait(false);
            return;
        }

        page.Posted = reply;
        await routes.ShowAsync(page.Http, page.Session, typeof(TokensPage), page).ConfigureAwait(false);
    }

    private static JsonObject AccountBody(IFormCollection form)
    {
        var body = new JsonObject { ["enabled"] = form["enabled"] == "true", ["callbackUrl"] = form["callbackUrl"].ToString().Trim() is { Length: > 0 } url ? url : null };
        Put(body, "profile", form["profile"]);
        Put(body, "maxConcurrency", form["maxConcurrency"]);
        var retry = new JsonObject();
        Put(retry, "maxRetries", form["maxRetries"]);
        if (retry.Count > 0)
        {
            body["retry"] = retry;
        }

        return body;
    }

    // An empty field switches off; the secret stays as it is unless a new one is given or the box says that it goes.
    private static JsonObject AlertsBody(IFormCollection form)
    {
        var body = new JsonObject { ["urls"] = new JsonArray([.. Lines(form["urls"].ToString()).Select(url => (JsonNode)url)]) };
        if (form["removeSecret"] == "true")
        {
            body["secret"] = null;
        }

        Put(body, "secret", form["secret"]);
        foreach (var name in new[] { "every", "noReportsAfter" })
        {
            body[name] = form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
        }

        foreach (var name in new[] { "orphanPercent", "backlog" })
        {
            var text = form[name].ToString().Trim();
            body[name] = text.Length == 0 ? null : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : text;
        }

        body["vendors"] = Pairs(form["vendors"]);
        return body;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // One "name = value" a line.
    private static JsonObject Pairs(StringValues text)
    {
        var pairs = new JsonObject();
        foreach (var line in Lines(text.ToString()))
        {
            var middle = line.IndexOf('=', StringComparison.Ordinal);
            pairs[middle < 0 ? line : line[..middle].Trim()] = middle < 0 ? "" : line[(middle + 1)..].Trim();
        }

        return pairs;
    }

    private static JsonObject VendorBody(IFormCollection form) =>
        new() { ["enabled"] = form["enabled"] == "true", ["strict"] = form["strict"] == "true", ["statusMap"] = Pairs(form["statusMap"]) };

    private static async Task StatementAsync(PageContext page)
    {
        var detail = page.Query("detail") == "lines" ? "&detail=lines" : "";
        var path = StatementsPage.PathOf(page, page.Query("of"));
        var reply = await page.GetAsync((path ?? "/none") + "?month=" + Uri.EscapeDataString(StatementsPage.Month(page)) + detail).ConfigureAwait(false);
        PageRenderer.SetHeaders(page.Http);
        page.Http.Response.StatusCode = reply.Status;
        page.Http.Response.ContentType = reply.ContentType;
        if (reply.Disposition.Length > 0)
        {
            page.Http.Response.Headers.ContentDisposition = reply.Disposition;
        }

        await page.Http.Response.Body.WriteAsync(reply.Bytes, page.Http.RequestAborted).ConfigureAwait(false);
    }
}
