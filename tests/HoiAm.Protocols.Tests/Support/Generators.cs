using System.Text.Encodings.Web;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using HoiAm.Model;

namespace HoiAm.Protocols.Tests.Support;

/// <summary>Generators of hostile but possible values.</summary>
internal static class Generators
{
    private static readonly JsonSerializerOptions s_relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] s_pieces =
    [
        "a", "Z", "0", " ", "%", "%20", "%7B", "%257B", "&", "=", "+", "?", "#", "/", ":", ",", ";", "'", "\"", "\\", "{", "}", "[", "]",
        "____", "____24/04/2024 16:58:01", "____24/04/2024%2016:58:01", "\n", "\t", "\u0001", "ế", "Đã gửi thành công", "Nguyễn", "😀",
        "\u00A0", "~", "-", "_", ".", "!", "*", "(", ")", "@", "$", "<", ">", "|", "^", "`", "null", "\u2028", "\uFFFD",
    ];

    /// <summary>Text made of everything that breaks encoders; never half a surrogate pair.</summary>
    public static Gen<string> Text { get; } = Gen.Elements(s_pieces).ListOf().Select(pieces => string.Concat(pieces));

    public static Gen<string> NonEmptyText { get; } = Text.Select(text => "x" + text);

    public static Gen<string> Digits(int length) => Gen.Choose(0, 9).ListOf(length).Select(digits => "1" + string.Concat(digits)[1..]);

    /// <summary>Local numbers with prefixes of every carrier.</summary>
    public static Gen<string> Phone { get; } =
        from prefix in Gen.Elements("086", "032", "039", "090", "070", "091", "085", "092", "058", "099", "059", "087", "055")
        from rest in Gen.Choose(0, 9_999_999)
        select prefix + rest.ToString("D7", System.Globalization.CultureInfo.InvariantCulture);

    public static Gen<string> Hash { get; } =
        Gen.Elements("0123456789abcdef".ToCharArray()).ListOf(64).Select(digits => string.Concat(digits));

    public static Gen<decimal> Price { get; } = Gen.Choose(0, int.MaxValue).Select(n => n / 10_000m);

    public static Gen<DateTime> LocalTime { get; } =
        Gen.Choose(0, 2_000_000_000).Select(s => new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddSeconds(s));

    /// <summary>Zalo's result in one of its shapes.</summary>
    public static Gen<string> ErrorJson { get; } =
        from error in Gen.Elements(0, -114, -124, -1471, 1001)
        from message in Text
        from id in NonEmptyText
        from shape in Gen.Choose(0, 2)
        select shape switch
        {
            0 => JsonSerializer.Serialize(new { error, message }, s_relaxed),
            1 => JsonSerializer.Serialize(new { data = new { message_id = id, user_id = "31215806834323092" }, error, message }, s_relaxed),
            _ => JsonSerializer.Serialize(
                new { error, message, data = new { delivery_time = (string?)null, message, status = 1 } }, s_relaxed),
        };

    public static Gen<MessageKind> Kind { get; } = Gen.Elements(Enum.GetValues<MessageKind>());

    /// <summary>Facts that bear what their kind bears on the wire and nothing else.</summary>
    public static Gen<CallbackFacts> Facts { get; } =
        from kind in Kind
        from facts in FactsOf(kind)
        select facts;

    private static Gen<CallbackFacts> FactsOf(MessageKind kind) => kind == MessageKind.VoiceCall ? VoiceFacts : MessageFacts(kind);

    private static Gen<CallbackFacts> VoiceFacts { get; } =
        from id in NonEmptyText
        from status in Gen.Elements(SendStatus.Waiting, SendStatus.Finished, SendStatus.Sent)
        from price in Price
        from duration in Gen.Choose(0, 10_000)
        from callStatus in Gen.Elements("", "ANSWERED", "NO ANSWER")
        from ivr in Text
        from ok in Gen.Elements(true, false)
        from caller in Text
        select new CallbackFacts
        {
            Kind = MessageKind.VoiceCall,
            SmsId = id,
            SendStatus = status,
            TotalPrice = price,
            Voice = new VoiceCallFacts(duration, callStatus, ivr, ok, caller),
        };

    private static Gen<CallbackFacts> MessageFacts(MessageKind kind) =>
        from id in NonEmptyText
        from status in Gen.Elements(SendStatus.PendingApproval, SendStatus.Waiting, SendStatus.Rejected, SendStatus.Finished, SendStatus.Sent)
        from counters in Gen.Choose(0, int.MaxValue).ListOf(4)
        from price in Price
        from requestId in Text
        from telco in Gen.Choose(0, 7)
        from address in Address(kind)
        from texts in Text.ListOf(4)
        from errorInfo in Gen.OneOf(ErrorJson, Gen.Constant(""))
        from time in Gen.OneOf(LocalTime.Select(t => (DateTime?)t), Gen.Constant<DateTime?>(null))
        select new CallbackFacts
        {
            Kind = kind,
            SmsId = id,
            SendStatus = status,
            SendFailed = counters[0],
            SendSuccess = counters[1],
            TotalReceiver = counters[2],
            TotalSent = counters[3],
            TotalPrice = price,
            RequestId = requestId,
            TelcoId = kind is MessageKind.PromoSms or MessageKind.ZnsByUid or MessageKind.ZaloFollower or MessageKind.ZnsJourney ? (byte)0 : (byte)telco,
            PhoneNumber = kind == MessageKind.PromoSms ? "" : address,
            SwitchSmsId = kind is MessageKind.CustomerCareSms or MessageKind.FixedPriceSms ? texts[0] : "",
            PartnerIds = kind.IsZalo() ? texts[1] : "",
            ErrorInfo = kind.IsZalo() ? errorInfo : "",
            ErrorInfoTime = kind is MessageKind.ZaloFollower or MessageKind.ZnsJourney && errorInfo.Length != 0 ? time : null,
            OaId = kind.IsZalo() ? texts[2] : "",
            TempId = kind is MessageKind.Zns or MessageKind.ZnsPriority or MessageKind.ZnsByUid ? texts[3] : "",
        };

    private static Gen<string> Address(MessageKind kind) => kind switch
    {
        MessageKind.ZnsByUid or MessageKind.ZaloFollower or MessageKind.ZnsJourney => Digits(19),
        MessageKind.Zns or MessageKind.ZnsPriority => Gen.OneOf(Phone, Hash),
        _ => Phone,
    };
}
