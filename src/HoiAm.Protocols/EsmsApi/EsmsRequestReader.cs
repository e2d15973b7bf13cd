using System.Collections.Immutable;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>
/// Reads any call into its typed request. One lenient bag of fields serves all of them: names in any casing, every scalar as string,
/// number or boolean, body and query together (protocol I).
/// </summary>
public static class EsmsRequestReader
{
    /// <summary>
    /// Decodes a call; null when its body is undecodable, which is answered with <see cref="EsmsResponses.InvalidRequest"/> (protocol G 42).
    /// </summary>
    /// <param name="route">As <see cref="EsmsRoutes.TryResolve"/> gave it.</param>
    /// <param name="contentType">The content type header, may be null. It only helps with multipart forms.</param>
    /// <param name="query">The raw query string, with or without its question mark.</param>
    /// <param name="body">The raw body, may be empty.</param>
    public static EsmsRequest? Read(EsmsRoute route, string? contentType, string? query, ReadOnlySpan<byte> body)
    {
        if (route.Endpoint is not { } endpoint)
        {
            return null;
        }

        var fields = EsmsBody.ReadPairs(query);
        var inBody = EsmsBody.Read(body, contentType);
        if (endpoint.Method == "GET")
        {
            // A body on GET is somebody's HTTP library at work: it may add fields, it never spoils the call.
            if (inBody is not null)
            {
                fields.Fill(inBody);
            }
        }
        else if (inBody is null || (fields.Count == 0 && body.IndexOfAnyExcept(" \t\r\n"u8) < 0))
        {
            return null;
        }
        else
        {
            inBody.Fill(fields);
            fields = inBody;
        }

        return Typed(endpoint.Operation, fields) with
        {
            ApiKey = route.ApiKey ?? fields.Id("ApiKey"),
            SecretKey = route.SecretKey ?? fields.Id("SecretKey"),
        };
    }

    /// <summary>
    /// Zalo's message object for a <see cref="FollowerSendRequest"/>, from its JSON text; null when the text is no JSON object.
    /// </summary>
    public static FollowerPayload? ReadPayload(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var fields = EsmsBody.Read(System.Text.Encoding.UTF8.GetBytes($"{{\"Payload\":{json}}}"), null);
        return fields is { Count: 1 } && fields.Object("Payload") is { } node ? Payload(node) : null;
    }

    private static EsmsRequest Typed(EsmsOperation op, EsmsFields f) => op switch
    {
        EsmsOperation.SendJson or EsmsOperation.SendGet or EsmsOperation.SendForm or EsmsOperation.SendXml or EsmsOperation.SendPromoJson
            or EsmsOperation.SendPromoXml or EsmsOperation.SendViber => Text(op, f),
        EsmsOperation.SendZnsV4 or EsmsOperation.SendZnsV5 or EsmsOperation.SendZnsV6 or EsmsOperation.SendZnsByUid
            or EsmsOperation.SendZnsByHash => Zns(op, f),
        EsmsOperation.SendZnsBulk => Bulk(f),
        EsmsOperation.SendFollowerText or EsmsOperation.SendFollowerPayload => Follower(op, f),
        EsmsOperation.SendMultiChannel => MultiChannel(f),
        EsmsOperation.SendOtpV4 or EsmsOperation.SendOtpV5 => Otp(op, f),
        EsmsOperation.CallTemplate or EsmsOperation.CallRecord => Voice(op, f),
        EsmsOperation.SummarySms or EsmsOperation.SummaryPromo => new SummaryRequest { Operation = op, Send = Text(op, f) },
        EsmsOperation.SummaryZalo => new SummaryRequest { Operation = op, Send = Zns(op, f) },
        _ => QueryRequestReader.Read(op, f),
    };

    private static T Common<T>(T request, EsmsFields f)
        where T : SendRequest => request with
        {
            RequestId = f.Text("RequestId"),
            CallbackUrl = f.Id("CallbackUrl"),
            SendDate = f.Id("SendDate"),
            Sandbox = f.Flag("Sandbox", "IsSandBox"),
            Campaign = f.Text("campaignid", "Campaign"),
        };

    private static TextSendRequest Text(EsmsOperation op, EsmsFields f) => Common(
        new TextSendRequest
        {
            Operation = op,
            SmsType = f.Id("SmsType", "Type", "TypeId"),
            Phones = Phones(f),
            Content = f.Text("Content", "Message"),
            Brandname = f.Id("Brandname"),
            IsUnicode = f.Flag("IsUnicode", "Unicode"),
            OaId = f.Id("OAID"),
            OttUrl = f.Id("OttUrl"),
            OttImageUrl = f.Id("OttImgUrl", "OttImageUrl"),
            OttLabel = f.Text("OttLabel"),
        },
        f);

    private static ZnsSendRequest Zns(EsmsOperation op, EsmsFields f)
    {
        var (addressing, address) = op switch
        {
            EsmsOperation.SendZnsByUid => (ZnsAddressing.ZaloUid, f.Id("ZaloUid", "Uid", "User_id")),
            EsmsOperation.SendZnsByHash => (ZnsAddressing.HashedPhone, f.Id("HashPhone")),
            _ => (ZnsAddressing.Phone, OnePhone(f)),
        };
        return Common(
            new ZnsSendRequest
            {
                Operation = op,
                Addressing = addressing,
                Address = address,
                OaId = f.Id("OAID"),
                TempId = f.Id("TempID", "TemplateId"),
                Values = Values(f),
                SendingMode = f.Id("SendingMode"),
                IsJourney = f.Flag("IsJourney"),
                OrderId = f.Id("OrderId"),
            },
            f);
    }

    private static ZnsBulkRequest Bulk(EsmsFields f) => Common(
        new ZnsBulkRequest
        {
            Operation = EsmsOperation.SendZnsBulk,
            OaId = f.Id("OAID"),
            TempId = f.Id("TempID", "TemplateId"),
            SendingMode = f.Id("SendingMode"),
            Rows = f.TryGet("Data", out var data) && data is not ScalarNode ? [.. f.Items("Data").Select(Row)] : [],
        },
        f);

    // The answer has a row for each row, in order: what is no object is a row too, one without a number.
    private static ZnsBulkRow Row(FieldNode node) => node is ObjectNode { Fields: var f }
        ? new(f.Id("Phone"), f.Text("RequestId"), Values(f))
        : new((node as ScalarNode)?.Text.Trim() ?? "", "", ZnsValues.None);

    private static FollowerSendRequest Follower(EsmsOperation op, EsmsFields f)
    {
        var payload = f.Object("Payload");
        return Common(
            new FollowerSendRequest
            {
                Operation = op,
                OaId = f.Id("OAID"),
                UserId = payload?.Fields.Object("recipient")?.Fields.Id("user_id") ?? f.Id("User_id", "ZaloUid"),
                Content = f.Text("Content"),
                Payload = payload is null ? null : Payload(payload),
            },
            f);
    }

    private static FollowerPayload Payload(ObjectNode node)
    {
        var message = node.Fields.Object("message")?.Fields;
        var attachment = message?.Object("attachment")?.Fields;
        var inner = attachment?.Object("payload")?.Fields;
        var elements = inner?.Items("elements") ?? [];
        var first = elements.OfType<ObjectNode>().FirstOrDefault()?.Fields;
        return new FollowerPayload(
            node.Raw,
            message is not null,
            message?.Text("text") ?? "",
            attachment?.Id("type") ?? "",
            inner?.Id("template_type") ?? "",
            elements.Count,
            inner?.Items("buttons").Count ?? 0,
            first?.Text("title") ?? "",
            first?.Text("subtitle") ?? "",
            first?.Id("image_url") ?? "");
    }

    private static MultiChannelRequest MultiChannel(EsmsFields f)
    {
        var channels = f.Items("Channels").OfType<ScalarNode>().Select(c => c.Text.Trim()).ToImmutableArray();
        var parts = f.Items("Data").OfType<ObjectNode>().Select(
            (part, i) => i < channels.Length && channels[i].Equals("zalo", StringComparison.OrdinalIgnoreCase)
                ? (SendRequest)Zns(EsmsOperation.SendMultiChannel, part.Fields)
                : Text(EsmsOperation.SendMultiChannel, part.Fields));
        return Common(
            new MultiChannelRequest
            {
                Operation = EsmsOperation.SendMultiChannel,
                Phone = OnePhone(f),
                Channels = channels,
                Parts = [.. parts],
            },
            f);
    }

    private static OtpSendRequest Otp(EsmsOperation op, EsmsFields f) => Common(
        new OtpSendRequest
        {
            Operation = op,
            Phone = f.Id("Phone"),
            Brandname = f.Id("Brandname"),
            Type = f.Id("Type", "SmsType"),
            Message = f.Text("message", "Content"),
            TimeAlive = f.Id("TimeAlive"),
            NumCharOfCode = f.Id("NumCharOfCode"),
            IsNumber = f.Flag("IsNumber"),
            MultiChannelTempId = f.Id("MultiChannelTempId"),
            TypeId = f.Id("TypeId"),
        },
        f);

    private static VoiceCallRequest Voice(EsmsOperation op, EsmsFields f)
    {
        var variables = f.Text("VariableListStr");
        return Common(
            new VoiceCallRequest
            {
                Operation = op,
                Phone = f.Id("Phone"),
                TemplateId = f.Id("TemplateId"),
                Variables = variables.Length == 0 ? [] : [.. variables.Split("||")],
                Voice = f.Id("Voice"),
                Speed = f.Id("Speed"),
                NumberForward = f.Id("NumberForward"),
                Ivr = f.Id("Ivr"),
                Limits = [f.Id("MaxRepeat"), f.Id("MaxRetry"), f.Id("WaitRetry"), f.Id("TimeWaitToIvr")],
            },
            f);
    }

    // Where the page knows one number, several are one that is malformed (108): sending to the first alone would drop the others unsaid.
    private static string OnePhone(EsmsFields f) => string.Join(',', Phones(f));

    // Phone or Phones; a text that lists several numbers is taken apart. Blanks do not separate: they are written inside numbers.
    private static ImmutableArray<string> Phones(EsmsFields f)
    {
        var items = f.Items("Phones");
        if (items.Count == 0)
        {
            items = f.Items("Phone");
        }

        return
        [
            .. items.OfType<ScalarNode>()
                .SelectMany(s => s.Text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        ];
    }

    // TempData is an object (V6) or a list of key and value (V5), and either is taken on both; Params keep empty values, since they count.
    private static ZnsValues Values(EsmsFields f)
    {
        if (f.Object("TempData") is { } named)
        {
            return new([], [.. named.Fields.Nodes.Select(n => KeyValuePair.Create(n.Key.Trim(), Scalar(n.Value)))]);
        }

        var pairs = f.Items("TempData").OfType<ObjectNode>()
            .Select(o => KeyValuePair.Create(o.Fields.Id("key", "name"), o.Fields.TryGet("value", out var v) ? Scalar(v) : ""))
            .Where(p => p.Key.Length > 0)
            .ToImmutableArray();
        return pairs.Length > 0 ? new([], pairs) : new([.. f.Items("Params").Select(Scalar)], []);
    }

    private static string Scalar(FieldNode node) => node is ScalarNode scalar ? scalar.Text : "";
}
