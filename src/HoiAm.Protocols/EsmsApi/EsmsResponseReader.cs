using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>
/// Reads the answers for a client (protocol C.3, D): the result code under any of its names, names in any casing, numbers as numbers or as
/// text. Never throws; a body that is no answer comes back with <see cref="EsmsAnswer.Parsed"/> false. The counterpart of
/// <see cref="EsmsResponses"/>.
/// </summary>
public static partial class EsmsResponseReader
{
    private const int DepthMax = 32;

    /// <summary>Any answer as far as all have it in common: a send, a code check, a refusal.</summary>
    public static EsmsAnswer Read(ReadOnlySpan<byte> body) => Read(body, static _ => s_nothing);

    /// <summary>Send_zns_bulk_v4_post_json.</summary>
    public static EsmsAnswer<BulkAnswer> Bulk(ReadOnlySpan<byte> body) => Read(body, static root =>
    {
        if (!root.Has("detail"))
        {
            return null;
        }

        var rows = root.Objects("detail").Select(row =>
        {
            var code = row.Text("CodeResult");
            return new BulkRowAnswer(
                row.Text("Phone"), code == "100" ? row.Text("SMSID") : null, code == "100" ? null : new EsmsResult(code, row.Text("ErrorMessage")));
        }).ToImmutableArray();
        return new BulkAnswer(
            root.Has("TotalFail") ? root.Integer("TotalFail") : rows.Count(r => r.Result is not null),
            root.Has("TotalSuccess") ? root.Integer("TotalSuccess") : rows.Count(r => r.Result is null),
            rows);
    });

    /// <summary>The three Summary calls.</summary>
    public static EsmsAnswer<SummaryAnswer> Summary(ReadOnlySpan<byte> body) => Read(body, static root =>
        root.Has("TotalPrice") ? new SummaryAnswer(root.Amount("TotalPrice"), root.Integer("TotalReceiver")) : null);

    /// <summary>The three registration calls.</summary>
    public static EsmsAnswer<RegistrationAnswer> Registration(ReadOnlySpan<byte> body) => Read(body, static root =>
        new RegistrationAnswer(root.Long("ServicePreviewId")));

    private static readonly object s_nothing = new();

    private static EsmsAnswer<T> Read<T>(ReadOnlySpan<byte> body, Func<AnswerNode, T?> content)
        where T : class
    {
        body = body is [0xEF, 0xBB, 0xBF, ..] ? body[3..] : body;
        if (body.Trim(" \t\r\n"u8).IsEmpty)
        {
            return Unreadable<T>("The body is empty.");
        }

        if (!System.Text.Unicode.Utf8.IsValid(body))
        {
            return Unreadable<T>("The body is not valid UTF-8.");
        }

        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = DepthMax });
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Typed(new AnswerNode(document.RootElement), content)
                : Unreadable<T>("The body is not a JSON object.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what an escaped half of a surrogate pair gives.
            return Unreadable<T>("The body is not valid JSON.");
        }
    }

    private static EsmsAnswer<T> Typed<T>(AnswerNode root, Func<AnswerNode, T?> content)
        where T : class
    {
        var code = Code(root);
        if (code is null)
        {
            return Unreadable<T>("The body has no result code.");
        }

        var message = root.Text("ErrorMessage");
        var answer = new EsmsAnswer<T>
        {
            Parsed = true,
            Code = code,
            Message = message.Length > 0 ? message : root.Text(code == "99" && !root.Has("Message") ? "error" : "Message"),
            SmsId = root.Text("SMSID"),
            SendStatus = code == "124" && root.Has("SendStatus") ? root.Integer("SendStatus") : null,
        };
        return answer.IsSuccess ? answer with { Value = content(root) } : answer;
    }

    // Three names, and a fourth form: {"error":"Invalid request"}, which the pages show under a tab titled 99 (protocol G 42).
    private static string? Code(AnswerNode root)
    {
        foreach (var name in (ReadOnlySpan<string>)["CodeResult", "CodeResponse", "Code"])
        {
            if (root.Text(name) is { Length: > 0 } code)
            {
                return code;
            }
        }

        var error = root.Text("Error");
        return error.Length == 0 ? null : int.TryParse(error, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? error : "99";
    }

    private static EsmsAnswer<T> Unreadable<T>(string why)
        where T : class => new() { Parsed = false, Message = why };
}
