using System.Text.Json;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>The counters of one message as the status calls show them.</summary>
/// <param name="SmsId">SMSID.</param>
/// <param name="SendStatus">1 to 7.</param>
/// <param name="SendSuccess">Receivers reached.</param>
/// <param name="SendFailed">Receivers failed.</param>
/// <param name="TotalPrice">VND.</param>
/// <param name="TotalReceiver">Receivers in all.</param>
/// <param name="TotalSent">Receivers handed over.</param>
public sealed record MessageCounters(
    string SmsId, int SendStatus, int SendSuccess, int SendFailed, decimal TotalPrice, int TotalReceiver, int TotalSent);

/// <summary>One receiver in GetSmsReceiverStatus_get.</summary>
/// <param name="Phone">Local form.</param>
/// <param name="TelcoId">1 to 7, 0 when unknown; written as a name.</param>
/// <param name="IsSent">Handed over.</param>
/// <param name="Delivered">Reached.</param>
/// <param name="Retry">How often it was tried again.</param>
public sealed record ReceiverAnswer(string Phone, int TelcoId, bool IsSent, bool Delivered, int Retry);

/// <summary>One row of GetSmsSentData_V2.</summary>
/// <param name="Campaign">campaignid of the send.</param>
/// <param name="Content">Text.</param>
/// <param name="Phone">Receiver.</param>
/// <param name="ReferenceId">SMSID.</param>
/// <param name="SellPrice">VND of this receiver.</param>
/// <param name="SendResult">1 reached, 0 failed, 2 unknown.</param>
/// <param name="SendStatus">0 to 7.</param>
/// <param name="SentTime">When it was sent.</param>
/// <param name="RowId">Number of the row (SmsId on the wire).</param>
/// <param name="SmsType">Kind.</param>
public sealed record SentDataRow(
    string Campaign, string Content, string Phone, string ReferenceId, decimal SellPrice, int SendResult, int SendStatus, DateTimeOffset SentTime, long RowId, int SmsType);

/// <summary>The message part of QueryZnsStatus.</summary>
/// <param name="Counters">Counters of the message.</param>
/// <param name="ErrorInfo">"0" reached, "1001" not online in time, a Zalo code, or null when not sent yet.</param>
/// <param name="IsFinal">FinalStatus 1 or 0.</param>
/// <param name="ZaloMessageId">ZaloMsgId.</param>
public sealed record ZnsStatusAnswer(MessageCounters Counters, string? ErrorInfo, bool IsFinal, string ZaloMessageId);

public static partial class EsmsResponses
{
    private static readonly string[] s_networkNames = ["", "Viettel", "Mobifone", "Vinaphone", "Vietnamobile", "Gtel", "Itel", "Reddi"];

    /// <summary>GetSendStatus. TotalPrice is a number with four decimals.</summary>
    public static byte[] SendStatus(MessageCounters counters) => EsmsJson.Write(json =>
    {
        json.WriteString("CodeResponse", "100");
        WriteCounters(json, counters, 4);
    });

    /// <summary>GetSmsReceiverStatus_get.</summary>
    public static byte[] ReceiverStatus(IEnumerable<ReceiverAnswer> receivers) => EsmsJson.Write(json =>
    {
        json.WriteString("CodeResult", "100");
        json.WriteStartArray("ReceiverList");
        foreach (var receiver in receivers)
        {
            json.WriteStartObject();
            json.WriteBoolean("IsSent", receiver.IsSent);
            json.WriteString("NetworkName", NetworkName(receiver.TelcoId));
            json.WriteString("Phone", receiver.Phone);
            json.WriteNumber("Retry", receiver.Retry);
            json.WriteBoolean("SentResult", receiver.Delivered);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>GetSmsSentData_V2. Valid JSON, unlike the documented sample.</summary>
    /// <param name="countTotal">Rows in all pages.</param>
    /// <param name="rows">Rows of this page.</param>
    public static byte[] SentData(long countTotal, IEnumerable<SentDataRow> rows) => EsmsJson.Write(json =>
    {
        json.WriteString("CodeResult", "100");
        json.WriteNumber("CountTotal", countTotal);
        json.WriteStartArray("SentData");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("Campaign", row.Campaign);
            json.WriteString("Content", row.Content);
            json.WriteString("Phone", row.Phone);
            json.WriteString("ReferenceId", row.ReferenceId);
            json.WriteNumber("SellPrice", Scaled(row.SellPrice, 1));
            json.WriteNumber("SendResult", row.SendResult);
            json.WriteNumber("SendStatus", row.SendStatus);
            json.WriteString("SentTime", WcfDate(row.SentTime));
            json.WriteNumber("SmsId", row.RowId);
            json.WriteNumber("SmsType", row.SmsType);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>QueryZnsStatus.</summary>
    public static byte[] ZnsStatus(ZnsStatusAnswer answer) => EsmsJson.Write(json =>
    {
        json.WriteString("CodeResult", "100");
        json.WriteStartObject("Data");
        json.WriteString("ErrorInfo", answer.ErrorInfo);
        json.WriteString("FinalStatus", answer.IsFinal ? "1" : "0");
        WriteCounters(json, answer.Counters, 1);
        json.WriteString("ZaloMsgId", answer.ZaloMessageId);
        json.WriteEndObject();
    });

    /// <summary>GetZaloMessageStatus. The text of success ends with a blank, as documented.</summary>
    /// <param name="deliveredAt">When it reached the phone; null when it did not.</param>
    /// <param name="status">−1 unknown, 0 at Zalo's server, 1 on the phone.</param>
    public static byte[] ZaloMessageStatus(DateTimeOffset? deliveredAt, int status) => EsmsJson.Write(json =>
    {
        json.WriteString("CodeResult", "100");
        json.WriteStartObject("Data");
        json.WriteString("delivery_time", deliveredAt?.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString(
            "message",
            status switch
            {
                1 => "The message was delivered to the user's phone",
                0 => "The message is at Zalo's server and has not reached the user's phone",
                _ => "The message is unknown",
            });
        json.WriteNumber("status", status);
        json.WriteEndObject();
        json.WriteString("ErrorMessage", "success. ");
    });

    /// <summary>The voice host's GetSendStatus.</summary>
    /// <param name="referenceId">As asked.</param>
    /// <param name="durationSeconds">CallDuration.</param>
    /// <param name="callStatus">ANSWERED, NOANSWER or "".</param>
    /// <param name="ivr">Key pressed.</param>
    /// <param name="sendStatus">2, 5 or 7.</param>
    /// <param name="success">SentResult 1 or 0.</param>
    public static byte[] VoiceStatus(string referenceId, int durationSeconds, string callStatus, string ivr, int sendStatus, bool success) =>
        EsmsJson.Write(json =>
        {
            json.WriteNumber("CallDuration", durationSeconds);

            // The callback writes "NO ANSWER", this call "NOANSWER" (protocol A.8).
            json.WriteString("CallStatus", callStatus.Replace(" ", "", StringComparison.Ordinal));
            json.WriteString("CodeResponse", "100");
            json.WriteString("Ivr", ivr);
            json.WriteString("ReferenceId", referenceId);
            json.WriteNumber("SendStatus", sendStatus);
            json.WriteNumber("SentResult", success ? 1 : 0);
        });

    /// <summary>GetBalance_json. Whole dong, rounded down.</summary>
    public static byte[] Balance(decimal balance, long userId) => EsmsJson.Write(json =>
    {
        json.WriteNumber("Balance", decimal.Truncate(balance));
        json.WriteString("CodeResponse", "100");
        json.WriteNumber("UserID", userId);
    });

    /// <summary>GetListBrandname: CodeResponse on success (and CodeResult on failure).</summary>
    public static byte[] Brandnames(IEnumerable<(string Name, int Type)> names) => EsmsJson.Write(json =>
    {
        json.WriteString("CodeResponse", "100");
        json.WriteStartArray("ListBrandName");
        foreach (var (name, type) in names)
        {
            json.WriteStartObject();
            json.WriteString("Brandname", name);
            json.WriteNumber("Type", type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>How the status calls name a carrier; "" when unknown.</summary>
    public static string NetworkName(int telcoId) => telcoId is > 0 and < 8 ? s_networkNames[telcoId] : "";

    /// <summary>The old .NET form of a time: milliseconds since 1970 in UTC, and the zone it was meant in.</summary>
    internal static string WcfDate(DateTimeOffset at) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/Date({at.ToUnixTimeMilliseconds()}+0700)/");

    private static void WriteCounters(Utf8JsonWriter json, MessageCounters counters, int priceDecimals)
    {
        json.WriteString("SMSID", counters.SmsId);
        json.WriteNumber("SendFailed", counters.SendFailed);
        json.WriteNumber("SendStatus", counters.SendStatus);
        json.WriteNumber("SendSuccess", counters.SendSuccess);
        json.WriteNumber("TotalPrice", Scaled(counters.TotalPrice, priceDecimals));
        json.WriteNumber("TotalReceiver", counters.TotalReceiver);
        json.WriteNumber("TotalSent", counters.TotalSent);
    }
}
