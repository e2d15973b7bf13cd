using HoiAm.Server.Alerting;
using HoiAm.Server.Admin;
using HoiAm.Server.Admin.Catalogue;
using HoiAm.Server.Guarding;
using HoiAm.Server.Dashboard;
using HoiAm.Server.Cluster;
using HoiAm.Server.Ingest;
using HoiAm.Server.Json;
using HoiAm.Server.Observability;
using HoiAm.Server.OpenApi;
using HoiAm.Server.Privacy;
using HoiAm.Server.Pull;
using HoiAm.Server.Relaying;
using HoiAm.Server.Sending;
using HoiAm.Server.Sending.Esms;
using HoiAm.Server.Sending.Sandbox;
using HoiAm.Server.Stats;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoiAm.Server.Hosting;

/// <summary>A running hub: the web server and everything behind it. Only wires: endpoint → protocol → ledger → answer.</summary>
public sealed class Hub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HubServices _services;

    private Hub(WebApplication app, HubServices services)
    {
        _app = app;
        _services = services;
    }

    /// <summary>The addresses that it listens on.</summary>
    public IReadOnlyList<string> Addresses =>
        [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    /// <summary>Every route that is mapped, as <c>METHOD pattern</c>, in order; for checks that must not miss a new one.</summary>
    public IReadOnlyList<string> Routes =>
    [
        .. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(m => $"{m} /{e.RoutePattern.RawText?.TrimStart('/')}"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A token that was made at this start and is shown once; null otherwise.</summary>
    public string? NewAdminToken { get; private set; }

    /// <summary>Checks, opens, recovers and listens.</summary>
    /// <exception cref="StartupException">It cannot start; the message is one sentence for the operator.</exception>
    public static async Task<Hub> StartAsync(HubOptions options, Action<WebApplicationBuilder>? configure = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        StartupChecks.Options(options);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "hoiam", ContentRootPath = AppContext.BaseDirectory });
        Configure(builder, options);
        configure?.Invoke(builder);
        var app = builder.Build();
        var services = HubServices.Open(options, app.Services.GetRequiredService<ILoggerFactory>(), time ?? TimeProvider.System);
        var hub = new Hub(app, services);
        try
        {
            hub.Map();
            hub.NewAdminToken = await Bootstrap.AdministratorAsync(services).ConfigureAwait(false);
            await services.RecoverAsync().ConfigureAwait(false);

            // The published keys are good from the first request on, unless the port is only known once it is taken.
            var known = options.Sandbox ? StartupChecks.KnownAddress(options) : null;
            if (known is not null)
            {
                await Bootstrap.SandboxAsync(services, known + SandboxInbox.Path).ConfigureAwait(false);
            }

            await app.StartAsync().ConfigureAwait(false);
            if (options.Sandbox && known is null)
            {
                await Bootstrap.SandboxAsync(services, hub.Addresses[0].TrimEnd('/') + SandboxInbox.Path).ConfigureAwait(false);
            }

            services.StartSending(hub.Addresses);
            if (options.Sandbox && options.Output is { } output)
            {
                await output.WriteAsync(SandboxBanner.Text(hub.Addresses[0], SandboxBanner.TokenOf(options))).ConfigureAwait(false);
                await output.FlushAsync().ConfigureAwait(false);
            }

            return hub;
        }
        catch (Exception error)
        {
            await hub.DisposeAsync().ConfigureAwait(false);
            if (error is IOException or StartupException)
            {
                throw new StartupException(error.Message, error);
            }

            if (services.Store.Explain(error) is { } reason)
            {
                throw new StartupException(reason, error);
            }

            throw;
        }
    }

    /// <summary>Runs until the process is asked to end or the token is cancelled, then stops in order.</summary>
    public async Task WaitAsync(CancellationToken cancel = default) => await _app.WaitForShutdownAsync(cancel).ConfigureAwait(false);

    /// <summary>Stops accepting, finishes or hands back what is in flight, closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static void Configure(WebApplicationBuilder builder, HubOptions options)
    {
        builder.WebHost.UseUrls(StartupChecks.Urls(options));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MessageBatch.BytesMax + 1;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MaxConcurrentConnections = 20_000;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(1024, TimeSpan.FromSeconds(10));
            kestrel.Limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(10));
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);

        // Of no use above "information", and while it may log, the host makes an activity for every request.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }

    private void Map()
    {
        var s = _services;
        var gate = new AdminGate(s.Directory, s.Throttle, s.Time);
        var health = new Health(s, gate);
        var metrics = new PrometheusText();
        _app.Lifetime.ApplicationStopped.Register(metrics.Dispose);
        _app.Use(next => context => UnavailableAsync(context, next, s.Store));
        var send = new SendService(s.Ledger, new OrderBuilder(s.Directory, s.Routes), s.Routes, s.EsmsQueries, s.Time);
        var esms = new EsmsEndpoint(s.Directory, send, s.EsmsQueries, s.Relay, s.Throttle, s.Metrics, s.Time);
        var source = new ForwardedSource(ForwardedSource.Proxies(s.Options.TrustedProxies));
        var transport = new AdminTransport(s.Options.AdminWithoutTls);
        _app.Use(next => context => source.InvokeAsync(context, next));
        _app.Use(next => context => RequestHygiene.InvokeAsync(context, next));
        _app.Use(next => context => transport.InvokeAsync(context, next));
        _app.Use(next => context => esms.InvokeAsync(context, next));
        _app.UseRouting();

        var vendor = new VendorEndpoint(s.Directory, s.Ledger, s.Throttle, s.Pacer, s.Metrics, s.Time);
        _app.Map("/api/vendor/v1/sms/callback", vendor.HandleAsync);
        _app.Map("/api/vendor/{**rest}", VendorEndpoint.NotFoundAsync);
        _app.Map("/ZaloCallback/GetCallback", new GetCallbackEndpoint(s.Directory, s.Queries, s.Throttle, s.Metrics, s.Time).HandleAsync);
        _app.Map(InboundEndpoint.Pattern, new InboundEndpoint(s.Directory, s.RelayLedger, s.Throttle, s.Metrics).HandleAsync);
        _app.MapGet("/api/v1/callbacks", new CallbackFeedEndpoint(s.Directory, s.Queries, s.Throttle).HandleAsync);
        _app.MapGet("/healthz", health.LiveAsync);
        _app.MapGet("/readyz", health.ReadyAsync);
        _app.MapGet("/metrics", context => metrics.HandleAsync(context, health));

        DocsRoutes.Map(_app, health);

        var admin = new AdminRoutes(_app, gate);
        new AccountsApi(s.Directory, s.Time).Map(admin);
        new VendorsApi(s.Directory, s.Time).Map(admin);
        new KeysApi(s.Directory, s.Time).Map(admin);
        new MessagesApi(s.Directory, s.Ledger, s.Queries, s.Time).Map(admin);
        new CallbacksApi(s.Directory, s.Ledger, s.Queries, s.Replays, s.Time).Map(admin);
        new EndpointsApi(s.Directory, s.Ledger, s.Queries, s.Dispatcher, s.Time).Map(admin);
        new OrphansApi(s.Directory, s.Ledger, s.RelayLedger, s.Queries, s.Time).Map(admin);
        new UncertainApi(s.Directory, s.Ledger, s.RelayLedger, s.Queries, s.Time).Map(admin);
        new CatalogueApi(s.Directory, s.Queries, s.Time).Map(admin);
        new BalanceApi(s.Directory, s.Queries, s.Time).Map(admin);
        new RegistrationsApi(s.Directory, s.Ledger, s.Queries, s.Registrations, s.Time).Map(admin);
        new ReconciliationsApi(s.Directory, s.Queries, s.Reconciler).Map(admin);
        new PrivacyApi(s.Directory, s.Ledger, s.Queries, s.Time).Map(admin);
        new StatsApi(s.Directory, s.Queries, s.Time).Map(admin);
        new OverviewApi(s.Directory, s.Queries, s.Dispatcher, s.Writer).Map(admin);
        new SearchApi(s.Directory, s.Queries).Map(admin);
        new SettingsApi(s).Map(admin);
        new AlertsApi(s.Directory, s.Ledger, s.Queries, s.AlertSender, s.Time).Map(admin);
        var backups = new BackupApi(s);
        backups.Map(admin);
        _app.Lifetime.ApplicationStopped.Register(backups.Dispose);
        if (s.Options.Sandbox)
        {
            var inbox = new SandboxInbox(s.Options.Output, s.Time);
            _app.Map(SandboxInbox.Path, inbox.HandleAsync);
            admin.Get("/sandbox/inbox", call => Task.FromResult(call.Principal.MasksNumbers
                ? Answers.Problem(403, "Not allowed.", "The inbox shows numbers; the role readonly does not see them.")
                : Answers.Ok(new { items = inbox.Entries.Select(SandboxInbox.Show).ToList() })));
        }

        new ClusterApi(s.Store, s.Queries).Map(admin);
        Audit.Map(admin, s.Queries.Open);
        AdminFallback.Map(_app, gate);
        DashboardRoutes.Map(_app, s, admin, esms);
    }

    // A call that only reads finds the store away too; it is answered as every write is.
    private static async Task UnavailableAsync(HttpContext context, RequestDelegate next, HubStore store)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception error) when (!context.Response.HasStarted && store.Explain(error) is { } reason)
        {
            context.Response.Clear();
            await Answers.Unavailable(context, reason).ExecuteAsync(context).ConfigureAwait(false);
        }
    }
}
