using System.Globalization;
using System.Text.Json;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger;
using HoiAm.Server.Admin;
using HoiAm.Server.Admin.Catalogue;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Alerting;

/// <summary><c>/admin/v1/alerts</c>: whom the hub tells of its own troubles.</summary>
internal sealed class AlertsApi(HubDirectory directory, MessageLedger ledger, LedgerQueries queries, AlertSender sender, TimeProvider time)
{
    private const int UrlsMax = 5;
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    public void Map(AdminRoutes routes)
    {
        routes.Map("GET", "/alerts", Permission.Administer, scoped: false, _ => Task.FromResult(Answers.Ok(Show(directory.Current.Alerts))));
        routes.Map("PUT", "/alerts", Permission.Administer, scoped: false, PutAsync);
        routes.Map("POST", "/alerts/test", Permission.Administer, scoped: false, TestAsync);
    }

    private async Task<IResult> PutAsync(AdminCall call)
    {
        var (document, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (document)
        {
            var now = time.GetUtcNow();
            var input = new JsonInput(document!.RootElement);
            var settings = Read(input, directory.Current.Alerts) with { SinceMs = now.ToUnixTimeMilliseconds() };
            input.RefuseUnknown();
            if (!input.IsValid)
            {
                return Answers.Invalid(input.Faults);
            }

            await directory.ChangeAsync(connection =>
            {
                connection.Execute(
                    "INSERT INTO meta (name, value) VALUES ('alerts', @p0) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    JsonSerializer.Serialize(settings));
                Audit.Write(connection, call.Principal, "alerts.change", "alerts", now, AccountsApi.Members(document));
                return true;
            }).ConfigureAwait(false);
            return Answers.Ok(Show(settings));
        }
    }

    private async Task<IResult> TestAsync(AdminCall call)
    {
        var settings = directory.Current.Alerts;
        if (settings.Urls.Count == 0)
        {
            return Answers.Problem(409, "No address.", "There is no address to send to; set one with PUT /admin/v1/alerts.");
        }

        var now = time.GetUtcNow();
        var count = await ledger.EmitOwnAsync(_ =>
            sender.Render(settings, [new Alert("test", $"A test by {call.Principal.Name}: alerts of this hub come here.", new { by = call.Principal.Name })], now.ToUnixTimeMilliseconds()))
            .ConfigureAwait(false);
        return Results.Json(new { sent = count }, Answers.Json, statusCode: StatusCodes.Status202Accepted);
    }

    private AlertSettings Read(JsonInput input, AlertSettings current) => current with
    {
        Urls = InputLists.Texts(input, "urls", UrlsMax, 2_000, current.Urls, url => HookUrl.Check(url, allowPrivate: true).Refusal),
        SealedSecret = input.IsNull("secret") ? null : input.Text("secret", 16, 256) is { } secret ? directory.Keys.Seal(secret) : current.SealedSecret,
        Every = input.IsNull("every") ? AlertSettings.None.Every : input.Duration("every", TimeSpan.FromMinutes(1), s_day) ?? current.Every,
        NoReportsAfter = input.IsNull("noReportsAfter") ? null : input.Duration("noReportsAfter", TimeSpan.FromMinutes(2), s_day) ?? current.NoReportsAfter,
        Vendors = Vendors(input, current.Vendors),
        OrphanPercent = input.IsNull("orphanPercent") ? null : input.Number("orphanPercent", 1, 100) ?? current.OrphanPercent,
        Backlog = input.IsNull("backlog") ? null : input.Number("backlog", 1, 100_000_000) ?? current.Backlog,
    };

    private IReadOnlyDictionary<string, TimeSpan> Vendors(JsonInput input, IReadOnlyDictionary<string, TimeSpan> current)
    {
        if (input.IsNull("vendors"))
        {
            return new Dictionary<string, TimeSpan>();
        }

        if (input.Element("vendors") is not { } element)
        {
            return current;
        }

        var vendors = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        if (element.ValueKind != JsonValueKind.Object)
        {
            input.Fault("vendors", "must be an object of vendor ids and lengths of time, like { \"vmg\": \"00:30:00\" }");
            return current;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (!directory.Current.Vendors.ContainsKey(member.Name))
            {
                input.Fault("vendors." + member.Name, "is no vendor of this hub");
            }
            else if (JsonInput.Duration(member.Value) is { } after && after >= TimeSpan.FromMinutes(2) && after <= s_day)
            {
                vendors[member.Name] = after;
            }
            else
            {
                input.Fault("vendors." + member.Name, "must be a length of time like \"00:30:00\", from 00:02:00 to 1.00:00:00");
            }
        }

        return vendors;
    }

    private object Show(AlertSettings settings) => new
    {
        urls = settings.Urls,
        signed = settings.SealedSecret is not null,
        every = Text(settings.Every),
        noReportsAfter = settings.NoReportsAfter is { } after ? Text(after) : null,
        vendors = settings.Vendors.ToDictionary(v => v.Key, v => Text(v.Value)),
        orphanPercent = settings.OrphanPercent,
        backlog = settings.Backlog,
        open = Open(),
    };

    // What was told as begun and not yet as over.
    private List<object> Open()
    {
        using var connection = queries.Open();
        var book = AlertBook.Read(connection);
        return [.. book.OpenKeys.Order(StringComparer.Ordinal).Select(key =>
        {
            var parts = key.Split('/', 2);
            return new
            {
                what = parts[0],
                endpoint = parts[0] == "hook" ? "ep_" + parts[1] : null,
                vendor = parts is ["silence", not "hub"] ? parts[1] : null,
                since = Answers.Time(book.OpenedMs(key)),
            };
        })];
    }

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}
