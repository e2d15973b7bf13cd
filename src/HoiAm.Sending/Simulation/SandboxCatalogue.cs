using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>
/// What the sandbox account may send with (contract section 3), and beyond the contract what its pages need to answer something: a call's
/// template and recording, a pair for generated codes, followers.
/// </summary>
public static class SandboxCatalogue
{
    /// <summary>ApiKey of the sandbox account.</summary>
    public const string ApiKey = "sandbox-key";

    /// <summary>SecretKey of the sandbox account.</summary>
    public const string SecretKey = "sandbox-secret";

    /// <summary>API-KEY with which the simulated carriers report.</summary>
    public const string VendorApiKey = "sandbox-vendor";

    /// <summary>Name of the account and of its vendor.</summary>
    public const string AccountId = "sandbox";

    /// <summary>Balance at the beginning, VND.</summary>
    public const decimal Balance = 1_000_000_000m;

    private const string OtpText = "{{otp}} la ma xac minh cua ban";

    /// <summary>The snapshot.</summary>
    public static AccountCatalogue Create() => new()
    {
        AccountId = AccountId,
        UserId = 9999,
        Balance = Balance,
        BrandNames =
        [
            new BrandName("Baotrixemay", MessageKind.CustomerCareSms),
            new BrandName("Baotrixemay", MessageKind.PromoSms),
            new BrandName("Verify", MessageKind.CustomerCareSms) { Templates = [new SmsTemplate(458, "{P1,10} la ma xac minh cua ban")] },
            new BrandName("BAT DONG SAN GIA TOT", MessageKind.Viber),
        ],
        Oas =
        [
            new OfficialAccount("4097311281936189049", "SVoucher")
            {
                Templates = [Otp("205644", MessageKind.Zns, journey: true), Otp("205645", MessageKind.ZnsPriority)],
                Quota = new OaQuota(5000, 0, 425, 403, 403, 5000, 0),
                QualitySevenDays = "HIGH",
                QualityCurrent = "HIGH",
                Followers = ["7800378501923859642", "4176617840488517388", "7000997455428487634", "5889364632581220929"],
            },
            new OfficialAccount("1397492183140006179", "HoiAm demo 1") { Templates = [Otp("2056446", MessageKind.Zns)] },
            new OfficialAccount("1090257973118325189", "HoiAm demo 2") { Templates = [Otp("228386", MessageKind.Zns)] },
        ],
        VoiceTemplates = [new VoiceTemplate("20001", IsRecording: false, VariableCount: 1), new VoiceTemplate("30001", IsRecording: true)],
        MultiChannelTemplates =
            [new MultiChannelTemplate("22575", "4097311281936189049", "205644", "Verify", "{OTP} la ma xac minh cua ban")],
        Prices = new PriceList(
        [
            (MessageKind.PromoSms, 0, 400m),
            (MessageKind.CustomerCareSms, 0, 850m),
            (MessageKind.FixedPriceSms, 0, 250m),
            (MessageKind.Viber, 0, 470m),
            (MessageKind.ZnsPriority, 0, 330m),
            (MessageKind.Zns, 0, 330m),
            (MessageKind.ZaloFollower, 0, 60m),
            (MessageKind.ZnsJourney, 0, 220m),
            (MessageKind.VoiceCall, 0, 600m),
        ]),
        Routes = RouteTable.Everything,
    };

    private static ZnsTemplate Otp(string id, MessageKind kind, bool journey = false) =>
        new(id, kind, [new ZnsParameter("otp", 30)])
        {
            Name = "Xác nhận đăng ký dịch vụ",
            Content = OtpText,
            AllowsJourney = journey,
            Tag = "OTP",
        };
}
