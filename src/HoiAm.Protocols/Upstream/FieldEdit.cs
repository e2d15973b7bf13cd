using HoiAm.Protocols.EsmsApi;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.Upstream;

/// <summary>Which fields of a call get which values, and which of them were seen already, in query and body together.</summary>
internal sealed class FieldEdit(UpstreamChanges changes, EsmsOperation operation)
{
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>True when rows or channels have fields of their own in <c>Data</c>.</summary>
    public bool HasParts => operation is EsmsOperation.SendZnsBulk or EsmsOperation.SendMultiChannel;

    /// <summary>True when each part names a hook of its own.</summary>
    private bool HooksInParts => operation == EsmsOperation.SendMultiChannel;

    public bool Saw(string name) => _seen.Contains(name);

    /// <summary>The value for a field of the call itself; null leaves it. <paramref name="isEmpty"/>: the caller gave it no value.</summary>
    public string? Replace(string name, bool isEmpty)
    {
        name = name.Trim();
        _seen.Add(name);
        return Is(name, "ApiKey") ? changes.ApiKey
            : Is(name, "SecretKey") ? changes.SecretKey
            : Is(name, "CallbackUrl") ? changes.CallbackUrl
            : Is(name, "RequestId") && isEmpty && !HasParts ? changes.RequestIdAt(0)
            : null;
    }

    /// <summary>The value for a field of a part; null leaves it.</summary>
    public string? ReplaceInPart(int part, string name, bool isEmpty)
    {
        name = name.Trim();
        return Is(name, "CallbackUrl") ? changes.CallbackUrl
            : Is(name, "RequestId") && isEmpty ? changes.RequestIdAt(part)
            : null;
    }

    /// <summary>Fields that the call needs and nobody wrote.</summary>
    public IEnumerable<(string Name, string Value)> Missing()
    {
        if (!Saw("ApiKey") && operation != EsmsOperation.GetBrandnames)
        {
            yield return ("ApiKey", changes.ApiKey);
        }

        if (!Saw("SecretKey") && operation != EsmsOperation.GetBrandnames)
        {
            yield return ("SecretKey", changes.SecretKey);
        }

        if (changes.CallbackUrl is { } hook && !HooksInParts && !Saw("CallbackUrl"))
        {
            yield return ("CallbackUrl", hook);
        }

        if (!HasParts && changes.RequestIdAt(0) is { } id && !Saw("RequestId"))
        {
            yield return ("RequestId", id);
        }
    }

    /// <summary>The same for a part whose names are given.</summary>
    public IEnumerable<(string Name, string Value)> MissingInPart(int part, IReadOnlySet<string> names)
    {
        if (HooksInParts && changes.CallbackUrl is { } hook && !names.Contains("CallbackUrl"))
        {
            yield return ("CallbackUrl", hook);
        }

        if (changes.RequestIdAt(part) is { } id && !names.Contains("RequestId"))
        {
            yield return ("RequestId", id);
        }
    }

    /// <summary>Rewrites <c>a=1&amp;b=2</c>; pairs that stay keep their characters, empty segments go.</summary>
    public string Pairs(string text)
    {
        var kept = new List<string>();
        var pairs = new QueryPairs(text);
        while (pairs.MoveNext())
        {
            var name = PercentCoding.Decode(pairs.Name, plusIsBlank: true);
            var value = pairs.Value;
            kept.Add(Replace(name, IsBlank(value)) is { } put
                ? $"{pairs.Name}={Uri.EscapeDataString(put)}"
                : value.IsEmpty ? $"{pairs.Name}=" : $"{pairs.Name}={value}");
        }

        return string.Join('&', kept);
    }

    /// <summary>Adds to a query or form what is missing.</summary>
    public string AddMissing(string pairs)
    {
        var added = string.Join('&', Missing().Select(m => m.Name + "=" + Uri.EscapeDataString(m.Value)));
        return added.Length == 0 ? pairs : pairs.Length == 0 ? added : pairs + "&" + added;
    }

    private static bool IsBlank(ReadOnlySpan<char> value) => string.IsNullOrWhiteSpace(PercentCoding.Decode(value, plusIsBlank: true));

    private static bool Is(string name, string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);
}
