using System.Globalization;
using System.Text.Json;

namespace HoiAm.Server.Json;

/// <summary>
/// Reads a JSON object that a person wrote: typed, with ranges, collecting every fault instead of stopping at the first. Each member that
/// is asked for becomes known; what is left over is refused, so that a misspelt setting is never silently ignored.
/// </summary>
internal sealed class JsonInput
{
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<string>> _faults;
    private readonly string _prefix;

    public JsonInput(JsonElement element, string prefix = "", Dictionary<string, List<string>>? faults = null)
    {
        _prefix = prefix;
        _faults = faults ?? [];
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fault("", "must be a JSON object");
            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            // Two programs may take two different ones of them; an administrator who wrote both meant neither.
            if (!_members.TryAdd(member.Name, member.Value))
            {
                _known.Add(member.Name);
                Fault(member.Name, "is given more than once");
            }
        }
    }

    /// <summary>Every fault found so far, by member.</summary>
    public IReadOnlyDictionary<string, List<string>> Faults => _faults;

    public bool IsValid => _faults.Count == 0;

    /// <summary>True when the member is there, also as null.</summary>
    public bool Has(string name)
    {
        _known.Add(name);
        return _members.ContainsKey(name);
    }

    /// <summary>True when the member is there and null: the caller wants it cleared.</summary>
    public bool IsNull(string name) => Has(name) && _members[name].ValueKind == JsonValueKind.Null;

    /// <summary>Notes a fault of a member.</summary>
    public void Fault(string name, string what)
    {
        var key = _prefix.Length == 0 ? (name.Length == 0 ? "body" : name) : name.Length == 0 ? _prefix.TrimEnd('.') : _prefix + name;
        if (!_faults.TryGetValue(key, out var list))
        {
            _faults[key] = list = [];
        }

        list.Add(what);
    }

    /// <summary>A text, or null when absent, null or faulty.</summary>
    public string? Text(string name, int min, int max, bool required = false)
    {
        if (!TryGet(name, required, out var value))
        {
            return null;
        }

        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
        if (text is null)
        {
            Fault(name, "must be a text");
            return null;
        }

        if (text.Length < min || text.Length > max)
        {
            Fault(name, min == max
                ? string.Create(CultureInfo.InvariantCulture, $"must have {min} characters, has {text.Length}")
                : string.Create(CultureInfo.InvariantCulture, $"must have {min} to {max} characters, has {text.Length}"));
            return null;
        }

        foreach (var c in text)
        {
            if (char.IsControl(c))
            {
                Fault(name, "must not hold control characters");
                return null;
            }
        }

        return text;
    }

    /// <summary>A whole number in a range.</summary>
    public int? Number(string name, int min, int max, bool required = false)
    {
        if (!TryGet(name, required, out var value))
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;
        if (text is null || !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < min || number > max)
        {
            Fault(name, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"));
            return null;
        }

        return number;
    }

    /// <summary>An amount of money in VND, 0 to 1,000,000,000,000, at most four fraction digits.</summary>
    public decimal? Money(string name)
    {
        if (!TryGet(name, false, out var value))
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;
        if (text is null
            || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var amount)
            || amount is < 0 or > 1_000_000_000_000m
            || decimal.Round(amount, 4) != amount)
        {
            Fault(name, "must be an amount in VND from 0 to 1000000000000 with at most four fraction digits");
            return null;
        }

        return amount;
    }

    /// <summary>True or false.</summary>
    public bool? Flag(string name)
    {
        if (!TryGet(name, false, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Fault(name, "must be true or false");
        return null;
    }

    /// <summary>A length of time, <c>hh:mm:ss</c> or <c>d.hh:mm:ss.fff</c>.</summary>
    public TimeSpan? Duration(string name, TimeSpan min, TimeSpan max)
    {
        if (!TryGet(name, false, out var value))
        {
            return null;
        }

        if (Duration(value) is { } duration && duration >= min && duration <= max)
        {
            return duration;
        }

        Fault(name, string.Create(CultureInfo.InvariantCulture, $"must be a length of time like \"00:00:10\", from {min:c} to {max:c}"));
        return null;
    }

    /// <summary>Reads a length of time; null when it is none.</summary>
    public static TimeSpan? Duration(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
        && value.GetString() is { } text && text.Contains(':', StringComparison.Ordinal)
            ? ManyHours(text) ?? (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) ? duration : null)
            : null;

    // "72:00:00" is three days to people; the framework takes hours beyond 23 for days, or for nothing.
    private static TimeSpan? ManyHours(string text) =>
        text.Split(':') is [{ Length: 2 or 3 } hours, { Length: 2 } minutes, { Length: 2 } seconds]
        && int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var h) && h > 23
        && int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var m) && m < 60
        && int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var s) && s < 60
            ? new TimeSpan(h, m, s)
            : null;

    /// <summary>A moment in RFC 3339 form.</summary>
    public DateTimeOffset? Moment(string name)
    {
        if (!TryGet(name, false, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            return moment.ToUniversalTime();
        }

        Fault(name, "must be a time like \"2026-01-31T08:00:00Z\"");
        return null;
    }

    /// <summary>One of a set of words.</summary>
    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> choices, bool required = false)
        where T : struct
    {
        if (!TryGet(name, required, out var value))
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;
        if (text is not null && choices.TryGetValue(text, out var choice))
        {
            return choice;
        }

        Fault(name, "must be one of " + string.Join(", ", choices.Keys));
        return null;
    }

    /// <summary>The element of a member, when it is there and not null.</summary>
    public JsonElement? Element(string name) => TryGet(name, false, out var value) ? value : null;

    /// <summary>An object inside this one; its faults are noted here.</summary>
    public JsonInput? Object(string name) => TryGet(name, false, out var value) ? new JsonInput(value, _prefix + name + ".", _faults) : null;

    /// <summary>Refuses every member that nobody asked for.</summary>
    public void RefuseUnknown()
    {
        foreach (var name in _members.Keys)
        {
            if (!_known.Contains(name))
            {
                Fault(name, "is not known; accepted are " + string.Join(", ", _known));
            }
        }
    }

    private bool TryGet(string name, bool required, out JsonElement value)
    {
        _known.Add(name);
        if (_members.TryGetValue(name, out value) && value.ValueKind != JsonValueKind.Null)
        {
            return true;
        }

        if (required)
        {
            Fault(name, "is required");
        }

        return false;
    }
}
