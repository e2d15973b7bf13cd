using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using HoiAm.Cli.Output;

namespace HoiAm.Cli.Commands;

/// <summary><c>hoiam privacy export|erase NUMBER</c>: what is kept about a person, and taking it out.</summary>
internal static class PrivacyCommand
{
    public static Command Create() => new("privacy", "Show or erase what is kept about a phone number")
    {
        Export(),
        Erase(),
    };

    private static Command Export()
    {
        var phone = Phone();
        var command = new Command("export", "Everything that is kept about a number, as JSON") { HubClient.UrlOption, HubClient.TokenOption, phone };
        command.SetAction(async (parsed, cancel) =>
        {
            using var hub = HubClient.Of(parsed);
            JsonObject? whole = null;
            var items = new JsonArray();
            for (string? cursor = null; ;)
            {
                var body = new JsonObject { ["phone"] = parsed.GetValue(phone) };
                if (cursor is not null)
                {
                    body["cursor"] = cursor;
                }

                var page = JsonNode.Parse((await hub.PostAsync("/admin/v1/privacy/export", body.ToJsonString(), cancel).ConfigureAwait(false)).GetRawText())!.AsObject();
                cursor = (string?)page["next"];
                foreach (var item in page["items"]!.AsArray())
                {
                    items.Add(item!.DeepClone());
                }

                whole ??= page;
                if (cursor is null)
                {
                    break;
                }
            }

            whole["items"] = items;
            whole.Remove("next");
            Printer.Json(JsonSerializer.SerializeToElement(whole));
            return 0;
        });
        return command;
    }

    private static Command Erase()
    {
        var phone = Phone();
        var command = new Command("erase", "Take a number out of everything that is no longer under way; cannot be undone")
        {
            HubClient.UrlOption, HubClient.TokenOption, Printer.JsonOption, phone,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            using var hub = HubClient.Of(parsed);
            var body = new JsonObject { ["phone"] = parsed.GetValue(phone) };
            var answer = await hub.PostAsync("/admin/v1/privacy/erase", body.ToJsonString(), cancel).ConfigureAwait(false);
            if (parsed.GetValue(Printer.JsonOption))
            {
                Printer.Json(answer);
            }
            else
            {
                var erased = answer.GetProperty("erased");
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"taken out of {erased.GetProperty("messages")} messages, {erased.GetProperty("reports")} reports, {erased.GetProperty("callbacks")} callbacks, {erased.GetProperty("charges")} charges"));
            }

            var pending = answer.GetProperty("pending").GetInt32();
            if (pending > 0)
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hoiam: {pending} messages are still under way and were left as they are; ask again when they are done."));
            }

            return pending > 0 ? 1 : 0;
        });
        return command;
    }

    private static Argument<string> Phone() => new("number") { Description = "The number in any spelling, a Zalo user id, or a SHA-256" };
}
