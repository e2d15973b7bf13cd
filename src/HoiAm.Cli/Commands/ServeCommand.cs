using System.Collections;
using System.CommandLine;
using System.Text.Json;
using HoiAm.Server.Hosting;

namespace HoiAm.Cli.Commands;

/// <summary><c>hoiam serve</c>: runs a hub until it is asked to end.</summary>
internal static class ServeCommand
{
    // An option may be given twice, for ./run gives its own first: the last one counts.
    private static readonly Option<string[]> s_urls = Text("--urls", "Listening addresses, separated by semicolons (default http://127.0.0.1:8620)");
    private static readonly Option<string[]> s_data = Text("--data", "Folder of the embedded store and of generated secrets (default ./data)");
    private static readonly Option<string[]> s_postgres = Text("--postgres", "PostgreSQL connection string, in place of the embedded store");
    private static readonly Option<string[]> s_token = Text("--admin-token", "Bearer token of the first administrator (default: one is made and shown once)");
    private static readonly Option<string[]> s_publicUrl = Text("--public-url", "How the outside reaches this hub (default: the first listening address)");
    private static readonly Option<string[]> s_config = Text("--config", "Further configuration, a JSON file with the same names");
    private static readonly Option<string[]> s_proxies = Text("--trusted-proxies", "Addresses or ranges, by commas, whose X-Forwarded-For and -Proto are believed");
    private static readonly Option<string[]> s_egress = Text("--egress-proxy", "HTTP proxy that hooks are called through, http://[user:password@]host:port");
    private static readonly Option<bool> s_adminWithoutTls = Flag("--admin-without-tls", "Serve the admin API to other machines without TLS too");
    private static readonly Option<string[]> s_retainMessages = Text("--retain-messages", "Days that messages are kept, or forever (default 90)");
    private static readonly Option<string[]> s_retainReports = Text("--retain-reports", "Days that reports are kept as received, or forever (default 90)");
    private static readonly Option<string[]> s_retainCallbacks = Text("--retain-callbacks", "Days that settled callbacks are kept, or forever (default 90)");
    private static readonly Option<string[]> s_retainOrphans = Text("--retain-orphans", "Days that reports without a message are kept, or forever (default 30)");
    private static readonly Option<string[]> s_retainAudit = Text("--retain-audit", "Days that the audit log is kept, or forever (default 730)");
    private static readonly Option<string[]> s_retainStats = Text("--retain-stats", "Days that counters are kept, or forever (default 400)");
    private static readonly Option<string[]> s_retainCharges = Text("--retain-charges", "Days that lines of the balance are kept, or forever (default 3650)");
    private static readonly Option<string[]> s_maskText = Text("--mask-text-after", "When a text is masked after hand-over, hh:mm:ss, or never (default 00:10:00)");
    private static readonly Option<string[]> s_backups = Text("--backups", "Folder for backups that POST /admin/v1/backup makes (default: none)");
    private static readonly Option<string[]> s_otlp = Text("--otlp-endpoint", "Where traces are sent over OTLP, like http://127.0.0.1:4318 (default: none)");
    private static readonly Option<bool> s_sandbox = Flag("--sandbox", "Seed the sandbox, attach the simulated carriers, let hooks be private");
    private static readonly Option<bool> s_noSandbox = Flag("--no-sandbox", "No sandbox");
    private static readonly Option<bool> s_anywhere = Flag("--sandbox-anywhere", "Allow the sandbox on an address that is not loopback");

    public static Command Create()
    {
        var command = new Command("serve", "Run a hub until Ctrl-C")
        {
            s_urls, s_data, s_postgres, s_sandbox, s_noSandbox, s_anywhere, s_token, s_publicUrl, s_config,
            s_proxies, s_adminWithoutTls, s_egress, s_retainMessages, s_retainReports, s_retainCallbacks, s_retainOrphans, s_retainAudit,
            s_retainStats, s_retainCharges, s_maskText, s_backups, s_otlp,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var hub = await Hub.StartAsync(Read(parsed)).ConfigureAwait(false);
        await using (hub.ConfigureAwait(false))
        {
            Console.WriteLine("HoiAm listens on " + string.Join(", ", hub.Addresses));
            if (hub.NewAdminToken is { } token)
            {
                Console.WriteLine("Administrator token, shown only this once: " + token);
            }

            await hub.WaitAsync(cancel).ConfigureAwait(false);
        }

        return 0;
    }

    // Command line over environment (HOIAM_DATA, HOIAM_ADMIN_TOKEN, ASPNETCORE_URLS, …) over configuration file over default.
    private static HubOptions Read(ParseResult parsed)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Last(parsed, s_config) is { } file)
        {
            ReadFile(file, settings);
        }

        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.StartsWith("HOIAM_", StringComparison.OrdinalIgnoreCase))
            {
                settings[Plain(name["HOIAM_".Length..])] = (string?)variable.Value ?? "";
            }
            else if (name.Equals("ASPNETCORE_URLS", StringComparison.OrdinalIgnoreCase))
            {
                settings["urls"] = (string?)variable.Value ?? "";
            }
        }

        var defaults = new HubOptions();
        return new HubOptions
        {
            Urls = Last(parsed, s_urls) ?? settings.GetValueOrDefault("urls") ?? defaults.Urls,
            Data = Last(parsed, s_data) ?? settings.GetValueOrDefault("data") ?? defaults.Data,
            Postgres = Last(parsed, s_postgres) ?? settings.GetValueOrDefault("postgres"),
            AdminToken = Last(parsed, s_token) ?? settings.GetValueOrDefault("admintoken"),
            PublicUrl = Last(parsed, s_publicUrl) ?? settings.GetValueOrDefault("publicurl"),
            Sandbox = Sandbox(parsed) ?? Truth(settings, "sandbox"),
            SandboxAnywhere = parsed.GetValue(s_anywhere) || Truth(settings, "sandboxanywhere"),
            TrustedProxies = Last(parsed, s_proxies) ?? settings.GetValueOrDefault("trustedproxies"),
            AdminWithoutTls = parsed.GetValue(s_adminWithoutTls) || Truth(settings, "adminwithouttls"),
            EgressProxy = Last(parsed, s_egress) ?? settings.GetValueOrDefault("egressproxy"),
            Backups = Last(parsed, s_backups) ?? settings.GetValueOrDefault("backups"),
            OtlpEndpoint = Last(parsed, s_otlp) ?? settings.GetValueOrDefault("otlpendpoint"),
            Keep = new KeepOptions
            {
                Messages = Last(parsed, s_retainMessages) ?? settings.GetValueOrDefault("retainmessages"),
                Reports = Last(parsed, s_retainReports) ?? settings.GetValueOrDefault("retainreports"),
                Callbacks = Last(parsed, s_retainCallbacks) ?? settings.GetValueOrDefault("retaincallbacks"),
                Orphans = Last(parsed, s_retainOrphans) ?? settings.GetValueOrDefault("retainorphans"),
                Audit = Last(parsed, s_retainAudit) ?? settings.GetValueOrDefault("retainaudit"),
                Stats = Last(parsed, s_retainStats) ?? settings.GetValueOrDefault("retainstats"),
                Charges = Last(parsed, s_retainCharges) ?? settings.GetValueOrDefault("retaincharges"),
                MaskTextAfter = Last(parsed, s_maskText) ?? settings.GetValueOrDefault("masktextafter"),
            },
            Output = Console.Out,
        };
    }

    private static void ReadFile(string file, Dictionary<string, string> settings)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach (var member in document.RootElement.EnumerateObject())
            {
                settings[Plain(member.Name)] = member.Value.ToString();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new StartupException($"--config {file} cannot be read as a JSON object: {error.Message}", error);
        }
    }

    private static string Plain(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static bool Truth(Dictionary<string, string> settings, string name) =>
        settings.GetValueOrDefault(name) is { } text
        && (text == "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase)
            || (text is not ("" or "0") && !text.Equals("false", StringComparison.OrdinalIgnoreCase)
                ? throw new StartupException($"The setting '{name}' must be true or false, not '{text}'.")
                : false));

    private static bool? Sandbox(ParseResult parsed)
    {
        var last = parsed.Tokens.LastOrDefault(t => t.Value is "--sandbox" or "--no-sandbox");
        return last is null ? null : last.Value == "--sandbox";
    }

    private static string? Last(ParseResult parsed, Option<string[]> option) => parsed.GetValue(option) is { Length: > 0 } values ? values[^1] : null;

    private static Option<string[]> Text(string name, string description) =>
        new(name) { Description = description, AllowMultipleArgumentsPerToken = false, Arity = ArgumentArity.OneOrMore };

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };
}
