using System.CommandLine;
using System.Text.Json.Nodes;
using HoiAm.Cli.Output;

namespace HoiAm.Cli.Commands;

/// <summary><c>hoiam send</c>: sends an SMS through the hub's eSMS API, by default in the sandbox.</summary>
internal static class SendCommand
{
    public static Command Create()
    {
        var phone = new Argument<string>("phone") { Description = "The receiver; in the sandbox its last three digits choose what happens (900 fails, 901 rejected …)" };
        var content = new Option<string>("--content") { Description = "The text", DefaultValueFactory = _ => "Xin chao tu HoiAm" };
        var brand = new Option<string>("--brandname") { Description = "The sender name", DefaultValueFactory = _ => "Baotrixemay" };
        var callback = new Option<string>("--callback-url") { Description = "Where the status callback goes (default: the account's hook)" };
        var request = new Option<string>("--request-id") { Description = "Your own id" };
        var key = new Option<string>("--api-key") { Description = "ApiKey", DefaultValueFactory = _ => "sandbox-key" };
        var secret = new Option<string>("--secret-key") { Description = "SecretKey", DefaultValueFactory = _ => "sandbox-secret" };
        var command = new Command("send", "Send a customer-care SMS (type 2) through the eSMS API of the hub")
        {
            HubClient.UrlOption, HubClient.TokenOption, Printer.JsonOption, content, brand, callback, request, key, secret,
        };
        command.Arguments.Add(phone);
        command.SetAction(async (parsed, cancel) =>
        {
            var body = new JsonObject
            {
                ["ApiKey"] = parsed.GetValue(key),
                ["SecretKey"] = parsed.GetValue(secret),
                ["Phone"] = parsed.GetValue(phone),
                ["Content"] = parsed.GetValue(content),
                ["Brandname"] = parsed.GetValue(brand),
                ["SmsType"] = "2",
                ["CallbackUrl"] = parsed.GetValue(callback),
                ["RequestId"] = parsed.GetValue(request),
            };
            using var hub = HubClient.Of(parsed);
            var answer = await hub.PostAsync(
                "/MainService.svc/json/SendMultipleMessage_V4_post_json/", body.ToJsonString(), cancel).ConfigureAwait(false);
            if (parsed.GetValue(Printer.JsonOption))
            {
                Printer.Json(answer);
            }

            var code = answer.TryGetProperty("CodeResult", out var result) ? result.GetString() : null;
            if (code != "100")
            {
                throw new HubRefusal($"the send was refused with {code}: {(answer.TryGetProperty("ErrorMessage", out var why) ? why.GetString() : answer.ToString())}");
            }

            if (!parsed.GetValue(Printer.JsonOption))
            {
                Console.WriteLine($"accepted, SMSID {answer.GetProperty("SMSID").GetString()}; follow it with: hoiam messages {answer.GetProperty("SMSID").GetString()}");
            }

            return 0;
        });
        return command;
    }
}
