using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending.Tests;

/// <summary>Every documented request body is accepted and becomes the kind, receiver and price that it should.</summary>
public sealed class DocumentedRequestsTests
{
    [Theory]
    [InlineData("send-sms-type2-request", "SendMultipleMessage_V4_post_json", MessageKind.CustomerCareSms, "0900000001", 850)]
    [InlineData("send-sms-type2-request-numbers", "SendMultipleMessage_V4_post_json", MessageKind.CustomerCareSms, "0900000001", 850)]
    [InlineData("send-sms-type8-request", "SendMultipleMessage_V4_post_json", MessageKind.FixedPriceSms, "0900000001", 250)]
    [InlineData("send-promo-type1-request", "SendMultipleSMSBrandname_json", MessageKind.PromoSms, "0900000001", 12_000)]
    [InlineData("send-viber-type23-request", "Send_Multiple_Sms_OTT", MessageKind.Viber, "0900000001", 470)]
    [InlineData("send-zns-v4-request", "SendZaloMessage_V4_post_json", MessageKind.Zns, "0900000001", 330)]
    [InlineData("send-zns-v5-request", "SendZaloMessage_V5_post", MessageKind.Zns, "0900000001", 330)]
    [InlineData("send-zns-v6-request", "SendZaloMessage_V6", MessageKind.Zns, "0900000001", 330)]
    [InlineData("send-zns-journey-request", "SendZaloMessage_V4_post_json", MessageKind.ZnsJourney, "0900000001", 220)]
    [InlineData("send-zns-uid-request", "SendZaloMessage_V6/zalo_uid", MessageKind.ZnsByUid, "5300000000000000001", 330)]
    [InlineData(
        "send-zns-hashphone-request", "SendZaloMessage_V6/hash_phone", MessageKind.Zns, "c1defbf2b2d03f6c060709faa2be37c05d6539c96ebbe5bd1bfea42cdc54032f", 330)]
    [InlineData("send-consulting-text-request", "SendZaloFollowerMessage_V4_post_json", MessageKind.ZaloFollower, "5300000000000000001", 60)]
    [InlineData("send-transaction-request", "SendZaloFollowerMessage_V5_post_json", MessageKind.ZaloFollower, "5300000000000000001", 60)]
    [InlineData("send-user-info-request", "SendZaloFollowerMessage_V5_post_json", MessageKind.ZaloFollower, "5300000000000000001", 60)]
    [InlineData("send-multichannel-request", "MultiChannelMessage", MessageKind.Zns, "0900000001", 330)]
    public void Request_IsAccepted(string vector, string path, MessageKind kind, string receiver, int price)
    {
        var body = Vectors.Bytes("constructed-" + vector);

        var decision = Sandbox.Decide(Sandbox.Read("POST", path, "", body, "application/json"), Catalogues.OfVectors);

        Assert.Equal(EsmsResults.Success, decision.Result);
        Assert.Equal((kind, receiver, (decimal)price), (decision.Draft!.Kind, decision.Draft.Recipients[0].Address, decision.Draft.TotalPrice));
    }

    [Fact]
    public void Payload_KeepsTheBytesThatWereSent()
    {
        var body = Vectors.Bytes("constructed-send-transaction-request");
        var request = Assert.IsType<FollowerSendRequest>(
            Sandbox.Read("POST", "SendZaloFollowerMessage_V5_post_json", "", body, "text/plain"));

        Assert.Contains(request.Payload!.Json, Sandbox.Text(body), StringComparison.Ordinal);
        Assert.StartsWith("{", request.Payload.Json, StringComparison.Ordinal);
        Assert.Equal("transaction_order", request.Payload.TemplateType);
    }

    [Fact]
    public void MultiChannel_HasTwoLegsUnderOneId()
    {
        var body = Vectors.Bytes("constructed-send-multichannel-request");
        var draft = Sandbox.Decide(Sandbox.Read("POST", "MultiChannelMessage", "", body, null), Catalogues.OfVectors).Draft!;

        var sms = draft.Fallback!;
        Assert.Equal((draft.SmsId, MessageKind.CustomerCareSms, "0900000001"), (sms.SmsId, sms.Kind, sms.Recipients[0].Address));
        Assert.Equal(("http://127.0.0.1:9000/zns", "http://127.0.0.1:9000/sms"), (draft.CallbackUrl, sms.CallbackUrl));
        Assert.Equal(["req-0012-z", "req-0012-s"], draft.RequestIds);
        Assert.Equal((330m, 850m, 850m), (draft.TotalPrice, sms.TotalPrice, draft.PriceToCover));
    }

    [Fact]
    public void Bulk_AnswersEachRowInItsOrder()
    {
        var ids = 0;
        var body = Vectors.Bytes("constructed-send-zns-bulk-request");
        var request = Assert.IsType<ZnsBulkRequest>(Sandbox.Read("POST", "Send_zns_bulk_v4_post_json", "", body, null));

        var decision = SendRules.Decide(request, Catalogues.OfVectors, Sandbox.Context with { NewSmsId = _ => $"id{++ids}" });

        Assert.Equal(
            """{"CodeResult":"100","Message":"Sucess","TotalFail":1,"TotalSuccess":1,"detail":[{"CodeResult":"100","Phone":"0900000001","SMSID":"id1"},"""
            + """{"CodeResult":"108","Phone":"097469188","ErrorMessage":"The phone number 097469188 is not valid."}]}""",
            Sandbox.Text(SendAnswers.Write(request.Operation, decision)));
        Assert.Equal("req-0011-1", Assert.Single(decision.ToStore).RequestId);
    }

    [Theory]
    [InlineData("getsmssentdata-v2-request", "GetSmsSentData_V2")]
    [InlineData("queryznsstatus-request", "QueryZnsStatus")]
    [InlineData("getzalomessagestatus-request", "GetZaloMessageStatus")]
    public void Query_BecomesAPlanForTheStore(string vector, string path)
    {
        var request = Sandbox.Read("POST", path, "", Vectors.Bytes("constructed-" + vector), null);

        var plan = QueryRules.Decide(request!, Catalogues.OfVectors, Sandbox.Context);

        Assert.True(
            plan is ListSent { Kind: MessageKind.CustomerCareSms, Skip: 0, Take: 500 }
                or FindZns { SmsId: "2d00b834cc1d488081ba7ec308da0ec40900000001", Kind: MessageKind.Zns }
                or FindZaloMessage { PartnerId: "416f53d0cf0ec7569e19" },
            plan.ToString());
    }
}
