using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>
/// Writes any call as the documentation shows it (protocol C.2, D): path with or without its trailing slash, JSON, query, form or XML, and
/// the field names of that very call. The counterpart of <see cref="EsmsRequestReader"/>.
/// </summary>
public static class EsmsRequestWriter
{
    private const string Json = "application/json";

    private static readonly FrozenDictionary<EsmsOperation, EsmsEndpoint> s_endpoints = EsmsRoutes.All.ToFrozenDictionary(e => e.Operation);

    // These are documented without a slash at the end, like every GET.
    private static readonly FrozenSet<EsmsOperation> s_bare = new[]
    {
        EsmsOperation.SendXml, EsmsOperation.SendPromoXml, EsmsOperation.SendOtpV5, EsmsOperation.GetSentData,
        EsmsOperation.GetZaloMessageStatus, EsmsOperation.GetBalance,
    }.ToFrozenSet();

    /// <summary>Writes one call.</summary>
    /// <exception cref="ArgumentException">The operation is none, or does not go with the type of the request.</exception>
    public static EsmsWireRequest Write(EsmsRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!s_endpoints.TryGetValue(request.Operation, out var endpoint))
        {
            throw new ArgumentException($"{request.Operation} is no call.", nameof(request));
        }

        var path = "/MainService.svc/json/" + endpoint.Path;
        if (endpoint.Operation == EsmsOperation.GetBrandnames)
        {
            // The one documented call that carries its keys in the path.
            return new(EsmsHost.Rest, "GET", $"{path}/{Uri.EscapeDataString(request.ApiKey)}/{Uri.EscapeDataString(request.SecretKey)}", null, []);
        }

        var fields = new WireFields().Add("ApiKey", request.ApiKey).Add("SecretKey", request.SecretKey);
        Fill(fields, request);
        if (endpoint.Method == "GET")
        {
            return new(Host(request), "GET", $"{path}?{fields.ToPairs()}", null, []);
        }

        var slash = s_bare.Contains(request.Operation) ? "" : "/";
        return request.Operation switch
        {
            EsmsOperation.SendForm => Post(path + slash, "application/x-www-form-urlencoded", Encoding.UTF8.GetBytes(fields.ToPairs())),
            EsmsOperation.SendXml or EsmsOperation.SendPromoXml => Post(path, "text/plain", fields.ToXml(((TextSendRequest)request).Phones)),
            _ => Post(path + slash, Json, fields.ToJson()),
        };
    }

    private static EsmsWireRequest Post(string path, string contentType, byte[] body) => new(EsmsHost.Rest, "POST", path, contentType, body);

    private static EsmsHost Host(EsmsRequest request) => request is VoiceCallRequest or VoiceStatusRequest ? EsmsHost.Voice : EsmsHost.Rest;

    private static void Fill(WireFields f, EsmsRequest request)
    {
        switch (request)
        {
            case TextSendRequest r when IsText(r.Operation):
                Text(f, r);
                break;
            case ZnsSendRequest r when r.Operation is >= EsmsOperation.SendZnsV4 and <= EsmsOperation.SendZnsByHash:
                Zns(f, r);
                break;
            case ZnsBulkRequest { Operation: EsmsOperation.SendZnsBulk } r:
                Bulk(f, r);
                break;
            case FollowerSendRequest r when r.Operation is EsmsOperation.SendFollowerText or EsmsOperation.SendFollowerPayload:
                Follower(f, r);
                break;
            case MultiChannelRequest { Operation: EsmsOperation.SendMultiChannel } r:
                MultiChannel(f, r);
                break;
            case OtpSendRequest r when r.Operation is EsmsOperation.SendOtpV4 or EsmsOperation.SendOtpV5:
                Otp(f, r);
                break;
            case VoiceCallRequest r when r.Operation is EsmsOperation.CallTemplate or EsmsOperation.CallRecord:
                Voice(f, r);
                break;
            case SummaryRequest { Send: TextSendRequest send } r when r.Operation is EsmsOperation.SummarySms or EsmsOperation.SummaryPromo:
                Text(f, send with { Operation = r.Operation });
                break;
            case SummaryRequest { Send: ZnsSendRequest send, Operation: EsmsOperation.SummaryZalo }:
                Zns(f, send);
                break;
            default:
                QueryRequestWriter.Fill(f, request);
                break;
        }
    }

    private static bool IsText(EsmsOperation operation) => operation is >= EsmsOperation.SendJson and <= EsmsOperation.SendViber;

    private static void Common(WireFields f, SendRequest r) => f
        .Add("CallbackUrl", r.CallbackUrl)
        .Add("RequestId", r.RequestId)
        .Add("SendDate", r.SendDate)
        .Flag(r.Operation == EsmsOperation.SendViber ? "IsSandBox" : "Sandbox", r.Sandbox)
        .Add("campaignid", r.Campaign);

    private static void Text(WireFields f, TextSendRequest r)
    {
        f.Add("Content", r.Content)
            .Add("SmsType", r.SmsType)
            .Add("Brandname", r.Brandname)
            .Flag("IsUnicode", r.IsUnicode)
            .Add("OAID", r.OaId)
            .Add("OttUrl", r.OttUrl)
            .Add("OttImgUrl", r.OttImageUrl)
            .Add("OttLabel", r.OttLabel);
        if (r.Operation is EsmsOperation.SendPromoJson or EsmsOperation.SendViber or EsmsOperation.SummaryPromo)
        {
            f.List("Phones", r.Phones);
        }
        else if (r.Operation is not (EsmsOperation.SendXml or EsmsOperation.SendPromoXml or EsmsOperation.SendMultiChannel))
        {
            f.Add("Phone", string.Join(',', r.Phones));
        }

        Common(f, r);
    }

    private static void Zns(WireFields f, ZnsSendRequest r)
    {
        var address = r.Operation switch
        {
            EsmsOperation.SendZnsByUid => "ZaloUid",
            EsmsOperation.SendZnsByHash => "HashPhone",
            _ => "Phone",
        };
        if (r.Operation != EsmsOperation.SendMultiChannel)
        {
            f.Add(address, r.Address);
        }

        f.Add("OAID", r.OaId).Add("TempID", r.TempId).Add("SendingMode", r.SendingMode).Add("OrderId", r.OrderId);
        if (r.IsJourney)
        {
            f.Nest("IsJourney", json => json.WriteBooleanValue(true));
        }

        Values(f, r.Values, asList: r.Operation == EsmsOperation.SendZnsV5);
        Common(f, r);
    }

    private static void Values(WireFields f, ZnsValues values, bool asList)
    {
        if (!values.Ordered.IsDefaultOrEmpty)
        {
            f.List("Params", values.Ordered);
        }

        if (!values.Named.IsDefaultOrEmpty)
        {
            f.Nest("TempData", json => Named(json, values, asList));
        }
    }

    private static void Named(Utf8JsonWriter json, ZnsValues values, bool asList)
    {
        if (asList)
        {
            json.WriteStartArray();
            foreach (var (name, value) in values.Named)
            {
                json.WriteStartObject();
                json.WriteString("key", name);
                json.WriteString("value", value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            return;
        }

        json.WriteStartObject();
        foreach (var (name, value) in values.Named)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void Bulk(WireFields f, ZnsBulkRequest r)
    {
        f.Add("OAID", r.OaId).Add("TempID", r.TempId).Add("SendingMode", r.SendingMode);
        Common(f, r);
        Objects(f, "Data", r.Rows.Select(row =>
        {
            var fields = new WireFields().Add("Phone", row.Phone).Add("RequestId", row.RequestId);
            Values(fields, row.Values, asList: false);
            return fields;
        }));
    }

    private static void Follower(WireFields f, FollowerSendRequest r)
    {
        f.Add("OAID", r.OaId);
        if (r.Payload is { } payload)
        {
            f.Nest("Payload", json => json.WriteRawValue(payload.Json));
        }
        else
        {
            f.Add("User_id", r.UserId).Add("Content", r.Content);
        }

        Common(f, r);
    }

    private static void MultiChannel(WireFields f, MultiChannelRequest r)
    {
        f.Add("Phone", r.Phone).List("Channels", r.Channels);
        Common(f, r);
        Objects(f, "Data", r.Parts.Select(part =>
        {
            var fields = new WireFields();
            if (part is ZnsSendRequest zns)
            {
                Zns(fields, zns with { Operation = EsmsOperation.SendMultiChannel });
            }
            else if (part is TextSendRequest text)
            {
                Text(fields, text with { Operation = EsmsOperation.SendMultiChannel });
            }
            else
            {
                throw new ArgumentException($"{part.GetType().Name} is no part of a multi-channel message: accepted are ZnsSendRequest and TextSendRequest.", nameof(r));
            }

            return fields;
        }).ToList());
    }

    private static void Otp(WireFields f, OtpSendRequest r)
    {
        f.Add("Phone", r.Phone)
            .Add("Brandname", r.Brandname)
            .Add("Type", r.Type)
            .Add("message", r.Message)
            .Add("TimeAlive", r.TimeAlive)
            .Add("NumCharOfCode", r.NumCharOfCode)
            .Flag("IsNumber", r.IsNumber)
            .Add("MultiChannelTempId", r.MultiChannelTempId)
            .Add("TypeId", r.TypeId);
        Common(f, r);
    }

    private static void Voice(WireFields f, VoiceCallRequest r)
    {
        f.Add("TemplateId", r.TemplateId)
            .Add("Phone", r.Phone)
            .Add("VariableListStr", string.Join("||", r.Variables))
            .Add("Voice", r.Voice)
            .Add("Speed", r.Speed)
            .Add("NumberForward", r.NumberForward)
            .Add("Ivr", r.Ivr);
        string[] limits = ["MaxRepeat", "MaxRetry", "WaitRetry", "TimeWaitToIvr"];
        for (var i = 0; i < Math.Min(limits.Length, r.Limits.Length); i++)
        {
            f.Add(limits[i], r.Limits[i]);
        }

        Common(f, r);
    }

    private static void Objects(WireFields f, string name, IEnumerable<WireFields> objects) => f.Nest(name, json =>
    {
        json.WriteStartArray();
        foreach (var fields in objects)
        {
            fields.WriteObject(json);
        }

        json.WriteEndArray();
    });
}
