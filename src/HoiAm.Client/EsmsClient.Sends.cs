using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Client;

// The sends in their newest documented form. SendAsync takes every other form.
public sealed partial class EsmsClient
{
    /// <summary>Kind 2: customer care and OTP, to one number.</summary>
    /// <param name="brandname">Sender name.</param>
    /// <param name="phone">Receiver in any Vietnamese spelling.</param>
    /// <param name="content">The text, which has to match a registered template.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendSmsAsync(
        string brandname, string phone, string content, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(With(Text(EsmsOperation.SendJson, MessageKind.CustomerCareSms, brandname, [phone], content, options), options), cancellationToken);

    /// <summary>Kind 8: from a fixed number, without a sender name, to one number.</summary>
    /// <param name="phone">Receiver.</param>
    /// <param name="content">The text.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendFixedPriceSmsAsync(
        string phone, string content, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(With(Text(EsmsOperation.SendJson, MessageKind.FixedPriceSms, "", [phone], content, options), options), cancellationToken);

    /// <summary>Kind 1: advertising, to 30 to 5,000 distinct numbers.</summary>
    /// <param name="brandname">Sender name.</param>
    /// <param name="phones">Receivers.</param>
    /// <param name="content">The text.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendPromoSmsAsync(
        string brandname, IEnumerable<string> phones, string content, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(With(Text(EsmsOperation.SendPromoJson, MessageKind.PromoSms, brandname, [.. phones], content, options), options), cancellationToken);

    /// <summary>Kind 23: Viber, as text, picture, text with a button, or all of them.</summary>
    /// <param name="brandname">Sender name.</param>
    /// <param name="phones">Receivers.</param>
    /// <param name="content">The text.</param>
    /// <param name="extras">Picture and button.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendViberAsync(
        string brandname, IEnumerable<string> phones, string content, ViberExtras? extras = null, SendOptions? options = null, CancellationToken cancellationToken = default)
    {
        var text = Text(EsmsOperation.SendViber, MessageKind.Viber, brandname, [.. phones], content, options) with
        {
            OttImageUrl = extras?.ImageUrl ?? "", OttUrl = extras?.ButtonUrl ?? "", OttLabel = extras?.ButtonLabel ?? "",
        };
        return SendAsync(With(text, options), cancellationToken);
    }

    /// <summary>Kinds 24 and 25: a ZNS template to a number (V6).</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="tempId">Template.</param>
    /// <param name="phone">Receiver.</param>
    /// <param name="values">Value of each parameter of the template by name.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendZnsAsync(
        string oaId, string tempId, string phone, IEnumerable<KeyValuePair<string, string>> values, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(With(Zns(EsmsOperation.SendZnsV6, ZnsAddressing.Phone, oaId, tempId, phone, values), options), cancellationToken);

    /// <summary>Kind 25: a ZNS template to a Zalo user id of up to 20 characters.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="tempId">Template.</param>
    /// <param name="userId">Zalo user id.</param>
    /// <param name="values">Value of each parameter of the template by name.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendZnsByUidAsync(
        string oaId, string tempId, string userId, IEnumerable<KeyValuePair<string, string>> values, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(With(Zns(EsmsOperation.SendZnsByUid, ZnsAddressing.ZaloUid, oaId, tempId, userId, values), options), cancellationToken);

    /// <summary>Kinds 24 and 25: a ZNS template to the hash of a number, which is how the number itself never leaves your system.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="tempId">Template.</param>
    /// <param name="hashedPhone">As <see cref="HashPhone"/> makes it.</param>
    /// <param name="values">Value of each parameter of the template by name.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendZnsByHashAsync(
        string oaId, string tempId, string hashedPhone, IEnumerable<KeyValuePair<string, string>> values, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(With(Zns(EsmsOperation.SendZnsByHash, ZnsAddressing.HashedPhone, oaId, tempId, hashedPhone, values), options), cancellationToken);

    /// <summary>Kind 27: a step of a ZNS journey.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="tempId">Template.</param>
    /// <param name="phone">Receiver.</param>
    /// <param name="orderId">The order that the journey belongs to.</param>
    /// <param name="values">Values of the template's parameters in their order.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendZnsJourneyAsync(
        string oaId, string tempId, string phone, string orderId, IEnumerable<string> values, SendOptions? options = null, CancellationToken cancellationToken = default)
    {
        var zns = Zns(EsmsOperation.SendZnsV4, ZnsAddressing.Phone, oaId, tempId, phone, []) with
        {
            IsJourney = true, OrderId = orderId, Values = new ZnsValues([.. values], []),
        };
        return SendAsync(With(zns, options), cancellationToken);
    }

    /// <summary>Kind 26: a text of up to 2,000 characters to a follower.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="userId">Zalo user id.</param>
    /// <param name="content">The text.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendFollowerTextAsync(
        string oaId, string userId, string content, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(With(new FollowerSendRequest { Operation = EsmsOperation.SendFollowerText, OaId = oaId, UserId = userId, Content = content }, options), cancellationToken);

    /// <summary>Kind 26: Zalo's own message object, for pictures, buttons, transactions and requests for user info.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="payload">The object as JSON, with <c>recipient.user_id</c> and <c>message</c>.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    /// <exception cref="ArgumentException">The payload is no JSON object.</exception>
    public Task<EsmsSendReply> SendFollowerPayloadAsync(string oaId, string payload, SendOptions? options = null, CancellationToken cancellationToken = default)
    {
        var read = EsmsRequestReader.ReadPayload(payload) ?? throw new ArgumentException("The payload is no JSON object.", nameof(payload));
        return SendAsync(With(new FollowerSendRequest { Operation = EsmsOperation.SendFollowerPayload, OaId = oaId, Payload = read }, options), cancellationToken);
    }

    /// <summary>Zalo first, an SMS when Zalo fails. One SMSID; each channel has a RequestId of its own.</summary>
    /// <param name="phone">Receiver.</param>
    /// <param name="zalo">The Zalo part: OaId, TempId, Values; CallbackUrl and RequestId of its own.</param>
    /// <param name="sms">The SMS part: Content, Brandname, SmsType; CallbackUrl and RequestId of its own.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendZaloThenSmsAsync(string phone, ZnsSendRequest zalo, TextSendRequest sms, CancellationToken cancellationToken = default) =>
        SendAsync(
            new MultiChannelRequest { Operation = EsmsOperation.SendMultiChannel, Phone = phone, Channels = ["zalo", "sms"], Parts = [zalo, sms] },
            cancellationToken);

    /// <summary>A code that the server makes, sends by SMS and checks (see <see cref="CheckCodeAsync"/>). Has no RequestId, so it is not repeated.</summary>
    /// <param name="brandname">Sender name.</param>
    /// <param name="phone">Receiver.</param>
    /// <param name="message">The text with <c>{OTP}</c> where the code goes.</param>
    /// <param name="minutes">How long the code is good, 2 to 10.</param>
    /// <param name="length">Characters of the code.</param>
    /// <param name="digitsOnly">False: letters as well.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendCodeAsync(
        string brandname, string phone, string message, int minutes = 5, int length = 6, bool digitsOnly = true, CancellationToken cancellationToken = default) =>
        SendAsync(
            new OtpSendRequest
            {
                Operation = EsmsOperation.SendOtpV4,
                Brandname = brandname,
                Phone = phone,
                Type = "2",
                Message = message,
                TimeAlive = Digits(minutes),
                NumCharOfCode = Digits(length),
                IsNumber = digitsOnly,
            },
            cancellationToken);

    /// <summary>A code that the server makes and sends by Zalo, then SMS, by a prepared pair of templates. Is not repeated.</summary>
    /// <param name="phone">Receiver.</param>
    /// <param name="multiChannelTempId">The prepared pair.</param>
    /// <param name="minutes">How long the code is good.</param>
    /// <param name="createOnly">Make the code without sending it.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public Task<EsmsSendReply> SendCodeByTemplateAsync(
        string phone, string multiChannelTempId, int minutes = 5, bool createOnly = false, CancellationToken cancellationToken = default) =>
        SendAsync(
            new OtpSendRequest
            {
                Operation = EsmsOperation.SendOtpV5,
                Phone = phone,
                MultiChannelTempId = multiChannelTempId,
                TypeId = createOnly ? "1" : "2",
                TimeAlive = Digits(minutes),
            },
            cancellationToken);

    /// <summary>
    /// Checks a code that the receiver typed in. Right: success; wrong, used, expired: refused with 117 or 171. A code is good once, so the
    /// check is not repeated when its answer was lost.
    /// </summary>
    /// <param name="phone">Receiver of the code.</param>
    /// <param name="code">What was typed in.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<EsmsReply> CheckCodeAsync(string phone, string code, CancellationToken cancellationToken = default)
    {
        var request = new OtpCheckRequest { Operation = EsmsOperation.CheckOtp, Phone = phone, Code = code };
        var end = await CallAsync(request, body => EsmsResponseReader.Read(body), isSend: true, isRepeatable: false, cancellationToken).ConfigureAwait(false);
        return Fill(new EsmsReply { Outcome = end.Outcome }, end);
    }

    /// <summary>A call that reads a template aloud.</summary>
    /// <param name="templateId">Template.</param>
    /// <param name="phone">Receiver.</param>
    /// <param name="variables">Values for the template in their order.</param>
    /// <param name="voice">male, female, hatieumai, ngoclam, or null.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the call may have been ordered by then.</param>
    public Task<EsmsSendReply> CallTemplateAsync(
        string templateId, string phone, IEnumerable<string> variables, string? voice = null, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(
            With(new VoiceCallRequest { Operation = EsmsOperation.CallTemplate, TemplateId = templateId, Phone = phone, Variables = [.. variables], Voice = voice ?? "" }, options),
            cancellationToken);

    /// <summary>A call that plays a recording.</summary>
    /// <param name="recordingId">Recording.</param>
    /// <param name="phone">Receiver.</param>
    /// <param name="options">Further wishes.</param>
    /// <param name="cancellationToken">Gives up waiting; the call may have been ordered by then.</param>
    public Task<EsmsSendReply> CallRecordingAsync(string recordingId, string phone, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync(With(new VoiceCallRequest { Operation = EsmsOperation.CallRecord, TemplateId = recordingId, Phone = phone }, options), cancellationToken);

    /// <summary>The hash that eSMS wants of a number: lower-case hexadecimal SHA-256 of its 84 form (protocol C.2).</summary>
    /// <exception cref="ArgumentException">The text is no Vietnamese mobile number.</exception>
    public static string HashPhone(string phone) => Msisdn.TryNormalize(phone, out var local)
        ? Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes("84" + local[1..]))).ToLowerInvariant()
        : throw new ArgumentException("No Vietnamese mobile number; accepted are 0…, 84… and +84… with nine digits behind.", nameof(phone));

    private static TextSendRequest Text(EsmsOperation operation, MessageKind kind, string brandname, ImmutableArray<string> phones, string content, SendOptions? options) => new()
    {
        Operation = operation,
        SmsType = Digits(kind.TypeId()),
        Brandname = brandname,
        Phones = phones,
        Content = content,
        IsUnicode = options?.IsUnicode ?? false,
    };

    private static ZnsSendRequest Zns(
        EsmsOperation operation, ZnsAddressing addressing, string oaId, string tempId, string address, IEnumerable<KeyValuePair<string, string>> values) => new()
        {
            Operation = operation,
            Addressing = addressing,
            Address = address,
            OaId = oaId,
            TempId = tempId,
            Values = new ZnsValues([], [.. values]),
        };

    private static T With<T>(T request, SendOptions? options)
        where T : SendRequest
    {
        options ??= SendOptions.None;
        return request with
        {
            RequestId = options.RequestId ?? "",
            CallbackUrl = options.CallbackUrl ?? "",
            SendDate = options.SendDate,
            Sandbox = options.Sandbox,
            Campaign = options.Campaign ?? "",
        };
    }

    private static string Digits(int number) => number.ToString(CultureInfo.InvariantCulture);
}
