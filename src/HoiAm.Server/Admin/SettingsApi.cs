using System.Globalization;
using System.Reflection;
using HoiAm.Dispatch;
using HoiAm.Dispatch.Lanes;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Writing;
using HoiAm.Server.Dashboard.SigningIn;
using HoiAm.Server.Hosting;
using HoiAm.Server.Ingest;
using HoiAm.Server.Json;
using HoiAm.Server.Security;
using HoiAm.Server.Sending;

namespace HoiAm.Server.Admin;

/// <summary><c>GET /admin/v1/settings</c>: how this hub was started, and the limits in force, taken from the code that keeps them.</summary>
internal sealed class SettingsApi(HubServices hub)
{
    private readonly DateTimeOffset _startedAt = hub.Time.GetUtcNow();

    public void Map(AdminRoutes routes) => routes.Get("/settings", _ => Task.FromResult(Answers.Ok(new
    {
        version = typeof(SettingsApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0],
        startedAt = Answers.Time(_startedAt),
        urls = hub.Options.Urls,
        publicUrl = hub.Options.PublicUrl,
        store = hub.Options.Postgres is null ? "embedded" : "postgres",
        sandbox = hub.Options.Sandbox,
        takesWrites = hub.Writer.Unavailable is null,
        accounts = hub.Directory.Current.Accounts.Count,
        vendors = hub.Directory.Current.Vendors.Count,
        limits = Limits().Select(l => new { name = l.Name, value = l.Value, setBy = l.SetBy }).ToList(),
    })));

    private static IEnumerable<(string Name, string Value, string? SetBy)> Limits()
    {
        var retry = RetryPolicy.Default;
        var policy = new HookPolicy();
        var writer = new WriterOptions();
        var lanes = new DispatcherOptions();
        yield return ("Retries after the first try", Text(retry.MaxRetries), "retry.maxRetries");
        yield return ("Pauses between tries", string.Join(", ", retry.Delays.Select(Text)), "retry.delays");
        yield return ("Time for a try", Text(retry.Timeout), "retry.timeout");
        yield return ("Time for connecting", Text(retry.ConnectTimeout), null);
        yield return ("Longest Retry-After honoured", Text(Defaults.RetryAfterMax), null);
        yield return ("Tries at once per hook", Text(policy.MaxConcurrency), "maxConcurrency");
        yield return ("Tries a minute per hook", "–", "maxPerMinute");
        yield return ("Tries at once per host and port", Text(lanes.HostConcurrencyMax), null);
        yield return ("Callbacks in memory", Text(lanes.SeatsTotal), null);
        yield return ("Callbacks in memory per hook", Text(lanes.SeatsPerLane), null);
        yield return ("Failures in a row that open a breaker", Text(Defaults.BreakerThreshold), null);
        yield return ("Time behind an open breaker", Text(Defaults.ExpireAfter), null);
        yield return ("Commands in one commit", Text(writer.GroupCountMax), null);
        yield return ("Writes that may wait", Text(writer.QueueMax), null);
        yield return ("Body of a vendor's report", Text(VendorEndpoint.BodyBytesMax / 1024) + " KiB", null);
        yield return ("Body of an admin call", Text(AdminCall.BodyBytesMax >> 20) + " MiB", null);
        yield return ("Body of an eSMS call", Text(EsmsEndpointLimits.BodyBytesMax >> 20) + " MiB", null);
        yield return ("Time that an eSMS call waits for the store", Text(EsmsEndpointLimits.LedgerWait), null);
        yield return ("Failed authentications per source and minute", Text(FailureThrottle.FailuresPerMinuteMax), null);
        yield return ("A session of the dashboard", Text(SessionCookie.Lifetime), null);
        yield return ("A sign-in link", Text(SignInLinks.Lifetime), null);
    }

    private static string Text(int number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Text(TimeSpan time) => time.TotalHours >= 1 ? Text(time.TotalHours, "h") : time.TotalMinutes >= 1 ? Text(time.TotalMinutes, "min")
        : time.TotalSeconds >= 1 ? Text(time.TotalSeconds, "s") : Text(time.TotalMilliseconds, "ms");

    private static string Text(double number, string unit) => number.ToString("0.#", CultureInfo.InvariantCulture) + " " + unit;
}
