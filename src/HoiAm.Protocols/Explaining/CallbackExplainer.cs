using System.Text;
using HoiAm.Model;
using HoiAm.Protocols.Codes;
using HoiAm.Protocols.ErrorInfos;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.GetCallback;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.Explaining;

/// <summary>
/// Explains a pasted callback URL, a query, a vendor's body or an answer of GetCallback, field by field, for the command line and the
/// dashboard. Never throws.
/// </summary>
public static class CallbackExplainer
{
    /// <summary>Explains a text; what it is, is found out from its first characters and its members.</summary>
    public static Explanation Explain(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim().Trim('\'');
        if (!trimmed.StartsWith('{') && !trimmed.StartsWith('['))
        {
            return ExplainCallback(trimmed);
        }

        var body = Encoding.UTF8.GetBytes(trimmed);
        var answer = GetCallbackResponseReader.Read(body);
        return answer.Parsed ? ExplainAnswer(answer) : PostedExplainer.Explain(body, ExplainCallback) ?? VendorExplainer.Explain(body);
    }

    private static Explanation ExplainCallback(string text)
    {
        var query = text.AsSpan();
        var fragment = query.IndexOf('#');
        query = fragment < 0 ? query : query[..fragment];
        query = query[(query.IndexOf('?') + 1)..];
        var reading = EsmsCallbackReader.Read(query);
        var fields = new List<ExplainedField>();
        var pairs = new QueryPairs(query);
        while (pairs.MoveNext())
        {
            AddPair(fields, pairs.Name.ToString(), pairs.Value.ToString(), reading);
        }

        if (!reading.IsRecognized && fields.TrueForAll(f => f.Meaning == NotOurs))
        {
            return new Explanation(
                ExplainedForm.Unknown,
                "This is no callback: paste a callback URL or its query, a vendor's report, or an answer of GetCallback.",
                fields,
                reading.Problems);
        }

        var voice = reading.Facts.Kind == MessageKind.VoiceCall;
        return new Explanation(voice ? ExplainedForm.VoiceCallback : ExplainedForm.EsmsCallback, Meanings.Sentence(reading), fields, reading.Problems);
    }

    private const string NotOurs = "not a parameter of eSMS; the hook's own";

    private static void AddPair(List<ExplainedField> fields, string name, string raw, EsmsCallbackReading reading)
    {
        var decoded = PercentCoding.Decode(raw, plusIsBlank: true);
        if (CallbackParameters.Find(PercentCoding.Decode(name, plusIsBlank: true)) is not { } parameter)
        {
            fields.Add(new(name, raw, decoded, NotOurs));
            return;
        }

        if (parameter != CallbackParameter.ErrorInfo)
        {
            fields.Add(new(name, raw, decoded, Meanings.Of(parameter, decoded, reading.Facts.Kind)));
            return;
        }

        fields.Add(new(name, raw, reading.ErrorInfo.Parsed ? reading.ErrorInfo.Json : decoded, "Zalo's result"));
        AddErrorInfo(fields, name, reading.ErrorInfo);
    }

    internal static void AddErrorInfo(List<ExplainedField> fields, string name, ErrorInfoReading info)
    {
        Add("error", info.Error?.ToString(System.Globalization.CultureInfo.InvariantCulture), info.Error is { } code ? Meanings.ZaloCode(code) : "");
        Add("message", info.Parsed && info.Message.Length != 0 ? info.Message : null, "Zalo's text");
        Add("data.message_id", info.MessageId, "Zalo's message id");
        Add("data.user_id", info.UserId, "Zalo user id of the receiver");
        Add("data.delivery_time", info.DeliveryTime, "milliseconds since 1970 (UTC)");
        Add("data.message", info.DataMessage, "Zalo's text");
        Add("data.status", info.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture), info.Status switch
        {
            -1 => "message unknown",
            0 => "at Zalo's server",
            1 => "on the user's phone",
            _ => "",
        });
        Add("time", info.Time?.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture), "local time, Asia/Ho_Chi_Minh");
        Add("(text behind the JSON)", info.TrailingText, "not part of Zalo's result");

        void Add(string member, string? value, string meaning)
        {
            if (value is not null)
            {
                fields.Add(new($"{name}.{member}", "", value, meaning));
            }
        }
    }

    private static Explanation ExplainAnswer(GetCallbackAnswer answer)
    {
        var code = answer.Code.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var fields = new List<ExplainedField>
        {
            new("Code", code, code, EsmsResultCodes.Find(answer.Code)?.Meaning ?? "not a documented code"),
            new("Message", answer.Message, answer.Message, ""),
        };
        var problems = new List<string>();
        for (var i = 0; i < answer.Items.Count; i++)
        {
            var reading = answer.Items[i].Callback;
            var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Data_callback[{i}]");
            fields.Add(new(name, reading.Facts.SmsId, reading.Facts.SmsId, Meanings.Sentence(reading)));
            AddErrorInfo(fields, name + ".ErrorInfo", reading.ErrorInfo);
            problems.AddRange(reading.Problems.Select(p => $"{name}: {p}"));
        }

        return new Explanation(
            ExplainedForm.GetCallbackAnswer,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"An answer of GetCallback with {answer.Items.Count} message(s)."),
            fields,
            problems);
    }
}
