using System.Text;
using System.Text.Json;
using HoiAm.Server.Admin;
using HoiAm.Server.Dashboard.Pages;
using HoiAm.Server.Dashboard.SigningIn;
using HoiAm.Server.Hosting;
using HoiAm.Server.Json;
using HoiAm.Server.Sending.Esms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HoiAm.Server.Dashboard;

/// <summary>The dashboard's addresses: a page behind each GET, an action behind each POST, and both only for who is signed in.</summary>
internal sealed class DashboardRoutes
{
    private const string NoticeCookie = "hoiam_notice";

    private readonly WebApplication _app;
    private readonly HubServices _hub;
    private readonly AdminPort _port;
    private readonly SessionCookie _sessions;
    private readonly AssetFiles _assets = new();
    private readonly PageRenderer _renderer;

    private DashboardRoutes(WebApplication app, HubServices hub, AdminRoutes admin)
    {
        _app = app;
        _hub = hub;
        _port = new AdminPort(admin, app.Services);
        _sessions = new SessionCookie(hub.Directory, hub.Time);
        _renderer = new PageRenderer(app.Services, app.Services.GetRequiredService<ILoggerFactory>());
    }

    public static void Map(WebApplication app, HubServices hub, AdminRoutes admin, EsmsEndpoint esms)
    {
        var routes = new DashboardRoutes(app, hub, admin);
        var links = new SignInLinks(hub.Directory, hub.Time);
        links.Map(admin);
        routes.MapPages();
        new Actions(routes, esms).Map();
        new SignInRoutes(routes, hub, routes._sessions, links).Map(app);
        app.MapGet("/assets/{**path}", routes._assets.ServeAsync);
    }

    /// <summary>A GET that answers with a page; route values become the component's parameters of the same name.</summary>
    public void Page<T>(string pattern, bool staffOnly = false) =>
        _app.MapGet(pattern, context => GuardedAsync(context, async session =>
        {
            if (staffOnly && session.Principal.Scope is not null)
            {
                await ShowAsync(context, session, typeof(NotFoundPage)).ConfigureAwait(false);
                return;
            }

            await ShowAsync(context, session, typeof(T)).ConfigureAwait(false);
        }));

    /// <summary>A POST by a form: nothing is done without a session and the form's own token.</summary>
    public void Action(string pattern, Func<PageContext, IFormCollection, Task> act) =>
        _app.MapPost(pattern, context => GuardedAsync(context, async session =>
        {
            var form = await ReadFormAsync(context).ConfigureAwait(false);
            if (form is null || !SessionCookie.Matches(session, form["csrf"]) || Transport.IsFromElsewhere(context))
            {
                await RefuseFormAsync(context).ConfigureAwait(false);
                return;
            }

            await act(Context(context, session), form).ConfigureAwait(false);
        }));

    /// <summary>A GET that answers with something else than a page.</summary>
    public void File(string pattern, Func<PageContext, Task> act) =>
        _app.MapGet(pattern, context => GuardedAsync(context, session => act(Context(context, session))));

    public PageContext Context(HttpContext context, Session? session) =>
        new(context, session, _port, _hub.Time.GetUtcNow(), _hub.Options.Sandbox, _assets) { Csrf = session?.Csrf ?? "", Notice = TakeNotice(context) };

    public async Task ShowAsync(HttpContext context, Session? session, Type page, PageContext? prepared = null)
    {
        var given = context.Request.RouteValues.ToDictionary(
            v => char.ToUpperInvariant(v.Key[0]) + v.Key[1..], v => v.Value, StringComparer.Ordinal);
        var parameters = given.Where(g => page.GetProperty(g.Key) is not null).ToDictionary(g => g.Key, g => g.Value);
        await _renderer.WriteAsync(context, prepared ?? Context(context, session), page, parameters).ConfigureAwait(false);
    }

    /// <summary>Back to a page, with a notice on it.</summary>
    public static void Back(PageContext page, string to, AdminReply reply, string done)
    {
        Leave(page.Http, new Notice(reply.IsGood, reply.IsGood ? done : reply.Detail));
        Redirect(page.Http, to);
    }

    public static void Redirect(HttpContext context, string to)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = to;
        context.Response.Headers.CacheControl = "no-store";
    }

    /// <summary>Leaves a notice for the next page.</summary>
    public static void Leave(HttpContext context, Notice notice) => context.Response.Cookies.Append(
        NoticeCookie,
        Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(notice with { Text = notice.Text[..Math.Min(notice.Text.Length, 500)] }))),
        new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = Transport.IsSecure(context), Path = "/", MaxAge = TimeSpan.FromMinutes(1) });

    /// <summary>An address of ours to go to afterwards; anything else becomes the first page.</summary>
    public static string Local(string? path) =>
        path is { Length: > 0 and < 2000 } && path[0] == '/' && !path.StartsWith("//", StringComparison.Ordinal)
        && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl)
            ? path
            : "/";

    public static async Task<IFormCollection?> ReadFormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            return null;
        }

        try
        {
            return await context.Request.ReadFormAsync(
                new Microsoft.AspNetCore.Http.Features.FormOptions { BufferBodyLengthLimit = 256 * 1024, ValueCountLimit = 200, ValueLengthLimit = 64 * 1024 },
                context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception error) when (error is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    public static Task RefuseFormAsync(HttpContext context)
    {
        PageRenderer.SetHeaders(context);
        return Answers.Problem(403, "Refused.", "The form was not made by this dashboard, or its session is over. Load the page again.").ExecuteAsync(context);
    }

    private void MapPages()
    {
        Page<OverviewPage>("/");
        Page<MessagePage>("/messages/{smsId}");
        Page<CallbacksPage>("/callbacks");
        Page<HooksPage>("/hooks");
        Page<HookPage>("/hooks/{id}");
        Page<ReplayPage>("/replays/{id}");
        Page<DecodePage>("/decode");
        Page<OrphansPage>("/orphans", staffOnly: true);
        Page<ApprovalsPage>("/approvals", staffOnly: true);
        Page<AccountsPage>("/accounts", staffOnly: true);
        Page<AccountPage>("/accounts/{id}");
        Page<VendorsPage>("/vendors", staffOnly: true);
        Page<VendorPage>("/vendors/{id}", staffOnly: true);
        Page<TokensPage>("/tokens", staffOnly: true);
        Page<StatementsPage>("/statements");
        Page<AlertsPage>("/alerts", staffOnly: true);
        Page<SettingsPage>("/settings", staffOnly: true);
        Page<AuditPage>("/audit", staffOnly: true);
        Page<SandboxPage>("/sandbox", staffOnly: true);
    }

    private async Task GuardedAsync(HttpContext context, Func<Session, Task> next)
    {
        if (_sessions.Read(context) is { } session)
        {
            await next(session).ConfigureAwait(false);
            return;
        }

        PageRenderer.SetHeaders(context);
        var here = context.Request.Path + context.Request.QueryString;
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers["Sec-Fetch-Site"] == "cross-site")
        {
            // A link from a mail or a chat: the browser holds the strict cookie back until the address is asked for from here.
            context.Response.ContentType = "text/html; charset=utf-8";
            var target = System.Net.WebUtility.HtmlEncode(here);
            await context.Response.WriteAsync($"<!DOCTYPE html><title>HoiAm</title><meta http-equiv=\"refresh\" content=\"0;url={target}\"><a href=\"{target}\">HoiAm</a>").ConfigureAwait(false);
            return;
        }

        Redirect(context, HttpMethods.IsGet(context.Request.Method) && here != "/" ? "/signin?next=" + Uri.EscapeDataString(here) : "/signin");
    }

    private static Notice? TakeNotice(HttpContext context)
    {
        if (context.Request.Cookies[NoticeCookie] is not { Length: > 0 } text || !HttpMethods.IsGet(context.Request.Method) || context.Request.Headers.ContainsKey("X-Live"))
        {
            return null;
        }

        context.Response.Cookies.Delete(NoticeCookie);
        try
        {
            return JsonSerializer.Deserialize<Notice>(Convert.FromBase64String(text));
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }
}
