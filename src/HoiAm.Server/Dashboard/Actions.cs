using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using HoiAm.Server.Dashboard.Pages;
using HoiAm.Server.Sending.Esms;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Dashboard;

/// <summary>What the dashboard's forms do: each is a call of the admin API in the name of whoever is signed in.</summary>
internal sealed partial class Actions(DashboardRoutes routes, EsmsEndpoint esms)
{
    public void Map()
    {
        routes.File("/messages", SearchAsync);
        routes.File("/messages.csv", MessageQuery.WriteCsvAsync);
        foreach (var verdict in new[] { "approve", "reject" })
        {
            routes.Action("/messages/{smsId}/" + verdict, async (page, form) =>
            {
                var reply = await page.CallAsync("POST", $"/messages/{Escaped(page, "smsId")}/{verdict}").ConfigureAwait(false);
                Back(page, form, reply, page.T(verdict == "approve" ? "Approved." : "Rejected."), $"/messages/{Escaped(page, "smsId")}");
            });
        }

        routes.Action("/callbacks/{id}/replay", async (page, form) => Back(
            page, form, await page.CallAsync("POST", $"/callbacks/{Escaped(page, "id")}/replay").ConfigureAwait(false), page.T("It is sent again."), "/callbacks"));
        routes.Action("/callbacks/replay", (page, form) => ReplayAsync(page, form, form["account"].ToString(), form["host"].ToString()));
        foreach (var (word, done) in new[] { ("pause", "Paused: its callbacks wait, no try is spent."), ("resume", "It goes on.") })
        {
            routes.Action("/hooks/{id}/" + word, async (page, form) => Back(
                page, form, await page.CallAsync("POST", $"/endpoints/{Escaped(page, "id")}/{word}").ConfigureAwait(false), page.T(done), "/hooks/" + Escaped(page, "id")));
        }

        routes.Action("/hooks/{id}/test", async (page, _) =>
        {
            page.Posted = await page.CallAsync("POST", $"/endpoints/{Escaped(page, "id")}/test").ConfigureAwait(false);
            await routes.ShowAsync(page.Http, page.Session, typeof(HookPage), page).ConfigureAwait(false);
        });
        routes.Action("/hooks/{id}/replay", ReplayHookAsync);
        routes.Action("/sandbox/send", TryAsync);
        MapSetUp();
        routes.Action("/decode", (page, form) =>
        {
            page.Text = form["text"].ToString();
            return routes.ShowAsync(page.Http, page.Session, typeof(DecodePage), page);
        });
    }

    /// <summary>The one search: when it finds one message, that message's story is the answer.</summary>
    private async Task SearchAsync(PageContext page)
    {
        if (page.Query("q").Length > 0)
        {
            page.Posted = await page.GetAsync("/search?q=" + Uri.EscapeDataString(page.Query("q"))).ConfigureAwait(false);
            if (page.Posted.Body["items"].Items is [var only])
            {
                DashboardRoutes.Redirect(page.Http, "/messages/" + Uri.EscapeDataString(only["message"]["smsId"].Text!));
                return;
            }
        }

        await routes.ShowAsync(page.Http, page.Session, typeof(MessagesPage), page).ConfigureAwait(false);
    }

    private async Task TryAsync(PageContext page, IFormCollection form)
    {
        if (!page.IsSandbox || page.IsCustomer || !page.MayOperate)
        {
            await DashboardRoutes.RefuseFormAsync(page.Http).ConfigureAwait(false);
            return;
        }

        var kind = form["kind"].ToString();
        var receiver = SandboxSend.Receiver(kind, form["receiver"].ToString(), form["outcome"].ToString(), RandomNumberGenerator.GetInt32(1_000_000));
        var requestId = "try-" + RandomNumberGenerator.GetHexString(10, lowercase: true);
        var (path, body) = SandboxSend.Call(kind, receiver, requestId, form["callbackUrl"].ToString().Trim());
        var answer = await SandboxSend.SendAsync(esms, page.Http, path, body).ConfigureAwait(false);
        var found = answer["CodeResult"].Text == "100" ? (await page.GetAsync("/search?q=" + requestId).ConfigureAwait(false)).Body["items"].Items : [];
        if (found.Count == 0)
        {
            var why = answer["ErrorMessage"].Text ?? answer["error"].Text ?? answer["CodeResult"].Text ?? "";
            DashboardRoutes.Leave(page.Http, new Notice(false, page.T("Not sent: {0}", answer["CodeResult"].Text + " " + why)));
            DashboardRoutes.Redirect(page.Http, "/sandbox");
            return;
        }

        DashboardRoutes.Redirect(page.Http, "/sandbox?sent=" + Uri.EscapeDataString(found[0]["message"]["smsId"].Text!));
    }

    private static async Task ReplayHookAsync(PageContext page, IFormCollection form)
    {
        var hook = await page.GetAsync("/endpoints/" + Escaped(page, "id")).ConfigureAwait(false);
        if (!hook.IsGood || !Uri.TryCreate(hook.Body["url"].Text, UriKind.Absolute, out var uri))
        {
            DashboardRoutes.Back(page, "/hooks", hook, "");
            return;
        }

        await ReplayAsync(page, form, hook.Body["account"].Text, uri.IsDefaultPort ? uri.Host : uri.Authority).ConfigureAwait(false);
    }

    private static async Task ReplayAsync(PageContext page, IFormCollection form, string? account, string? host)
    {
        var filter = new JsonObject();
        Put(filter, "state", form["state"]);
        Put(filter, "account", account);
        Put(filter, "host", host);
        if (DateTime.TryParse(form["from"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var from))
        {
            filter["from"] = new DateTimeOffset(from, TimeSpan.FromHours(7)).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }

        Put(filter, "from", form["since"]);
        var reply = await page.CallAsync("POST", "/callbacks/replay", filter).ConfigureAwait(false);
        DashboardRoutes.Back(page, reply.IsGood ? "/replays/" + reply.Body["replayId"].Text : "/callbacks", reply, page.T("Begun."));
    }

    private static void Put(JsonObject body, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            body[name] = value.Trim();
        }
    }

    private static void Back(PageContext page, IFormCollection form, AdminReply reply, string done, string to) =>
        DashboardRoutes.Back(page, form["back"].ToString() is { Length: > 0 } back ? DashboardRoutes.Local(back) : to, reply, done);

    private static string Escaped(PageContext page, string name) => Uri.EscapeDataString((string)page.Http.Request.RouteValues[name]!);
}
