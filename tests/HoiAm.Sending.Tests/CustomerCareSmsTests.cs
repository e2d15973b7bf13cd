using HoiAm.Model;

namespace HoiAm.Sending.Tests;

/// <summary>SendMultipleMessage_V4_post_json with SmsType 2, read as a manual: what is asked, what is answered.</summary>
public sealed class CustomerCareSmsTests
{
    private const string Path = "SendMultipleMessage_V4_post_json/";

    private const string Good = """
        {"ApiKey":"k","SecretKey":"s","Content":"123456 la ma xac minh","Phone":"0901888484","Brandname":"Baotrixemay","SmsType":"2",
         "RequestId":"r-1","CallbackUrl":"http://127.0.0.1:9000/hook?token=abc","campaignid":"test"}
        """;

    [Fact]
    public void GoodRequest_IsAcceptedAndPriced()
    {
        var decision = Sandbox.Decide(Sandbox.Post(Path, Good));

        var draft = decision.Draft!;
        Assert.Equal(MessageKind.CustomerCareSms, draft.Kind);
        Assert.Equal([new DraftRecipient("0901888484", AddressForm.Phone, 2, 850m)], draft.Recipients);
        Assert.Equal("r-1", draft.RequestId);
        Assert.Equal(["r-1"], draft.RequestIds);
        Assert.Equal("http://127.0.0.1:9000/hook?token=abc", draft.CallbackUrl);
        Assert.Equal("test", draft.Campaign);
        Assert.Equal("Baotrixemay", draft.Brandname);
        Assert.Null(draft.SendAt);
        Assert.Equal(
            $$"""{"CodeResult":"100","CountRegenerate":0,"SMSID":"{{Sandbox.SmsId}}"}""", Sandbox.Answer(Sandbox.Post(Path, Good)));
    }

    [Fact]
    public void UndecodableBody_IsInvalidRequest() =>
        Assert.Equal("""{"error":"Invalid request"}""", Sandbox.Answer(Sandbox.Post(Path, "{\"ApiKey\":")));
}
