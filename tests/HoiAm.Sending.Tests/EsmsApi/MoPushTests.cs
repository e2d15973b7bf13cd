using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending.Tests.EsmsApi;

public sealed class MoPushTests
{
    private static readonly MoPush s_push = new(
        "0901888484", "VOTE số 1", "8079", "VOTE", "abcdef", "1234", new DateTimeOffset(2013, 2, 28, 6, 1, 1, TimeSpan.Zero));

    // The MD5 was computed outside: printf '%s' 'abcdef1234xyz17417a0d20114d36a902e49cad0e97f3' | openssl md5 -binary | base64
    [Fact]
    public void DocumentedExample_IsSigned() =>
        Assert.Equal("O85nc2XByOhTm8a8t2rYKA==", MoPush.Sign("17417a0d20114d36a902e49cad0e97f3", "abcdef", "1234", "xyz"));

    [Fact]
    public void Query_HasTheDocumentedOrderNamesAndForms()
    {
        var sign = Uri.EscapeDataString(MoPush.Sign("key", "abcdef", "1234", "VOTE số 1", "20130228130101"));

        Assert.Equal(
            "sender=84901888484&content=VOTE%20s%E1%BB%91%201&serviceNumber=8079&keyword=VOTE&sign=" + sign
            + "&cpid=abcdef&smsid=1234&receiverTime=20130228130101",
            s_push.Query("key"));
    }

    [Theory]
    [InlineData("<ClientResponse><Message>Cam on</Message><Smsid>1234</Smsid><Receiver>84901888484</Receiver></ClientResponse>", "84901888484")]
    [InlineData("\uFEFF<?xml version=\"1.0\"?>\n<clientresponse> <message><![CDATA[Cam on]]></message><smsid>1234</smsid><receiver>84901888484</receiver></clientresponse>", "84901888484")]
    [InlineData("<ClientResponse>\n<Message>Cam on</Message>\n<Smsid>1234</Smdid>\n<Receiver>84901888484</Receiver></ClientResponse>", "")]
    public void Reply_IsReadAsFarAsItGoes(string xml, string receiver) => Assert.Equal(new MoReply("Cam on", "1234", receiver), MoReply.TryRead(xml));

    [Theory]
    [InlineData("")]
    [InlineData("OK")]
    [InlineData("<other><Message>x</Message></other>")]
    [InlineData("<!DOCTYPE a [<!ENTITY e \"x\">]><ClientResponse><Message>&e;</Message></ClientResponse>")]
    public void AnythingElse_IsNoReply(string xml) => Assert.Null(MoReply.TryRead(xml));

    [Fact]
    public void RegistrationResult_IsOneQuery() => Assert.Equal("ServicePreviewId=52353&Result=2", RegistrationPush.Query(52353, RegistrationPush.Registered));
}
