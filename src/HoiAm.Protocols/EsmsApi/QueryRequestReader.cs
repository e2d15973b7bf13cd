namespace HoiAm.Protocols.EsmsApi;

/// <summary>The half of <see cref="EsmsRequestReader"/> that reads what sends nothing.</summary>
internal static class QueryRequestReader
{
    public static EsmsRequest Read(EsmsOperation op, EsmsFields f) => op switch
    {
        // The voice host has a call of the same name; only its parameter tells them apart (protocol D).
        EsmsOperation.GetSendStatus when f.Text("ReferenceId").Length > 0 && f.Text("RefId").Length == 0 =>
            new VoiceStatusRequest { Operation = op, ReferenceId = f.Text("ReferenceId") },
        EsmsOperation.GetSendStatus or EsmsOperation.GetReceiverStatus or EsmsOperation.QueryZnsStatus =>
            new MessageStatusRequest { Operation = op, SmsId = f.Text("RefId", "SmsId"), SmsType = f.Id("SmsType") },
        EsmsOperation.CheckOtp => new OtpCheckRequest { Operation = op, Phone = f.Id("Phone"), Code = f.Id("Code") },
        EsmsOperation.GetSentData => new SentDataRequest
        {
            Operation = op,
            From = f.Id("From", "FromDate"),
            To = f.Id("To", "ToDate"),
            Page = f.Id("Page"),
            PageSize = f.Id("PageSize"),
            SmsType = f.Id("SmsType"),
        },
        EsmsOperation.GetZaloMessageStatus =>
            new ZaloMessageStatusRequest { Operation = op, OaId = f.Id("OAID"), MessageId = f.Id("MessageId") },
        EsmsOperation.GetTemplates or EsmsOperation.GetZnsTemplateInfo => new TemplateRequest
        {
            Operation = op,
            SmsType = f.Id("SmsType"),
            Brandname = f.Id("Brandname"),
            OaId = f.Id("OAID"),
            TemplateId = f.Id("TemplateId", "TempId"),
        },
        EsmsOperation.GetQuota or EsmsOperation.GetQuality or EsmsOperation.GetRating or EsmsOperation.GetUids
            or EsmsOperation.GetFollowers => new OaRequest
            {
                Operation = op,
                OaId = f.Id("OAID"),
                TemplateId = f.Id("TemplateID", "TempId"),
                From = f.Id("FromTime", "FromDate"),
                To = f.Id("ToTime", "ToDate"),
                Offset = f.Id("Offset"),
                Count = f.Id("Count", "Limit"),
            },
        EsmsOperation.RegisterZnsTemplate or EsmsOperation.RegisterSmsTemplate or EsmsOperation.RegisterOaPackage => Registration(op, f),
        _ => new AccountRequest { Operation = op },
    };

    private static RegistrationRequest Registration(EsmsOperation op, EsmsFields f) => new()
    {
        Operation = op,
        Content = f.Text("Content"),
        Brandname = f.Id("Brandname"),
        OaId = f.Id("OAID"),
        SmsType = f.Id("SmsType"),
        ServiceType = f.Id("ServiceType"),
        CallbackUrl = f.Id("CallbackUrl"),
        IsUnicode = f.Flag("IsUnicode"),
        AssetsUrl = f.Id("AssetsUrl", "ImageUrl"),
        Cta1 = f.Id("CTA1", "CTA 1"),
        Cta2 = f.Id("CTA2", "CTA 2"),
        CustomerName = f.Text("CustomerName"),
        CustomerEmail = f.Id("CustomerEmail"),
        CustomerPhone = f.Id("CustomerPhone"),
        Package = f.Id("Package"),
        Duration = f.Id("Duaration", "Duration"),
        DateActive = f.Id("Dateactive"),
    };
}
