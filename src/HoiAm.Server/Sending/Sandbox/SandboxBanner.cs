using HoiAm.Sending;
using HoiAm.Server.Hosting;

namespace HoiAm.Server.Sending.Sandbox;

/// <summary>What a start with the sandbox prints: where everything is, the published keys, and one line to try.</summary>
internal static class SandboxBanner
{
    public static string Text(string address, string adminToken)
    {
        var at = address.TrimEnd('/');
        return $$"""

            HoiAm with the sandbox
              dashboard    {{at}}/   (sign in with the token {{adminToken}})
              API pages    {{at}}/docs/   (the same token)
              send API     {{at}}/MainService.svc/json/…   ApiKey {{SandboxCatalogue.ApiKey}}   SecretKey {{SandboxCatalogue.SecretKey}}
              reports      POST {{at}}/api/vendor/v1/sms/callback   API-KEY {{SandboxCatalogue.VendorApiKey}}
              last digits  900 fails, 901 rejected, 902 expires, 903 silent, 907 after 30 s, 908 waits for approval, others are delivered

            Try this in another terminal; the callback appears here two seconds later:

              curl {{at}}/MainService.svc/json/SendMultipleMessage_V4_post_json/ -d '{"ApiKey":"{{SandboxCatalogue.ApiKey}}","SecretKey":"{{SandboxCatalogue.SecretKey}}","SmsType":"2","Brandname":"Baotrixemay","Phone":"0901234567","Content":"Xin chao tu HoiAm"}'


            """;
    }

    /// <summary>The token to show: the given one is its owner's secret.</summary>
    public static string TokenOf(HubOptions options) => options.AdminToken is null ? Bootstrap.SandboxToken : "the one you gave";
}
