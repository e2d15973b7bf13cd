using System.CommandLine;
using System.Globalization;
using HoiAm.Cli.Output;

namespace HoiAm.Cli.Commands;

/// <summary>The commands that show lists of the admin API.</summary>
internal static class ListCommands
{
    private static readonly Option<int> s_limit = new("--limit") { Description = "Rows, 1 to 500", DefaultValueFactory = _ => 20 };
    private static readonly Option<string> s_cursor = new("--cursor") { Description = "Go on where an earlier list ended" };
    private static readonly Option<string> s_account = new("--account") { Description = "Only this account" };
    private static readonly Option<string> s_state = new("--state") { Description = "Only this state" };
    private static readonly Option<string> s_from = new("--from") { Description = "From this time, like 2026-01-31T08:00:00Z" };
    private static readonly Option<string> s_to = new("--to") { Description = "Before this time" };

    public static Command Messages()
    {
        var id = new Argument<string?>("smsId") { Description = "Show one message's whole story", Arity = ArgumentArity.ZeroOrOne };
        var phone = new Option<string>("--phone") { Description = "By number, in any spelling" };
        var request = new Option<string>("--request-id") { Description = "By the customer's RequestId" };
        var command = List("messages", "Find messages, or show one with its reports and callbacks", s_account, s_state, s_from, s_to, phone, request);
        command.Arguments.Add(id);
        command.SetAction(async (parsed, cancel) =>
        {
            using var hub = HubClient.Of(parsed);
            if (parsed.GetValue(id) is { } smsId)
            {
                Printer.Json(await hub.GetAsync("/admin/v1/messages/" + Uri.EscapeDataString(smsId), cancel).ConfigureAwait(false));
                return 0;
            }

            var answer = await hub.GetAsync(
                Filtered(
                    parsed,
                    "/admin/v1/messages",
                    ("phone", parsed.GetValue(phone)),
                    ("requestId", parsed.GetValue(request))),
                cancel).ConfigureAwait(false);
            Printer.List(
                answer,
                parsed.GetValue(Printer.JsonOption),
                "no messages fit",
                ("SMSID", "smsId"),
                ("account", "account"),
                ("type", "typeId"),
                ("phone", "phone"),
                ("state", "state"),
                ("RequestId", "requestId"),
                ("price", "totalPrice"),
                ("made", "createdAt"));
            return 0;
        });
        return command;
    }

    public static Command Callbacks()
    {
        var host = new Option<string>("--host") { Description = "Only hooks at this host" };
        var command = List("callbacks", "List callbacks, newest first", s_account, s_state, s_from, s_to, host);
        command.SetAction(async (parsed, cancel) =>
        {
            using var hub = HubClient.Of(parsed);
            var answer = await hub.GetAsync(
                Filtered(parsed, "/admin/v1/callbacks", ("host", parsed.GetValue(host))), cancel).ConfigureAwait(false);
            Printer.List(
                answer,
                parsed.GetValue(Printer.JsonOption),
                "no callbacks fit",
                ("id", "id"),
                ("account", "account"),
                ("state", "state"),
                ("reason", "reason"),
                ("tries", "attemptCount"),
                ("due", "dueAt"),
                ("SMSID", "smsId"));
            return 0;
        });
        return command;
    }

    public static Command Endpoints() => Simple(
        "endpoints",
        "How every hook is doing",
        "/admin/v1/endpoints",
        "no hooks yet",
        ("id", "id"),
        ("account", "account"),
        ("state", "state"),
        ("queue", "queue"),
        ("per minute", "rate"),
        ("p99 ms", "p99Ms"),
        ("URL", "url"),
        ("last error", "lastError"));

    public static Command Orphans() => Simple(
        "orphans",
        "Vendor reports that match no message yet",
        "/admin/v1/orphans",
        "no orphans: every report found its message",
        ("id", "id"),
        ("vendor", "vendor"),
        ("referentId", "referentId"),
        ("requestId", "requestId"),
        ("msisdn", "msisdn"),
        ("status", "status"),
        ("at", "at"));

    public static Command Accounts() => Simple(
        "accounts", "List accounts", "/admin/v1/accounts", "no accounts yet", ("id", "id"), ("enabled", "enabled"), ("format", "callbackFormat"), ("hook", "callbackUrl"));

    public static Command Vendors() => Simple(
        "vendors", "List vendors", "/admin/v1/vendors", "no vendors yet", ("id", "id"), ("enabled", "enabled"), ("strict", "strict"));

    private static Command Simple(string name, string description, string path, string empty, params (string Title, string Member)[] columns)
    {
        var command = List(name, description);
        command.SetAction(async (parsed, cancel) =>
        {
            using var hub = HubClient.Of(parsed);
            var answer = await hub.GetAsync(Paged(parsed, path), cancel).ConfigureAwait(false);
            Printer.List(answer, parsed.GetValue(Printer.JsonOption), empty, columns);
            return 0;
        });
        return command;
    }

    private static Command List(string name, string description, params Option[] options)
    {
        var command = new Command(name, description) { HubClient.UrlOption, HubClient.TokenOption, Printer.JsonOption, s_limit, s_cursor };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        return command;
    }

    private static string Paged(ParseResult parsed, string path, params ReadOnlySpan<(string Name, string? Value)> more) => HubClient.Path(
        path,
        [("limit", parsed.GetValue(s_limit).ToString(CultureInfo.InvariantCulture)), ("cursor", parsed.GetValue(s_cursor)), .. more]);

    private static string Filtered(ParseResult parsed, string path, params ReadOnlySpan<(string Name, string? Value)> more) => Paged(
        parsed,
        path,
        [
            ("account", parsed.GetValue(s_account)), ("state", parsed.GetValue(s_state)),
            ("from", parsed.GetValue(s_from)), ("to", parsed.GetValue(s_to)), .. more,
        ]);
}
