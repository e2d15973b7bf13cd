using System.Globalization;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Protocols.Text;

namespace HoiAm.Client;

// The status and lookup calls (protocol D). All may be repeated.
public sealed partial class EsmsClient
{
    /// <summary>State and counters of a message of the last 7 days. Unknown: refused with 105.</summary>
    /// <param name="smsId">As the send returned it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<MessageCounters>> GetSendStatusAsync(string smsId, CancellationToken cancellationToken = default) =>
        QueryAsync(Status(EsmsOperation.GetSendStatus, smsId), body => EsmsResponseReader.SendStatus(body), cancellationToken);

    /// <summary>Each receiver of a message of the last 7 days.</summary>
    /// <param name="smsId">As the send returned it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<AnswerList<ReceiverAnswer>>> GetReceiverStatusAsync(string smsId, CancellationToken cancellationToken = default) =>
        QueryAsync(Status(EsmsOperation.GetReceiverStatus, smsId), body => EsmsResponseReader.ReceiverStatus(body), cancellationToken);

    /// <summary>A page of what was sent, by time of creation.</summary>
    /// <param name="kind">One kind.</param>
    /// <param name="from">Start.</param>
    /// <param name="to">End.</param>
    /// <param name="page">From 1.</param>
    /// <param name="pageSize">Up to 500.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<SentDataPage>> GetSentDataAsync(
        MessageKind kind, DateTimeOffset from, DateTimeOffset to, int page = 1, int pageSize = 500, CancellationToken cancellationToken = default) =>
        QueryAsync(
            new SentDataRequest
            {
                Operation = EsmsOperation.GetSentData,
                From = Local(from, "yyyy-MM-dd HH:mm:ss"),
                To = Local(to, "yyyy-MM-dd HH:mm:ss"),
                Page = Digits(page),
                PageSize = Digits(pageSize),
                SmsType = Digits(kind.TypeId()),
            },
            body => EsmsResponseReader.SentData(body),
            cancellationToken);

    /// <summary>State of a ZNS with Zalo's code; 100 requests a second. Unknown: refused with 854.</summary>
    /// <param name="smsId">As the send returned it.</param>
    /// <param name="kind"><see cref="MessageKind.ZnsPriority"/> or <see cref="MessageKind.Zns"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<ZnsStatusAnswer>> QueryZnsStatusAsync(string smsId, MessageKind kind, CancellationToken cancellationToken = default) =>
        QueryAsync(
            Status(EsmsOperation.QueryZnsStatus, smsId) with { SmsType = Digits(kind.TypeId()) }, body => EsmsResponseReader.ZnsStatus(body), cancellationToken);

    /// <summary>Where a Zalo message is; 30 requests a second.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="messageId">Zalo's message id, the callback's partnerids.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<ZaloMessageStatusAnswer>> GetZaloMessageStatusAsync(string oaId, string messageId, CancellationToken cancellationToken = default) =>
        QueryAsync(
            new ZaloMessageStatusRequest { Operation = EsmsOperation.GetZaloMessageStatus, OaId = oaId, MessageId = messageId },
            body => EsmsResponseReader.ZaloMessageStatus(body),
            cancellationToken);

    /// <summary>State of a call.</summary>
    /// <param name="referenceId">The SMSID that the call returned.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<VoiceStatusAnswer>> GetCallStatusAsync(string referenceId, CancellationToken cancellationToken = default) =>
        QueryAsync(
            new VoiceStatusRequest { Operation = EsmsOperation.GetSendStatus, ReferenceId = referenceId }, body => EsmsResponseReader.VoiceStatus(body), cancellationToken);

    /// <summary>Balance of the account.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<BalanceAnswer>> GetBalanceAsync(CancellationToken cancellationToken = default) =>
        QueryAsync(Account(EsmsOperation.GetBalance), body => EsmsResponseReader.Balance(body), cancellationToken);

    /// <summary>Sender names of the account.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<AnswerList<BrandnameAnswer>>> GetBrandnamesAsync(CancellationToken cancellationToken = default) =>
        QueryAsync(Account(EsmsOperation.GetBrandnames), body => EsmsResponseReader.Brandnames(body), cancellationToken);

    /// <summary>Registered texts of a sender name.</summary>
    /// <param name="brandname">Sender name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<AnswerList<SmsTemplateAnswer>>> GetSmsTemplatesAsync(string brandname, CancellationToken cancellationToken = default) =>
        QueryAsync(
            new TemplateRequest { Operation = EsmsOperation.GetTemplates, SmsType = "2", Brandname = brandname },
            body => EsmsResponseReader.SmsTemplates(body),
            cancellationToken);

    /// <summary>Templates of an Official Account.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="kind"><see cref="MessageKind.ZnsPriority"/> or <see cref="MessageKind.Zns"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<AnswerList<ZnsTemplateAnswer>>> GetZnsTemplatesAsync(
        string oaId, MessageKind kind = MessageKind.Zns, CancellationToken cancellationToken = default) =>
        QueryAsync(
            new TemplateRequest { Operation = EsmsOperation.GetTemplates, SmsType = Digits(kind.TypeId()), OaId = oaId },
            body => EsmsResponseReader.ZnsTemplates(body),
            cancellationToken);

    /// <summary>Details of one template.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="templateId">Template.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<ZnsTemplateAnswer>> GetZnsTemplateAsync(string oaId, string templateId, CancellationToken cancellationToken = default) =>
        QueryAsync(
            new TemplateRequest { Operation = EsmsOperation.GetZnsTemplateInfo, OaId = oaId, TemplateId = templateId },
            body => EsmsResponseReader.ZnsTemplateInfo(body),
            cancellationToken);

    /// <summary>Official Accounts of the account.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<AnswerList<OaAnswer>>> GetOfficialAccountsAsync(CancellationToken cancellationToken = default) =>
        QueryAsync(Account(EsmsOperation.GetOas), body => EsmsResponseReader.Oas(body), cancellationToken);

    /// <summary>How much an Official Account may still send.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<OaQuota>> GetQuotaAsync(string oaId, CancellationToken cancellationToken = default) =>
        QueryAsync(new OaRequest { Operation = EsmsOperation.GetQuota, OaId = oaId }, body => EsmsResponseReader.Quota(body), cancellationToken);

    /// <summary>How Zalo rates an Official Account.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<OaQuality>> GetQualityAsync(string oaId, CancellationToken cancellationToken = default) =>
        QueryAsync(new OaRequest { Operation = EsmsOperation.GetQuality, OaId = oaId }, body => EsmsResponseReader.Quality(body), cancellationToken);

    /// <summary>Ratings that users gave for a template.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="templateId">Template.</param>
    /// <param name="from">Start.</param>
    /// <param name="to">End.</param>
    /// <param name="offset">How many to pass over.</param>
    /// <param name="limit">Up to 50.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<OaRatingPage>> GetRatingsAsync(
        string oaId, string templateId, DateTimeOffset from, DateTimeOffset to, int offset = 0, int limit = 50, CancellationToken cancellationToken = default) =>
        QueryAsync(
            new OaRequest
            {
                Operation = EsmsOperation.GetRating,
                OaId = oaId,
                TemplateId = templateId,
                From = Local(from, "yyyy-MM-dd HH:mm:ss"),
                To = Local(to, "yyyy-MM-dd HH:mm:ss"),
                Offset = Digits(offset),
                Count = Digits(limit),
            },
            body => EsmsResponseReader.Ratings(body),
            cancellationToken);

    /// <summary>Zalo user ids that an Official Account came to know within some days.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="from">First day.</param>
    /// <param name="to">Last day.</param>
    /// <param name="offset">How many to pass over, up to 9,950.</param>
    /// <param name="count">Up to 50.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<UidPage>> GetUserIdsAsync(
        string oaId, DateOnly from, DateOnly to, int offset = 0, int count = 50, CancellationToken cancellationToken = default) =>
        QueryAsync(
            new OaRequest
            {
                Operation = EsmsOperation.GetUids,
                OaId = oaId,
                From = from.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture),
                To = to.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture),
                Offset = Digits(offset),
                Count = Digits(count),
            },
            body => EsmsResponseReader.Uids(body),
            cancellationToken);

    /// <summary>Followers of an Official Account.</summary>
    /// <param name="oaId">Official Account.</param>
    /// <param name="offset">How many to pass over.</param>
    /// <param name="count">Up to 50.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<EsmsReply<UidPage>> GetFollowersAsync(string oaId, int offset = 0, int count = 50, CancellationToken cancellationToken = default) =>
        QueryAsync(
            new OaRequest { Operation = EsmsOperation.GetFollowers, OaId = oaId, Offset = Digits(offset), Count = Digits(count) },
            body => EsmsResponseReader.Followers(body),
            cancellationToken);

    /// <summary>What a send would cost. Nothing is sent.</summary>
    /// <param name="send">A text of kind 1, 2 or 8, or a ZNS.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArgumentException">There is no estimate for this send.</exception>
    public Task<EsmsReply<SummaryAnswer>> EstimateAsync(SendRequest send, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(send);
        var operation = send switch
        {
            TextSendRequest { SmsType: "1" } => EsmsOperation.SummaryPromo,
            TextSendRequest => EsmsOperation.SummarySms,
            ZnsSendRequest => EsmsOperation.SummaryZalo,
            _ => throw new ArgumentException($"There is no estimate for a {send.GetType().Name}; accepted are TextSendRequest and ZnsSendRequest.", nameof(send)),
        };
        return QueryAsync(new SummaryRequest { Operation = operation, Send = send }, body => EsmsResponseReader.Summary(body), cancellationToken);
    }

    /// <summary>
    /// Registers a ZNS template, a text template or an OA package, as the request's operation says. A repeat is refused with 199, so it is
    /// safe; the result comes to the request's CallbackUrl.
    /// </summary>
    /// <param name="request">What to register.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<EsmsReply<RegistrationAnswer>> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        EsmsAnswer<RegistrationAnswer>? answer = null;
        var end = await CallAsync(request, body => answer = EsmsResponseReader.Registration(body), isSend: true, isRepeatable: true, cancellationToken).ConfigureAwait(false);
        return Fill(new EsmsReply<RegistrationAnswer> { Outcome = end.Outcome, Value = end.Outcome == EsmsOutcome.Accepted ? answer?.Value : null }, end);
    }

    private static MessageStatusRequest Status(EsmsOperation operation, string smsId) => new() { Operation = operation, SmsId = smsId };

    private static AccountRequest Account(EsmsOperation operation) => new() { Operation = operation };

    private static string Local(DateTimeOffset at, string format) => WireTime.ToVietnam(at).ToString(format, CultureInfo.InvariantCulture);
}
