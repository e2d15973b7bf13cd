using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using HoiAm.Cli.Output;

namespace HoiAm.Cli.Commands;

/// <summary><c>hoiam report</c>: posts a vendor's delivery report, as a vendor would.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var msisdn = new Option<string>("--msisdn") { Description = "The receiver, in any spelling", Required = true };
        var referent = new Option<string>("--referent-id") { Description = "The vendor's id of the message (by default the SMSID)" };
        var request = new Option<string>("--request-id") { Description = "The sender's id that the vendor echoes" };
        var status = new Option<int>("--status") { Description = "0 held, 1 approved, 2 delivered, -1 rejected, -2 failed, 3 seen, 6 expired", DefaultValueFactory = _ => 2 };
        var error = new Option<string>("--error-info") { Description = "Zalo's JSON result or the vendor's error text" };
        var key = new Option<string>("--api-key") { Description = "The vendor's API-KEY", DefaultValueFactory = _ => "sandbox-vendor" };
        var command = new Command("report", "Post a vendor's delivery report")
        {
            HubClient.UrlOption, HubClient.TokenOption, Printer.JsonOption, msisdn, referent, request, status, error, key,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var referentId = parsed.GetValue(referent);
            var requestId = parsed.GetValue(request);
            if (referentId is null && requestId is null)
            {
                throw new HubRefusal("a report needs --referent-id or --request-id, so that it finds its message.");
            }

            var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            var body = new JsonObject
            {
                ["msisdn"] = parsed.GetValue(msisdn),
                ["requestId"] = requestId,
                ["sendTime"] = now,
                ["responseTimeTelco"] = now,
                ["status"] = parsed.GetValue(status),
                ["referentId"] = referentId,
                ["retryCount"] = 0,
            };
            if (parsed.GetValue(error) is { } info)
            {
                body["errorInfo"] = info;
            }

            using var hub = HubClient.Of(parsed);
            var answer = await hub.PostAsync(
                "/api/vendor/v1/sms/callback", body.ToJsonString(), ("API-KEY", parsed.GetValue(key)!), cancel).ConfigureAwait(false);
            if (parsed.GetValue(Printer.JsonOption))
            {
                Printer.Json(answer);
            }
            else
            {
                Console.WriteLine("the report is stored: " + JsonSerializer.Serialize(answer.GetProperty("data")));
            }

            return 0;
        });
        return command;
    }
}
