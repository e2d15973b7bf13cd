using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>One row of a bulk answer.</summary>
/// <param name="Phone">As the request had it.</param>
/// <param name="SmsId">The row's id when it was accepted, else null.</param>
/// <param name="Result">Why not, else null.</param>
public sealed record BulkRowAnswer(string Phone, string? SmsId, EsmsResult? Result);

/// <summary>
/// Writes the answers with the documented names, order, types and misspellings (protocol C.3, D). All are HTTP 200,
/// <c>application/json; charset=utf-8</c>.
/// </summary>
public static partial class EsmsResponses
{
    /// <summary>The media type of every answer.</summary>
    public const string ContentType = "application/json; charset=utf-8";

    /// <summary>An undecodable body, exactly as the pages show it (protocol G 42).</summary>
    public static ReadOnlySpan<byte> InvalidRequest => "{\"error\":\"Invalid request\"}"u8;

    /// <summary>Which member carries the result code of a call: the documentation has three (protocol G 43).</summary>
    public static string ResultMember(EsmsOperation operation) => operation switch
    {
        EsmsOperation.GetSendStatus or EsmsOperation.GetBalance => "CodeResponse",
        EsmsOperation.GetZnsTemplateInfo => "Error",
        _ => "CodeResult",
    };

    /// <summary>A send that was accepted. Calls leave CountRegenerate out, as the voice pages do.</summary>
    public static byte[] Accepted(EsmsOperation operation, string smsId) => EsmsJson.Write(json =>
    {
        WriteHead(json, operation, "100");
        json.WriteString("SMSID", smsId);
    });

    /// <summary>
    /// Any refusal, in the form of its call: the member that bears the code, CountRegenerate on sends, the full stop of G 44, and what
    /// some calls add.
    /// </summary>
    /// <param name="operation">The call.</param>
    /// <param name="result">Why.</param>
    /// <param name="smsId">146 still carries an SMSID; GetSendStatus echoes the id that was asked for.</param>
    /// <param name="sendStatus">124: the state of the first message, 0 to 7.</param>
    public static byte[] Refused(EsmsOperation operation, EsmsResult result, string? smsId = null, int? sendStatus = null) =>
        EsmsJson.Write(json =>
        {
            if (operation == EsmsOperation.GetZnsTemplateInfo)
            {
                json.WriteNull("Data");
                json.WriteNumber("Error", int.Parse(result.Code, CultureInfo.InvariantCulture));
                json.WriteString("Message", result.Text);
                return;
            }

            if (operation == EsmsOperation.GetBalance)
            {
                json.WriteNumber("Balance", 0);
            }

            // GetListBrandname answers CodeResponse on success and CodeResult on failure; ResultMember gives the latter.
            WriteHead(json, operation, result.Code);

            // GetSendStatus has no message for any failure: the documented one shows the code and the id alone.
            if (operation != EsmsOperation.GetSendStatus)
            {
                json.WriteString("ErrorMessage", result.Text + FullStop(operation, result));
            }

            if (smsId is not null)
            {
                json.WriteString("SMSID", smsId);
            }

            if (sendStatus is { } status)
            {
                json.WriteString("SendStatus", status.ToString(CultureInfo.InvariantCulture));
            }
        });

    /// <summary>Send_zns_bulk_v4_post_json: a result per row, in the order of the request.</summary>
    public static byte[] Bulk(ImmutableArray<BulkRowAnswer> rows) => EsmsJson.Write(json =>
    {
        json.WriteString("CodeResult", "100");
        json.WriteString("Message", "Sucess");
        json.WriteNumber("TotalFail", rows.Count(r => r.Result is not null));
        json.WriteNumber("TotalSuccess", rows.Count(r => r.Result is null));
        json.WriteStartArray("detail");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("CodeResult", row.Result?.Code ?? "100");
            json.WriteString("Phone", row.Phone);
            json.WriteString(row.Result is null ? "SMSID" : "ErrorMessage", row.Result?.Text ?? row.SmsId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>CheckCodeGen_V4_get: the phone and the outcome in one text.</summary>
    public static byte[] CodeCheck(bool valid, string phone, string code) => EsmsJson.Write(json =>
    {
        WriteHead(json, EsmsOperation.CheckOtp, valid ? "100" : "117");
        json.WriteString("ErrorMessage", valid ? $"{phone}, Content: Success!" : $"{phone}, Content: {code} Code Invalid");
    });

    /// <summary>The three Summary calls.</summary>
    public static byte[] Summary(decimal totalPrice, int totalReceiver) => EsmsJson.Write(json =>
    {
        json.WriteString("CodeResult", "100");
        json.WriteString("ErrorMessage", "success");
        json.WriteNumber("TotalPrice", Scaled(totalPrice, 0));
        json.WriteNumber("TotalReceiver", totalReceiver);
    });

    /// <summary>The three registration calls: taken in, the outcome comes to the CallbackUrl.</summary>
    public static byte[] Registered(string text, long previewId) => EsmsJson.Write(json =>
    {
        json.WriteString("CodeResult", "100");
        json.WriteString("ErrorMessage", text);
        json.WriteNumber("ServicePreviewId", previewId);
    });

    /// <summary>The number with at least that many decimals, and no more than it needs beyond them: 850.0000, 330.0, 850.</summary>
    internal static decimal Scaled(decimal value, int decimals)
    {
        // Dividing by one with 28 zeros drops trailing zeros; adding 0.00… puts the wanted ones back.
        var bare = value / 1.0000000000000000000000000000m;
        return bare + new decimal(0, 0, 0, false, (byte)decimals);
    }

    private static void WriteHead(Utf8JsonWriter json, EsmsOperation operation, string code)
    {
        json.WriteString(ResultMember(operation), code);
        if (HasCountRegenerate(operation))
        {
            json.WriteNumber("CountRegenerate", 0);
        }
    }

    private static bool HasCountRegenerate(EsmsOperation operation) =>
        operation is >= EsmsOperation.SendJson and <= EsmsOperation.CheckOtp;

    // Protocol G 44: three pages end the text of 101 with a full stop.
    private static string FullStop(EsmsOperation operation, EsmsResult result) =>
        result.Code == "101"
        && (operation is EsmsOperation.GetSentData or EsmsOperation.GetOas or EsmsOperation.SummarySms) ? "." : "";
}
