using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>Judges everything that sends nothing. What the catalogue can answer is answered here; the rest is a plan for the store.</summary>
public static class QueryRules
{
    /// <summary>How far GetSendStatus looks back (protocol G 38).</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromDays(7);

    /// <summary>Most rows of GetSmsSentData_V2.</summary>
    public const int SentDataPageMax = 500;

    /// <summary>Most rows of the OA lists.</summary>
    public const int OaPageMax = 50;

    internal const int UidOffsetMax = 9950;

    // Far beyond anything stored; it keeps the product with the page size in bounds.
    private const int PageMax = 1_000_000;

    /// <summary>Judges a query; <paramref name="catalogue"/> is null when the keys are wrong.</summary>
    public static QueryPlan Decide(EsmsRequest request, AccountCatalogue? catalogue, SendContext context)
    {
        if (SendRules.CheckAccount(catalogue, context.RemoteAddress) is { } closed)
        {
            return Refuse(request, closed);
        }

        return request switch
        {
            MessageStatusRequest r => Status(r, context.Now),
            VoiceStatusRequest r => new FindCall(r.ReferenceId, EsmsResponses.Refused(r.Operation, EsmsResults.UnknownMessage)),
            OtpCheckRequest r => Code(r),
            SentDataRequest r => SentData(r),
            ZaloMessageStatusRequest r => ZaloStatus(r, catalogue!),
            RegistrationRequest r => Registration(r, catalogue!),
            SummaryRequest r => Summary(r, catalogue!, context),
            TemplateRequest r => CatalogueAnswers.Templates(r, catalogue!),
            OaRequest r => CatalogueAnswers.Oa(r, catalogue!),
            AccountRequest r => CatalogueAnswers.Account(r, catalogue!),
            _ => throw new ArgumentException("No rule for " + request.GetType().Name, nameof(request)),
        };
    }

    internal static Answered Refuse(EsmsRequest request, EsmsResult result) => new(
        EsmsResponses.Refused(request.Operation, result, request is MessageStatusRequest { Operation: EsmsOperation.GetSendStatus } r ? r.SmsId : null));

    internal static bool TryNumber(string text, int absent, int min, int max, out int number)
    {
        number = absent;
        return (text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)) && number >= min && number <= max;
    }

    private static QueryPlan Status(MessageStatusRequest request, DateTimeOffset now)
    {
        if (request.Operation != EsmsOperation.QueryZnsStatus)
        {
            var unknown = Refuse(request, EsmsResults.UnknownMessage);
            return request.SmsId.Length is 0 or > MessageId.LengthMax ? unknown : new FindMessage(request.SmsId, now - LookBack, unknown.Body);
        }

        if (request.SmsId.Length == 0)
        {
            return Refuse(request, EsmsResults.MissingMessageId);
        }

        return SendRules.CheckKind(request.SmsType, [MessageKind.ZnsPriority, MessageKind.Zns], out var kind) is { } wrong
            ? Refuse(request, wrong)
            : new FindZns(request.SmsId, kind, EsmsResponses.Refused(request.Operation, EsmsResults.NoData));
    }

    private static QueryPlan Code(OtpCheckRequest request) => Msisdn.TryNormalize(request.Phone, out var phone)
        ? new CheckCode(phone, request.Phone, request.Code)
        : Refuse(request, EsmsResults.PhoneInvalid(request.Phone));

    private static QueryPlan SentData(SentDataRequest request)
    {
        if (!SendDates.TryParse(request.From, out var from))
        {
            return Refuse(request, EsmsResults.DateInvalid("From"));
        }

        if (!SendDates.TryParse(request.To, out var to))
        {
            return Refuse(request, EsmsResults.DateInvalid("To"));
        }

        if (!TryNumber(request.Page, 1, 1, PageMax, out var page))
        {
            return Refuse(request, EsmsResults.PageInvalid("Page"));
        }

        if (!TryNumber(request.PageSize, SentDataPageMax, 1, SentDataPageMax, out var size))
        {
            return Refuse(request, EsmsResults.PageInvalid("PageSize"));
        }

        return SendRules.CheckKind(request.SmsType, Enum.GetValues<MessageKind>(), out var kind) is { } wrong
            ? Refuse(request, wrong)
            : new ListSent(from, to, kind, (long)(page - 1) * size, size);
    }

    private static QueryPlan ZaloStatus(ZaloMessageStatusRequest request, AccountCatalogue catalogue)
    {
        if (request.MessageId.Length == 0)
        {
            return Refuse(request, EsmsResults.MissingMessageId);
        }

        return CheckOa(request.OaId, catalogue) is { } wrong ? Refuse(request, wrong) : new FindZaloMessage(request.OaId, request.MessageId);
    }

    private static Answered Summary(SummaryRequest request, AccountCatalogue catalogue, SendContext context)
    {
        var (result, price, receivers) = SendRules.Estimate(request, catalogue, context);
        return result.IsSuccess ? new(EsmsResponses.Summary(price, receivers)) : Refuse(request, result);
    }

    internal static EsmsResult? CheckOa(string oaId, AccountCatalogue catalogue) => oaId.Length == 0
        ? EsmsResults.MissingOaOrTemplate
        : catalogue.FindOa(oaId) switch
        {
            null => EsmsResults.UnknownOa,
            { Active: false } => EsmsResults.OaInactive,
            _ => null,
        };

    private static QueryPlan Registration(RegistrationRequest request, AccountCatalogue catalogue)
    {
        var wrong = request.Operation switch
        {
            EsmsOperation.RegisterSmsTemplate => CheckSmsTemplate(request, catalogue),
            EsmsOperation.RegisterZnsTemplate => CheckZnsTemplate(request, catalogue),
            _ => CheckPackage(request, catalogue),
        };
        if (wrong is not null)
        {
            return Refuse(request, wrong);
        }

        // The documented answers: a text template is read, a mark or a package is checked for its owner.
        var text = request.Operation == EsmsOperation.RegisterSmsTemplate
            ? "ViHAT is moderating your template"
            : "ViHAT is censoring trademark ownership";
        var parts = string.Join('\n', request.Operation, request.Brandname, request.OaId, request.SmsType, request.Content, request.Package, request.DateActive);
        return new Register(request, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts))), text);
    }

    private static EsmsResult? CheckSmsTemplate(RegistrationRequest request, AccountCatalogue catalogue)
    {
        if (SendRules.CheckKind(request.SmsType, [MessageKind.CustomerCareSms, MessageKind.FixedPriceSms], out var kind) is { } wrong)
        {
            return wrong;
        }

        if (request.ServiceType != "2")
        {
            return EsmsResults.UnsupportedService;
        }

        if (kind == MessageKind.CustomerCareSms && catalogue.FindBrandName(request.Brandname, kind) is null)
        {
            return EsmsResults.UnknownBrandname;
        }

        return request.Content.Length == 0 ? EsmsResults.DataInvalid("Content is missing.") : null;
    }

    private static EsmsResult? CheckZnsTemplate(RegistrationRequest request, AccountCatalogue catalogue) =>
        SendRules.CheckKind(request.SmsType, [MessageKind.ZnsPriority, MessageKind.Zns], out _)
        ?? CheckOa(request.OaId, catalogue)
        ?? (request.Content.Length == 0 ? EsmsResults.DataInvalid("Content is missing.") : null);

    private static EsmsResult? CheckPackage(RegistrationRequest request, AccountCatalogue catalogue)
    {
        if (CheckOa(request.OaId, catalogue) is { } wrong)
        {
            return wrong;
        }

        if (request.Package is not ("1" or "2" or "3"))
        {
            return EsmsResults.UnsupportedService;
        }

        if (!SendDates.TryParse(request.DateActive, out _))
        {
            return EsmsResults.DateInvalid("Dateactive");
        }

        return request.Duration.Length == 0 ? EsmsResults.DataInvalid("Duaration is missing.") : null;
    }
}
