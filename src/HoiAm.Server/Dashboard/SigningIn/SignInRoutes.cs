using System.Globalization;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Admin;
using HoiAm.Server.Dashboard.Pages;
using HoiAm.Server.Dashboard.Words;
using HoiAm.Server.Directory;
using HoiAm.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Dashboard.SigningIn;

/// <summary>Signing in with a token, with a customer's keys, or by a link; signing out; language and theme.</summary>
internal sealed class SignInRoutes(DashboardRoutes pages, HubServices hub, SessionCookie sessions, SignInLinks links)
{
    private static readonly TimeSpan s_auditWait = TimeSpan.FromSeconds(2);

    public void Map(WebApplication app)
    {
        app.MapGet("/signin", context => sessions.Read(context) is null
            ? ShowAsync(context, typeof(SignInPage), null, 200)
            : Go(context, DashboardRoutes.Local(context.Request.Query["next"])));
        app.MapPost("/signin", context => WithFormAsync(context, SignInAsync));
        app.MapGet("/signin/link", context => ShowAsync(context, typeof(SignInLinkPage), null, 200));
        app.MapPost("/signin/link", context => WithFormAsync(context, RedeemAsync));
        app.MapPost("/signout", SignOutAsync);
        app.MapGet("/view", View);
    }

    private async Task SignInAsync(HttpContext context, IFormCollection form)
    {
        var (credential, action) = Find(form);
        if (credential is null || sessions.PrincipalOf(credential) is not { } principal)
        {
            await RefuseAsync(context, typeof(SignInPage), "These were not accepted. Look for a missing letter, or ask whoever gave them to you.").ConfigureAwait(false);
            return;
        }

        hub.Directory.Touch(credential);
        await NoteAsync(principal, action).ConfigureAwait(false);
        sessions.Begin(context, credential);
        DashboardRoutes.Redirect(context, DashboardRoutes.Local(form["next"]));
    }

    private (Credential? Credential, string Action) Find(IFormCollection form)
    {
        var now = hub.Time.GetUtcNow();
        string token = form["token"].ToString().Trim(), key = form["apikey"].ToString().Trim(), secret = form["secretkey"].ToString().Trim();
        if (token.Length > 0)
        {
            var found = token.Any(char.IsControl) ? null : hub.Directory.Find(CredentialKind.Token, token);
            return (found is not null && found.IsInForce(now) ? found : null, "signin.token");
        }

        return (hub.Directory.Authenticate(key, secret) is null ? null : hub.Directory.Find(CredentialKind.Account, key), "signin.keys");
    }

    private async Task RedeemAsync(HttpContext context, IFormCollection form)
    {
        if (await links.RedeemAsync(form["key"].ToString()).ConfigureAwait(false) is not { } credential)
        {
            await RefuseAsync(context, typeof(SignInLinkPage), "This link was used before, or is too old. Ask for a new one.").ConfigureAwait(false);
            return;
        }

        sessions.Begin(context, credential);
        DashboardRoutes.Redirect(context, "/");
    }

    private async Task SignOutAsync(HttpContext context)
    {
        var form = await DashboardRoutes.ReadFormAsync(context).ConfigureAwait(false);
        if (sessions.Read(context) is { } session && (form is null || !SessionCookie.Matches(session, form["csrf"])))
        {
            await DashboardRoutes.RefuseFormAsync(context).ConfigureAwait(false);
            return;
        }

        SessionCookie.End(context);
        DashboardRoutes.Redirect(context, "/signin");
    }

    // A choice of language or theme; it changes nothing of the hub, so a link will do.
    private static Task View(HttpContext context)
    {
        var options = new CookieOptions { SameSite = SameSiteMode.Lax, Path = "/", MaxAge = TimeSpan.FromDays(365), Secure = Transport.IsSecure(context), HttpOnly = true };
        if (context.Request.Query["lang"].ToString() is "vi" or "en")
        {
            context.Response.Cookies.Append(Languages.Cookie, context.Request.Query["lang"].ToString(), options);
        }

        if (context.Request.Query["theme"].ToString() is "light" or "dark" or "auto")
        {
            context.Response.Cookies.Append("hoiam_theme", context.Request.Query["theme"].ToString(), options);
        }

        return Go(context, DashboardRoutes.Local(context.Request.Query["back"]));
    }

    private async Task WithFormAsync(HttpContext context, Func<HttpContext, IFormCollection, Task> next)
    {
        var form = await DashboardRoutes.ReadFormAsync(context).ConfigureAwait(false);
        if (form is null || Transport.IsFromElsewhere(context) || !StrangerForm.Matches(context, hub.Keys, form["csrf"]))
        {
            await DashboardRoutes.RefuseFormAsync(context).ConfigureAwait(false);
            return;
        }

        try
        {
            await next(context, form).ConfigureAwait(false);
        }
        catch (StoreUnavailableException error)
        {
            await ShowAsync(context, typeof(SignInPage), error.Message, 503).ConfigureAwait(false);
        }
    }

    private async Task RefuseAsync(HttpContext context, Type page, string why)
    {
        if (hub.Throttle.IsPastLimit(context.Connection.RemoteIpAddress, out var wait))
        {
            context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            await ShowAsync(context, page, "Too many failed tries from this address. Wait a minute.", 429).ConfigureAwait(false);
            return;
        }

        await ShowAsync(context, page, why, 401).ConfigureAwait(false);
    }

    private async Task ShowAsync(HttpContext context, Type page, string? why, int status)
    {
        var prepared = pages.Context(context, null);
        prepared.Csrf = StrangerForm.Token(context, hub.Keys);
        prepared.Status = status;
        prepared.Notice = why is null ? prepared.Notice : new Notice(false, prepared.T(why));
        await pages.ShowAsync(context, null, page, prepared).ConfigureAwait(false);
    }

    // Whoever must see why the store takes no writes has to get in while it takes none.
    private async Task NoteAsync(AdminPrincipal principal, string action)
    {
        try
        {
            await hub.Ledger.WriteAsync(connection =>
            {
                AuditSignIn(connection, principal, action);
                return true;
            }).WaitAsync(s_auditWait).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StoreUnavailableException or TimeoutException)
        {
            hub.LogInternal($"The sign-in of {principal.Name} is not in the audit log", error);
        }
    }

    private void AuditSignIn(System.Data.Common.DbConnection connection, AdminPrincipal principal, string action) =>
        Audit.Write(connection, principal, action is "signin.keys" ? "signin.keys" : "signin.token", principal.Role, hub.Time.GetUtcNow());

    private static Task Go(HttpContext context, string to)
    {
        DashboardRoutes.Redirect(context, to);
        return Task.CompletedTask;
    }
}
