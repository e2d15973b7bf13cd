namespace HoiAm.Protocols.EsmsApi;

/// <summary>The half of <see cref="EsmsRequestWriter"/> that writes what sends nothing.</summary>
internal static class QueryRequestWriter
{
    public static void Fill(WireFields f, EsmsRequest request)
    {
        switch (request)
        {
            case AccountRequest { Operation: EsmsOperation.GetBalance or EsmsOperation.GetOas }:
                break;
            case MessageStatusRequest { Operation: EsmsOperation.GetSendStatus or EsmsOperation.GetReceiverStatus } r:
                f.Add("RefId", r.SmsId);
                break;
            case MessageStatusRequest { Operation: EsmsOperation.QueryZnsStatus } r:
                f.Add("SmsId", r.SmsId).Add("SmsType", r.SmsType);
                break;
            case VoiceStatusRequest { Operation: EsmsOperation.GetSendStatus } r:
                f.Add("ReferenceId", r.ReferenceId);
                break;
            case OtpCheckRequest { Operation: EsmsOperation.CheckOtp } r:
                f.Add("Phone", r.Phone).Add("Code", r.Code);
                break;
            case SentDataRequest { Operation: EsmsOperation.GetSentData } r:
                f.Add("From", r.From).Add("To", r.To).Add("Page", r.Page).Add("PageSize", r.PageSize).Add("SmsType", r.SmsType);
                break;
            case ZaloMessageStatusRequest { Operation: EsmsOperation.GetZaloMessageStatus } r:
                f.Add("OAID", r.OaId).Add("MessageId", r.MessageId);
                break;
            case TemplateRequest r when r.Operation is EsmsOperation.GetTemplates or EsmsOperation.GetZnsTemplateInfo:
                f.Add("SmsType", r.SmsType).Add("Brandname", r.Brandname).Add("OAId", r.OaId).Add("TemplateId", r.TemplateId);
                break;
            case OaRequest r when r.Operation is >= EsmsOperation.GetQuota and <= EsmsOperation.GetFollowers:
                Oa(f, r);
                break;
            case RegistrationRequest r when r.Operation >= EsmsOperation.RegisterZnsTemplate:
                Registration(f, r);
                break;
            default:
                throw new ArgumentException($"{request.Operation} does not go with a {request.GetType().Name}.", nameof(request));
        }
    }

    private static void Oa(WireFields f, OaRequest r)
    {
        // Ratings say Time and Limit, the lists Date and Count, in the words of their pages.
        var rating = r.Operation == EsmsOperation.GetRating;
        f.Add("OAID", r.OaId)
            .Add("TemplateID", r.TemplateId)
            .Add(rating ? "FromTime" : "FromDate", r.From)
            .Add(rating ? "ToTime" : "ToDate", r.To)
            .Add("Offset", r.Offset)
            .Add(rating ? "Limit" : "Count", r.Count);
    }

    private static void Registration(WireFields f, RegistrationRequest r) => f
        .Add("Content", r.Content)
        .Add("Brandname", r.Brandname)
        .Add("OAID", r.OaId)
        .Add("SmsType", r.SmsType)
        .Add("ServiceType", r.ServiceType)
        .Add("CallbackUrl", r.CallbackUrl)
        .Flag("IsUnicode", r.IsUnicode)
        .Add(r.Operation == EsmsOperation.RegisterZnsTemplate ? "ImageUrl" : "AssetsUrl", r.AssetsUrl)
        .Add("CTA1", r.Cta1)
        .Add("CTA2", r.Cta2)
        .Add("CustomerName", r.CustomerName)
        .Add("CustomerEmail", r.CustomerEmail)
        .Add("CustomerPhone", r.CustomerPhone)
        .Add("Package", r.Package)
        .Add("Duaration", r.Duration)
        .Add("Dateactive", r.DateActive);
}
