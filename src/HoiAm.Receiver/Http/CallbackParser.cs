using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Receiver.Storing;
using Microsoft.AspNetCore.WebUtilities;

namespace HoiAm.Receiver.Http;

/// <summary>Understands what was kept: a query, a form or flat JSON, names in any casing. Has no state, so a replay reads as the first time.</summary>
internal static class CallbackParser
{
    /// <summary>Null when the body is none of the forms.</summary>
    public static EsmsCallbackReading? Parse(KeptCallback kept)
    {
        if (kept.ContentType is not { } type)
        {
            return EsmsCallbackReader.Read(kept.Query);
        }

        return IsJson(type, kept.Body.Span)
            ? ReadJson(kept.Body) is { } pairs ? EsmsCallbackReader.Read(pairs) : null
            : EsmsCallbackReader.Read(Encoding.UTF8.GetString(kept.Body.Span));
    }

    /// <summary>What the callback is the same as: its decoded names and values, whatever their order, casing and form.</summary>
    public static string ContentId(KeptCallback kept)
    {
        var pairs = Pairs(kept).Select(p => $"{p.Key.ToLowerInvariant()}={p.Value}").Order(StringComparer.Ordinal);
        return "sha256-" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', pairs)))).ToLowerInvariant();
    }

    /// <summary>The body speaks for itself: a content type may be missing or wrong.</summary>
    public static bool IsJson(string contentType, ReadOnlySpan<byte> body)
    {
        var text = body.TrimStart(" \t\r\n\uFEFF"u8);
        return text is [(byte)'{', ..] || (contentType.Contains("json", StringComparison.OrdinalIgnoreCase) && text is not [(byte)'S' or (byte)'s', ..]);
    }

    private static List<KeyValuePair<string, string>> Pairs(KeptCallback kept)
    {
        if (kept.ContentType is { } type && IsJson(type, kept.Body.Span))
        {
            return ReadJson(kept.Body) ?? [];
        }

        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(kept.ContentType is null ? kept.Query : Encoding.UTF8.GetString(kept.Body.Span)))
        {
            pairs.Add(new(pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        }

        return pairs;
    }

    private static List<KeyValuePair<string, string>>? ReadJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            var text = body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 16 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            // An error_info that is JSON in its own right, not JSON in a text, is read by its characters.
            return
            [
                .. document.RootElement.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, m.Value.ValueKind switch
                {
                    JsonValueKind.String => m.Value.GetString()!,
                    JsonValueKind.Null => "",
                    _ => m.Value.GetRawText(),
                })),
            ];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what an escaped half of a surrogate pair gives.
            return null;
        }
    }
}
