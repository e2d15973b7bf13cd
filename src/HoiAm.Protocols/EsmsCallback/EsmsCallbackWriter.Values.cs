using HoiAm.Model;
using HoiAm.Protocols.ErrorInfos;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.EsmsCallback;

// The value of each parameter; the other part of this class decides which parameters there are and where they go.
public static partial class EsmsCallbackWriter
{
    private static void AppendValue(
        ref TextBuilder to, CallbackParameter parameter, CallbackFacts facts, CallbackProfile profile, bool escape)
    {
        switch (parameter)
        {
            case CallbackParameter.SendFailed:
                to.Append(facts.SendFailed);
                break;
            case CallbackParameter.SendStatus:
                to.Append((long)facts.SendStatus);
                break;
            case CallbackParameter.SendSuccess:
                to.Append(facts.SendSuccess);
                break;
            case CallbackParameter.TotalPrice or CallbackParameter.Price:
                to.Append(facts.TotalPrice, "F4");
                break;
            case CallbackParameter.TotalReceiver:
                to.Append(facts.TotalReceiver);
                break;
            case CallbackParameter.TotalSent:
                to.Append(facts.TotalSent);
                break;
            case CallbackParameter.TypeId:
                to.Append(facts.Kind.TypeId());
                break;
            case CallbackParameter.TelcoId:
                AppendTelco(ref to, facts);
                break;
            case CallbackParameter.CallDuration:
                to.Append(facts.Voice?.CallDuration ?? 0);
                break;
            case CallbackParameter.SentResult:
                to.Append(facts.Voice?.SentResult == true ? '1' : '0');
                break;
            case CallbackParameter.ErrorInfo:
                AppendErrorInfo(ref to, facts, profile, escape);
                break;
            default:
                AppendText(ref to, TextOf(parameter, facts), escape);
                break;
        }
    }

    private static string TextOf(CallbackParameter parameter, CallbackFacts facts) => parameter switch
    {
        CallbackParameter.SmsId or CallbackParameter.ReferenceId => facts.SmsId,
        CallbackParameter.RequestId => facts.RequestId,
        CallbackParameter.PhoneNumber => facts.PhoneNumber,
        CallbackParameter.SwitchSmsId => facts.SwitchSmsId,
        CallbackParameter.PartnerIds => facts.PartnerIds,
        CallbackParameter.OaId => facts.OaId,
        CallbackParameter.TempId => facts.TempId,
        CallbackParameter.CallStatus => facts.Voice?.CallStatus ?? "",
        CallbackParameter.Ivr => facts.Voice?.Ivr ?? "",
        CallbackParameter.CallerId => facts.Voice?.CallerId ?? "",
        _ => "",
    };

    private static void AppendText(ref TextBuilder to, string text, bool escape)
    {
        if (escape)
        {
            PercentCoding.AppendEscaped(ref to, text);
        }
        else
        {
            to.Append(text);
        }
    }

    // Protocol G 21: by UID the wire says 9; an unknown carrier is an empty value.
    private static void AppendTelco(ref TextBuilder to, CallbackFacts facts)
    {
        if (facts.Kind == MessageKind.ZnsByUid)
        {
            to.Append('9');
        }
        else if (facts.TelcoId is >= 1 and <= 7)
        {
            to.Append((char)('0' + facts.TelcoId));
        }
    }

    private static void AppendErrorInfo(ref TextBuilder to, CallbackFacts facts, CallbackProfile profile, bool escape)
    {
        var inner = new TextBuilder(stackalloc char[512]);
        try
        {
            ErrorInfoCodec.Encode(ref inner, facts.ErrorInfo, facts.ErrorInfoTime, facts.Kind, profile);
            if (escape)
            {
                PercentCoding.AppendEscaped(ref to, inner.Written, bareBraces: profile == CallbackProfile.ByteExact);
            }
            else
            {
                to.Append(inner.Written);
            }
        }
        finally
        {
            inner.Dispose();
        }
    }
}
