using System.Collections.Immutable;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending.Tests.EsmsApi;

/// <summary>Every answer that the documentation shows, byte for byte but for the blanks between tokens.</summary>
public sealed class DocumentedAnswersTests
{
    private const string SmsId = "d533459ee42b2b9525ba9eabf6a8156";

    private static readonly DateTimeOffset s_sent = DateTimeOffset.FromUnixTimeMilliseconds(1705484048995);

    private static readonly Dictionary<string, Func<byte[]>> s_answers = new()
    {
        ["send-response-100"] = () => EsmsResponses.Accepted(EsmsOperation.SendJson, SmsId),
        ["send-response-101"] = () => EsmsResponses.Refused(EsmsOperation.SendJson, EsmsResults.Unauthorized),
        ["send-response-104"] = () => EsmsResponses.Refused(EsmsOperation.SendJson, EsmsResults.UnknownBrandname),
        ["send-response-107"] = () => EsmsResponses.Refused(EsmsOperation.SendPromoJson, EsmsResults.TooFewNumbers),
        ["send-response-124-with-sendstatus"] = () => SendAnswers.Repeated(EsmsOperation.SendJson, 5),
        ["send-response-146"] = () =>
            EsmsResponses.Refused(EsmsOperation.SendJson, EsmsResults.TemplateMismatch, "3f5ec8c71c4a4ccea311f731dfeaa133156"),
        ["send-response-99"] = () => EsmsResponses.InvalidRequest.ToArray(),
        ["send-response-789"] = () => EsmsResponses.Refused(EsmsOperation.SendZnsV6, EsmsResults.TemplateNotConfigured),
        ["send-response-852"] = () => EsmsResponses.Refused(EsmsOperation.SendZnsByUid, EsmsResults.UidInvalid),
        ["send-response-853"] = () => EsmsResponses.Refused(EsmsOperation.SendZnsByUid, EsmsResults.UidMissing),
        ["zns-bulk-response"] = () => EsmsResponses.Bulk(
        [
            new BulkRowAnswer("{Phone}", "a037b928-cb7e-4bfc-bdf9-0286318163aa264", null),
            new BulkRowAnswer("{Phone}", "b83ff06e-8989-4b0d-818e-795b96699e86261", null),
            new BulkRowAnswer("{Phone}", null, EsmsResults.PhoneInvalid("097469188")),
        ]),
        ["checkcode-response-100"] = () => EsmsResponses.CodeCheck(valid: true, "0901888484", "686868"),
        ["checkcode-response-117"] = () => EsmsResponses.CodeCheck(valid: false, "0901888484", "1NTTJ6"),
        ["getsendstatus-response-100"] = () =>
            EsmsResponses.SendStatus(new MessageCounters("434a124c-7818-4f45-bdf2-7f7b07fff210100", 5, 1, 0, 850m, 1, 1)),
        ["getsendstatus-response-101"] = () =>
            EsmsResponses.Refused(EsmsOperation.GetSendStatus, EsmsResults.Unauthorized, "47756317-0cbe-494a-9d02-c85703a1baff20"),
        ["getsmsreceiverstatus-response-100"] = () => EsmsResponses.ReceiverStatus(
        [
            new ReceiverAnswer("0901888484", 1, IsSent: true, Delivered: true, 0),
            new ReceiverAnswer("0918238965", 3, IsSent: true, Delivered: false, 0),
            new ReceiverAnswer("0765418062", 2, IsSent: true, Delivered: false, 0),
        ]),
        ["getsmssentdata-v2-response-101"] = () => EsmsResponses.Refused(EsmsOperation.GetSentData, EsmsResults.Unauthorized),
        ["constructed-getsmssentdata-v2-response-100"] = () => EsmsResponses.SentData(
            2,
            [
                new SentDataRow("test", "hello", "0900000001", "35781d6c25524e40a035c26663189549", 345m, 0, 5, s_sent, 29028845, 2),
                new SentDataRow("test", "hello", "0900000001", "0aac72e0-ba9b-4348-8530-d18d105778db18", 790m, 1, 5, s_sent, 29028845, 2),
            ]),
        ["queryznsstatus-response-100"] = () => EsmsResponses.ZnsStatus(new ZnsStatusAnswer(
            new MessageCounters("59e0c764219c49119063db4468f257fb221", 5, 1, 0, 330m, 1, 1), "0", IsFinal: true, "6dc7499c9ef6baaee3e1")),
        ["getzalomessagestatus-response-100"] = () =>
            EsmsResponses.ZaloMessageStatus(DateTimeOffset.FromUnixTimeMilliseconds(1767678030984), 1),
        ["getbalance-response-100"] = () => EsmsResponses.Balance(36693.75m, 9999),
        ["getbalance-response-101"] = () => EsmsResponses.Refused(EsmsOperation.GetBalance, EsmsResults.Unauthorized),
        ["getlistbrandname-response-100"] = () =>
            EsmsResponses.Brandnames([("Baotrixemay", 2), ("QC_ONLINE", 1), ("BAT DONG SAN GIA TOT", 23)]),
        ["getlistbrandname-response-101"] = () => EsmsResponses.Refused(EsmsOperation.GetBrandnames, EsmsResults.Unauthorized),
        ["getlistzoa-response-100"] = () =>
            EsmsResponses.Oas([("745830328927467685", "Hệ thống ESMS Marketing"), ("4097311281936189049", "SVoucher")]),
        ["getquota-response-100"] = () => EsmsResponses.Quota(new OaQuota(5000, 0, 425, 403, 403, 4992, 0)),
        ["summary-cskh-response-100"] = () => EsmsResponses.Summary(850.0000m, 1),
        ["voice-send-response-100"] = () => EsmsResponses.Accepted(EsmsOperation.CallTemplate, "8eb2af6d-fb4c4814-b9cc-4c0e3ed32edf "),
        ["voice-send-response-104"] = () => EsmsResponses.Refused(EsmsOperation.CallTemplate, EsmsResults.UnknownCallTemplate),
        ["voice-getsendstatus-response-100"] = () =>
            EsmsResponses.VoiceStatus("505139D7-54F8-48A9-88FA-9460A78731DD", 13, "ANSWERED", "", 5, success: true),
    };

    public static TheoryData<string> Names => [.. s_answers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Answer_EqualsTheDocumentedSample(string name) => Assert.Equal(Vectors.Compact(name), Sandbox.Text(s_answers[name]()));

    [Fact]
    public void EveryResponseVector_IsCompared()
    {
        var vectors = Directory.GetFiles(HoiAm.Testing.RepositoryRoot.File("tests/vectors/esms-api"), "*response*.json")
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .ToImmutableSortedSet();

        Assert.Equal(vectors, s_answers.Keys.ToImmutableSortedSet());
    }
}
