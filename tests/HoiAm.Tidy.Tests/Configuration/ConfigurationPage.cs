using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using HoiAm.Ledger.Delivery;
using HoiAm.Server.Hosting;

namespace HoiAm.Tidy.Tests.Configuration;

/// <summary>Writes docs/configuration.md out of the options types and the readers of the admin API.</summary>
internal static partial class ConfigurationPage
{
    private const string Admin = "src/HoiAm.Server/Admin/";

    private static readonly HashSet<string> s_notSet = new(StringComparer.Ordinal) { "Output", "Keep", "InboundKey", "EqualityContract", "ConnectTimeout" };

    // Where the name in the type is not the name in the body.
    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["SigningSecrets"] = "signingSecret", ["Relays"] = "mode", ["IsOtp"] = "smsType", ["SealedClientPem"] = "clientCertificate", ["CaPem"] = "ca",
    };

    // Flags in the type that are words in the body.
    private static readonly Dictionary<string, string> s_words = new(StringComparer.Ordinal) { ["mode"] = "relay", ["smsType"] = "consulting" };

    // What is checked by more than one call of the reader.
    private static readonly Dictionary<string, string> s_accepts = new(StringComparer.Ordinal)
    {
        ["retry.delays"] = "list of 1 to 20 lengths of time, each up to 24 h", ["pushStates"] = "list out of 1, 2, 4, 5, 7",
        ["window"] = "`HH:mm-HH:mm` or `none`", ["kinds"] = "`zalo`, `all`, or TypeIds like `24,25`", ["preset"] = "`seed`, `2023`, `2024`",
        ["routes"] = "list, at most 100: `typeId`, `telco`, `route`", ["voiceTemplates"] = "list, at most 1,000: `id`, `isRecording`, `variableCount`",
        ["codePairs"] = "list, at most 1,000: `id`, `oaId`, `tempId`, `brandname`, `message`, `codeLength`, `digitsOnly`",
        ["clientCertificate"] = "PEM text: certificate (chain) and private key", ["ca"] = "PEM text: certificates",
        ["hookHeaders"] = "object of at most 20 names and values", ["callbackApiKey"] = "1 to 256 visible ASCII characters",
        ["statusMap"] = "object: status number → `pendingApproval`, `waiting`, `sent`, `delivered`, `failed`, `rejected`, `expired`, `seen`, `ignore`",
        ["apiKey"] = "text", ["secretKey"] = "text", ["bearer"] = "text", ["hookAuth"] = "object: `username`, `password`, 1 to 200 characters each",
        ["blockedNumbers"] = "list, at most 10,000", ["retry"] = "object, below", ["pull"] = "object, below", ["reconcile"] = "object, below",
        ["upstream"] = "object, below", ["hookTls"] = "object, below", ["connector"] = "object, below", ["shortCode"] = "object: `url`, `cpId`, `privateKey`",
    };

    public static string Write()
    {
        var page = new StringBuilder(ConfigurationTexts.Head);
        Options(page);
        page.Append(ConfigurationTexts.OtherCommands).Append(ConfigurationTexts.Accounts);
        Members(page, "", Make("Directory.AccountSettings"), InputRules.Of(Admin + "AccountInput.cs", "input"));
        page.Append("\n### `retry`\n");
        Members(page, "retry.", RetryPolicy.Default, InputRules.Of(Admin + "AccountInput.cs", "retry"));
        page.Append("\n### `pull`\n");
        Members(page, "pull.", Make("Directory.PullSettings"), InputRules.Of(Admin + "AccountInput.cs", "pull"));
        page.Append("\n### `reconcile`\n");
        Members(page, "reconcile.", Make("Directory.ReconcileSettings"), InputRules.Of(Admin + "AccountInput.cs", "reconcile"));
        page.Append("\n### `upstream`\n");
        Members(page, "upstream.", Make("Directory.UpstreamSettings", "", "", ""), InputRules.Of(Admin + "AccountInput.cs", "upstream"));
        page.Append("\n### `hookTls`\n");
        Members(page, "hookTls.", Make("Directory.HookTlsSettings", null, null), []);
        page.Append(ConfigurationTexts.Sending);
        Members(page, "", Make("Sending.Catalogues.SendingSettings"), InputRules.Of(Admin + "Catalogue/SendingSettingsInput.cs", "input"));
        page.Append(ConfigurationTexts.Vendors);
        Members(page, "", Make("Directory.VendorSettings"), InputRules.Of(Admin + "VendorsApi.cs", "input"));
        page.Append("\n### `connector`\n");
        Members(page, "connector.", Make("Directory.ConnectorSettings", "", "", ""), InputRules.Of(Admin + "ConnectorInput.cs", "connector"));
        return page.ToString();
    }

    /// <summary>The name of a member in a body: <c>SealedApiKey</c> is <c>apiKey</c>.</summary>
    private static string Name(PropertyInfo property)
    {
        if (s_names.TryGetValue(property.Name, out var name))
        {
            return name;
        }

        name = property.Name.StartsWith("Sealed", StringComparison.Ordinal) ? property.Name["Sealed".Length..] : property.Name;
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static void Options(StringBuilder page)
    {
        page.Append("\n| Option | Environment | In a file | Default | Meaning |\n|---|---|---|---|---|\n");
        var hub = new HubOptions();
        foreach (var property in Settings(typeof(HubOptions)))
        {
            Option(page, Kebab(property.Name), property, property.GetValue(hub));
        }

        foreach (var property in Settings(typeof(KeepOptions)))
        {
            Option(page, property.Name == nameof(KeepOptions.MaskTextAfter) ? Kebab(property.Name) : "retain-" + Kebab(property.Name), property, null);
        }
    }

    private static void Option(StringBuilder page, string name, PropertyInfo property, object? value)
    {
        var summary = SettingDocs.Of(property);
        var stated = StatedDefault().Match(summary);
        var fallback = stated.Success ? stated.Groups[1].Value.Trim('`') : value is bool ? "off" : value is null ? "" : Word(value);
        var meaning = StatedDefault().Replace(summary, "").Trim();
        var shown = value is bool && name == "sandbox" ? "`--sandbox`, `--no-sandbox`" : $"`--{name}`";
        page.Append(CultureInfo.InvariantCulture, $"| {shown} | `HOIAM_{name.Replace('-', '_').ToUpperInvariant()}` | `{name}` | {(fallback.Length == 0 ? "–" : fallback == "off" ? fallback : $"`{fallback}`")} | {meaning} |\n");
    }

    private static void Members(StringBuilder page, string prefix, object defaults, Dictionary<string, string> rules)
    {
        page.Append("\n| Member | Accepts | Default | Meaning |\n|---|---|---|---|\n");
        foreach (var property in Settings(defaults.GetType()))
        {
            var name = Name(property);
            var accepts = s_accepts.GetValueOrDefault(prefix + name) ?? s_accepts.GetValueOrDefault(name) ?? rules.GetValueOrDefault(name)
                ?? (property.PropertyType == typeof(bool) ? "true, false" : "");
            var value = s_words.GetValueOrDefault(name) ?? Word(property.GetValue(defaults));
            page.Append(CultureInfo.InvariantCulture, $"| `{name}` | {accepts} | {(value.Length == 0 ? "–" : $"`{value}`")} | {SettingDocs.Of(property)} |\n");
        }
    }

    private static IEnumerable<PropertyInfo> Settings(Type type) => type
        .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
        .Where(p => p.CanRead && p.GetSetMethod() is not null && !s_notSet.Contains(p.Name)).OrderBy(p => p.MetadataToken);

    private static object Make(string type, params object?[] arguments) => Activator.CreateInstance(
        typeof(HubOptions).Assembly.GetType("HoiAm.Server." + type, throwOnError: true)!, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.CreateInstance | BindingFlags.OptionalParamBinding, null, arguments, null)!;

    private static string Word(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        Enum word => Kebab(word.ToString()),
        IDictionary { Count: 0 } => "",
        IEnumerable list => string.Join(", ", list.Cast<object>().Select(Word)),
        IFormattable number when value is int or long => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "",
    };

    private static string Kebab(string name) => Upper().Replace(name, m => (m.Index == 0 ? "" : "-") + m.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Upper();

    [GeneratedRegex(@"Default (`[^`]+`|\w+)\.")]
    private static partial Regex StatedDefault();
}
