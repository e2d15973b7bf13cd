using System.Text.Json;
using System.Text.Json.Nodes;

namespace HoiAm.Fuzz;

/// <summary>Makes inputs out of inputs: blindly by bytes, by words that parsers care about, and by the structure of JSON and of pairs.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> seeds)
{
    private static readonly byte[][] s_words = [.. Words()];

    private static readonly string[] s_values =
    [
        "null", "true", "-1", "0", "1e999", "-0", "99999999999999999999999999", "2147483648", "-2147483649", "0.1", "\"\"", "\" \"", "\"0\"", "\"-5\"", "[]", "{}", "[[]]",
        "\"\\ud800\"", "\"\\u0000\"", "\"84901234567\"", "\"+84 90 123 45 67\"", "\"2026-02-30 25:61:61\"", "\"31/12/9999 23:59:59\"", "\"253402300800000\"", "\"9999999999999\"",
        "\"%257B%2522error%2522%253A-114%257D\"", "\"{\\\"error\\\":-114}____24/04/2024 16:58:01\"", "{\"a\":{\"a\":{\"a\":1}}}", "[1,\"2\",null,{}]",
    ];

    /// <summary>The next input, 64 KiB at most.</summary>
    public byte[] Next()
    {
        var input = seeds[random.Next(seeds.Count)];
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            input = random.Next(10) switch
            {
                < 3 => Structure(input),
                < 5 => Word(input),
                5 => Splice(input),
                6 => Repeat(input),
                _ => Blind(input),
            };
        }

        return input.Length > Fuzzer.LengthMax ? input[..Fuzzer.LengthMax] : input;
    }

    private byte[] Blind(byte[] input)
    {
        var (at, length) = Stretch(input);
        switch (random.Next(4))
        {
            case 0 when input.Length > 0:
                var flipped = (byte[])input.Clone();
                flipped[Math.Min(at, input.Length - 1)] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                return [.. input[..at], .. input[(at + length)..]];
            case 2:
                var noise = new byte[random.Next(1, 9)];
                random.NextBytes(noise);
                return [.. input[..at], .. noise, .. input[at..]];
            default:
                return input[..at];
        }
    }

    private byte[] Word(byte[] input)
    {
        var (at, length) = Stretch(input);
        var to = random.Next(2) == 0 ? at : at + length;
        return [.. input[..at], .. s_words[random.Next(s_words.Length)], .. input[to..]];
    }

    private byte[] Splice(byte[] input)
    {
        var other = seeds[random.Next(seeds.Count)];
        return [.. input[..random.Next(input.Length + 1)], .. other[random.Next(other.Length + 1)..]];
    }

    private byte[] Repeat(byte[] input)
    {
        var (at, length) = Stretch(input);
        var most = Math.Min(random.Next(2) == 0 ? 4 : 4_000, Fuzzer.LengthMax / Math.Max(1, length));
        return [.. input[..at], .. Enumerable.Repeat(input[at..(at + length)], random.Next(1, Math.Max(2, most))).SelectMany(p => p), .. input[(at + length)..]];
    }

    private (int At, int Length) Stretch(byte[] input)
    {
        var at = random.Next(input.Length + 1);
        return (at, random.Next(Math.Min(input.Length - at, random.Next(2) == 0 ? 4 : 200) + 1));
    }

    private byte[] Structure(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        return text.AsSpan().TrimStart() is ['{' or '[', ..] && Json(text) is { } json ? json : Pairs(text);
    }

    // A member is replaced, renamed, dropped, doubled or buried.
    private byte[]? Json(string text)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 64 });
            var objects = Objects(root).ToList();
            if (objects.Count == 0)
            {
                return null;
            }

            var chosen = objects[random.Next(objects.Count)];
            var names = chosen.Select(m => m.Key).ToList();
            var name = names[random.Next(names.Count)];
            switch (random.Next(4))
            {
                case 0:
                    chosen.Remove(name);
                    break;
                case 1:
                    var value = chosen[name]?.DeepClone();
                    chosen.Remove(name);
                    chosen[random.Next(2) == 0 ? name.ToUpperInvariant() : name + "x"] = value;
                    break;
                case 2:
                    // JSON that a tree cannot hold: a name twice.
                    return Encoding.UTF8.GetBytes(root!.ToJsonString().Replace($"\"{name}\":", $"\"{name}\":{s_values[random.Next(s_values.Length)]},\"{name}\":", StringComparison.Ordinal));
                default:
                    chosen[name] = "@@";
                    break;
            }

            return Encoding.UTF8.GetBytes(root!.ToJsonString().Replace("\"@@\"", s_values[random.Next(s_values.Length)], StringComparison.Ordinal));
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node)
    {
        if (node is JsonObject { Count: > 0 } found)
        {
            yield return found;
        }

        IEnumerable<JsonNode?> children = node switch { JsonObject o => o.Select(m => m.Value), JsonArray a => a, _ => [] };
        foreach (var child in children.SelectMany(Objects))
        {
            yield return child;
        }
    }

    private byte[] Pairs(string text)
    {
        var pairs = text.Split('&').ToList();
        var at = random.Next(pairs.Count);
        switch (random.Next(4))
        {
            case 0:
                pairs.RemoveAt(at);
                break;
            case 1:
                pairs.Insert(at, pairs[random.Next(pairs.Count)]);
                break;
            case 2:
                pairs.Reverse();
                break;
            default:
                pairs[at] = pairs[at].Split('=')[0] + "=" + s_values[random.Next(s_values.Length)].Trim('"');
                break;
        }

        return Encoding.UTF8.GetBytes(string.Join('&', pairs));
    }

    private static IEnumerable<byte[]> Words()
    {
        string[] words =
        [
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud83d", "null", "//", "/*", "%", "%2", "%25", "%00", "%C3%28", "%u0041", "+", "&", "&amp;", "=", ";", "?", "#", "____", "____24/04/2024%2016:58:01",
            "<!DOCTYPE a [<!ENTITY b \"c\">]>", "<!ENTITY % p SYSTEM \"file:///etc/passwd\">", "&b;", "<![CDATA[", "]]>", "<?xml version=\"1.0\" encoding=\"utf-16\"?>", "<a>", "</a>", "<RQST>", "xmlns:x=\"u\"",
            "\r\n", "\n\n", "--boundary", "Content-Disposition: form-data; name=\"a\"", "http://", "@", "[::1]", "[::ffff:169.254.169.254]", "0x7f.1", "2130706433", "%2f", "..", "xn--", "\u2024", "\u0130",
            "0", "-0", "1e400", "18446744073709551616", "0.0000000000000000001", "NaN", "Infinity", "84", "+84", "0084", "0901234567", "31215806834323092", "2026-01-31T08:00:00Z", "31/01/2026 08:00", "20260131080000", "1769846400000",
            "Fri, 02 Jan 2026 00:01:00 GMT", "\uFEFF", "\u2028", "\uFFFD", "😀", "ế", "e\u0302\u0301", "\0", "\u202E",
        ];
        foreach (var word in words)
        {
            yield return Encoding.UTF8.GetBytes(word);
        }

        // Depth, length and bytes that are no UTF-8.
        yield return Enumerable.Repeat((byte)'[', 20_000).ToArray();
        yield return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 5_000)));
        yield return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("<a>", 10_000)));
        yield return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("%25", 10_000)));
        yield return Enumerable.Repeat((byte)'9', 10_000).ToArray();
        yield return Enumerable.Repeat((byte)' ', 10_000).ToArray();
        yield return Enumerable.Repeat((byte)'\\', 10_000).ToArray();
        yield return Enumerable.Repeat((byte)'&', 20_000).ToArray();
        yield return [0xC3, 0x28];
        yield return [0xED, 0xA0, 0x80];
        yield return [0xF8, 0x88, 0x80, 0x80, 0x80];
        yield return [0xEF, 0xBB, 0xBF];
        yield return [0xFF, 0xFE, 0x00];
    }
}
