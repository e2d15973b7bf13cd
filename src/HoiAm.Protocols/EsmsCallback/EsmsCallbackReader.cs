using HoiAm.Model;
using HoiAm.Protocols.ErrorInfos;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.EsmsCallback;

/// <summary>
/// Reads a status callback as its receiver gets it (protocol A, H 2): any order, any casing, names missing or added, empty values, braces
/// bare or encoded, <c>error_info</c> in any of its forms and even unencoded (seed 000). Never throws.
/// </summary>
public static class EsmsCallbackReader
{
    /// <summary>Reads a query as it stands on the request line, with or without the leading <c>?</c>, not decoded yet.</summary>
    /// <remarks>
    /// <c>+</c> is a blank, as in ASP.NET Core. Of a repeated name the first value counts, unless it is empty: a URL that lists the names
    /// without values, as the voice page shows it, may get the values appended.
    /// </remarks>
    public static EsmsCallbackReading Read(ReadOnlySpan<char> query)
    {
        var values = new CallbackValues();
        var pairs = new QueryPairs(query is ['?', ..] ? query[1..] : query);
        while (pairs.MoveNext())
        {
            var name = PercentCoding.Decode(pairs.Name, plusIsBlank: true);
            values.Add(name, PercentCoding.Decode(pairs.Value, plusIsBlank: true));
        }

        return Read(values);
    }

    /// <summary>Reads pairs whose names and values are already decoded once, for form and JSON bodies.</summary>
    public static EsmsCallbackReading Read(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var values = new CallbackValues();
        foreach (var (name, value) in pairs)
        {
            values.Add(name, value ?? "");
        }

        return Read(values);
    }

    private static EsmsCallbackReading Read(CallbackValues values)
    {
        var kind = KindGuess.Of(values);
        var errorInfo = ErrorInfoCodec.Decode(values.Text(CallbackParameter.ErrorInfo));
        if (!errorInfo.Parsed && values.Text(CallbackParameter.ErrorInfo).Length != 0)
        {
            values.Problem("error_info holds no JSON that can be read; its text is kept.");
        }

        var facts = kind == MessageKind.VoiceCall ? VoiceFacts(values) : MessageFacts(values, kind, errorInfo);
        if (facts.SmsId.Length == 0)
        {
            values.Problem($"{(kind == MessageKind.VoiceCall ? "ReferenceId" : "SMSID")} is missing or empty.");
        }

        return new EsmsCallbackReading
        {
            Facts = facts,
            Outcome = Judge(facts, values),
            ErrorInfo = errorInfo,
            Extras = values.Extras,
            Problems = values.Problems,
        };
    }

    private static CallbackFacts MessageFacts(CallbackValues values, MessageKind kind, ErrorInfoReading errorInfo) => new()
    {
        Kind = kind,
        SmsId = values.Text(CallbackParameter.SmsId),
        SendFailed = values.Integer(CallbackParameter.SendFailed),
        SendStatus = Status(values),
        SendSuccess = values.Integer(CallbackParameter.SendSuccess),
        TotalPrice = values.Amount(CallbackParameter.TotalPrice),
        TotalReceiver = values.Integer(CallbackParameter.TotalReceiver),
        TotalSent = values.Integer(CallbackParameter.TotalSent),
        RequestId = values.Text(CallbackParameter.RequestId),
        TelcoId = Telco(values, kind),
        PhoneNumber = values.Text(CallbackParameter.PhoneNumber),
        SwitchSmsId = values.Text(CallbackParameter.SwitchSmsId),
        PartnerIds = values.Text(CallbackParameter.PartnerIds),
        ErrorInfo = errorInfo.Plain,
        ErrorInfoTime = errorInfo.Time,
        OaId = values.Text(CallbackParameter.OaId),
        TempId = values.Text(CallbackParameter.TempId),
    };

    private static CallbackFacts VoiceFacts(CallbackValues values) => new()
    {
        Kind = MessageKind.VoiceCall,
        SmsId = values.Text(CallbackParameter.ReferenceId),
        SendStatus = Status(values),
        TotalPrice = values.Amount(CallbackParameter.Price),

        // None of a call's own names; a customer's URL may bear it, and comes back with it.
        RequestId = values.Text(CallbackParameter.RequestId),
        Voice = new VoiceCallFacts(
            values.Integer(CallbackParameter.CallDuration),
            values.Text(CallbackParameter.CallStatus),
            values.Text(CallbackParameter.Ivr),
            values.Integer(CallbackParameter.SentResult) == 1,
            values.Text(CallbackParameter.CallerId)),
    };

    private static SendStatus Status(CallbackValues values)
    {
        var number = values.Integer(CallbackParameter.SendStatus);
        if (number is >= 0 and <= 7)
        {
            return (SendStatus)number;
        }

        values.Problem("SendStatus is none of the documented states.");
        return SendStatus.None;
    }

    // By UID the wire says 9, which means nothing; other kinds know 1 to 7 or an empty value.
    private static byte Telco(CallbackValues values, MessageKind kind)
    {
        var number = values.Integer(CallbackParameter.TelcoId);
        if (number is >= 0 and <= 7)
        {
            return (byte)number;
        }

        if (number != 9 || kind != MessageKind.ZnsByUid)
        {
            values.Problem("telcoid is none of the documented carriers.");
        }

        return 0;
    }

    private static CallbackOutcome Judge(CallbackFacts facts, CallbackValues values)
    {
        var hasStatus = values.Has(CallbackParameter.SendStatus);
        if (facts.Voice is { } call)
        {
            // Before 2024-03 the voice callback had no SendStatus; it was sent when the call was over.
            return (facts.SendStatus, hasStatus, values.Has(CallbackParameter.SentResult)) switch
            {
                (SendStatus.Finished, true, true) or (_, false, true) => call.SentResult ? CallbackOutcome.Delivered : CallbackOutcome.Failed,
                (SendStatus.Finished, true, false) => CallbackOutcome.FinishedUnknown,
                (SendStatus.Rejected, _, _) => CallbackOutcome.Rejected,
                (_, false, false) => CallbackOutcome.Unknown,
                _ => CallbackOutcome.Pending,
            };
        }

        return facts.SendStatus switch
        {
            SendStatus.Rejected => CallbackOutcome.Rejected,
            SendStatus.Finished when facts.SendSuccess > 0 && facts.SendFailed > 0 => CallbackOutcome.PartlyDelivered,
            SendStatus.Finished when facts.SendSuccess > 0 => CallbackOutcome.Delivered,
            SendStatus.Finished when facts.SendFailed > 0 => CallbackOutcome.Failed,
            SendStatus.Finished => CallbackOutcome.FinishedUnknown,
            (SendStatus)6 => CallbackOutcome.Unknown,
            SendStatus.None when !hasStatus || values.Text(CallbackParameter.SendStatus) != "0" => CallbackOutcome.Unknown,
            _ => CallbackOutcome.Pending,
        };
    }
}
