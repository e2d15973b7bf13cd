using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using HoiAm.Server.Hosting;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests.Configuration;

/// <summary>
/// What the readers of the admin API's bodies accept, read out of their own code: <c>input.Number("maxConcurrency", 1, 256)</c> is the only
/// place where that range stands, so the page takes it from there.
/// </summary>
internal static partial class InputRules
{
    /// <summary>What a reader accepts for each member of one object, by the name of the variable that holds the object.</summary>
    public static Dictionary<string, string> Of(string file, string variable)
    {
        var source = RepositoryFiles.Read(file);
        var type = typeof(HubOptions).Assembly.GetTypes().First(t => t.Name == Path.GetFileNameWithoutExtension(file));
        var rules = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match call in Call().Matches(source))
        {
            if (call.Groups["variable"].Value == variable)
            {
                rules[call.Groups["name"].Value] = Words(call.Groups["kind"].Value, Split(call.Groups["rest"].Value), type);
            }
        }

        foreach (Match hook in Hook().Matches(source).Where(m => m.Groups["variable"].Value == variable))
        {
            rules[hook.Groups["name"].Value] = "http or https URL";
        }

        foreach (Match list in List().Matches(source).Where(m => m.Groups["variable"].Value == variable))
        {
            rules[list.Groups["name"].Value] = $"list, at most {Number(list.Groups["max"].Value, type)}";
        }

        return rules;
    }

    private static string Words(string kind, string[] rest, Type type) => kind switch
    {
        "Flag" => "true, false",
        "Number" => $"{Number(rest[0], type)} to {Number(rest[1], type)}",
        "Text" => $"text, {Number(rest[0], type)} to {Number(rest[1], type)} characters",
        "Duration" => $"`{Length(rest[0])}` to `{Length(rest[1])}`",
        "Choice" => Choices(rest[0], type),
        _ => "",
    };

    private static string Choices(string expression, Type type)
    {
        var (owner, name) = Owner(expression, type);
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var value = owner.GetField(name, Any)?.GetValue(null) ?? owner.GetProperty(name, Any)!.GetValue(null);
        return string.Join(", ", ((IEnumerable)value!).Cast<object>().Select(pair => $"`{pair.GetType().GetProperty("Key")!.GetValue(pair)}`"));
    }

    private static string Number(string expression, Type type)
    {
        if (expression == "int.MaxValue")
        {
            return int.MaxValue.ToString("#,0", CultureInfo.InvariantCulture);
        }

        if (int.TryParse(expression.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number.ToString("#,0", CultureInfo.InvariantCulture);
        }

        var (owner, name) = Owner(expression, type);
        return ((int)owner.GetField(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(null)!).ToString("#,0", CultureInfo.InvariantCulture);
    }

    private static (Type Owner, string Name) Owner(string expression, Type type)
    {
        var dot = expression.LastIndexOf('.');
        return dot < 0 ? (type, expression) : (Hub.SelectMany(a => a.GetTypes()).First(t => t.Name == expression[..dot].Split('.')[^1]), expression[(dot + 1)..]);
    }

    private static IEnumerable<Assembly> Hub => ((string[])["HoiAm.Server", "HoiAm.Protocols", "HoiAm.Ledger"]).Select(Assembly.Load);

    private static string Length(string expression)
    {
        var parts = TimeSpanCall().Match(expression);
        var count = double.Parse(parts.Groups[2].Value, CultureInfo.InvariantCulture);
        return (parts.Groups[1].Value switch
        {
            "Milliseconds" => TimeSpan.FromMilliseconds(count),
            "Seconds" => TimeSpan.FromSeconds(count),
            "Minutes" => TimeSpan.FromMinutes(count),
            "Hours" => TimeSpan.FromHours(count),
            _ => TimeSpan.FromDays(count),
        }).ToString(count < 1_000 && parts.Groups[1].Value == "Milliseconds" ? @"hh\:mm\:ss\.fff" : "c", CultureInfo.InvariantCulture);
    }

    private static string[] Split(string rest) => rest.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("""(?<variable>\w+)\.(?<kind>Number|Flag|Text|Choice|Duration|Object|Element)\("(?<name>\w+)"(?:, (?<rest>(?:[^()]|\([^()]*\))*))?\)""")]
    private static partial Regex Call();

    [GeneratedRegex("""(?:ReadHook|Sealed|ReadHeaderValue|Pem)\((?<variable>\w+), "(?<name>baseUrl|voiceBaseUrl|callbackUrl|url)""")]
    private static partial Regex Hook();

    [GeneratedRegex("""InputLists\.(?:Texts|Objects)\(\s*(?<variable>\w+), "(?<name>\w+)", (?<max>\w+)""")]
    private static partial Regex List();

    [GeneratedRegex(@"TimeSpan\.From(\w+)\((\d+)\)")]
    private static partial Regex TimeSpanCall();
}
