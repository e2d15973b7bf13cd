using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace HoiAm.EsmsApi.Tests.Support;

/// <summary>What an accepted message must lead to.</summary>
/// <param name="TypeId">For GetSmsSentData; 0 for calls, which it does not list.</param>
/// <param name="Receivers">How many it has.</param>
/// <param name="Callbacks">How many legs of it end.</param>
internal sealed record CrowdExpectation(int TypeId, int Receivers, int Callbacks);

/// <summary>
/// One send of a crowd: every endpoint that sends, in turn. The suffix decides what the carriers do; every third RequestId was used by
/// the same client before.
/// </summary>
internal sealed class CrowdCall
{
    private const string Oa = "\"OAID\":\"4097311281936189049\"";
    private const string Zns = Oa + ",\"TempID\":\"205644\"";
    private static readonly string[] s_prefixes = ["090", "093", "089", "091", "094", "096", "097", "098", "092", "099", "087", "055"];
    private static int s_number;

    private readonly string _suffix;
    private readonly string _requestId;
    private readonly bool _zaloFails;

    public CrowdCall(int suffix, string requestId)
    {
        _suffix = suffix.ToString("D3", CultureInfo.InvariantCulture);
        _requestId = requestId;
        _zaloFails = suffix is 900 or 901 or 902;
    }

    /// <summary>How many different sends there are.</summary>
    public const int Kinds = 24;

    /// <summary>Makes the call; gives its result codes and what was accepted. A bulk call has several of both.</summary>
    public async Task<List<(string Code, string? SmsId, CrowdExpectation Expected)>> MakeAsync(EsmsHub hub, string account, int kind)
    {
        var (path, input, expected) = Describe(kind % Kinds);
        var answer = await SendAsync(hub, account, path, input);
        if (answer["detail"] is JsonArray rows)
        {
            return [.. rows.Select(r => ((string)r!["CodeResult"]!, (string?)r["SMSID"], expected))];
        }

        return [((string)answer["CodeResult"]!, (string?)answer["SMSID"], expected)];
    }

    private (string Path, string Input, CrowdExpectation Expected) Describe(int kind)
    {
        var sms = $"\"Content\":\"x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":\"2\",\"Phone\":\"{Phone()}\",\"RequestId\":\"{_requestId}\"";
        var common = $"\"RequestId\":\"{_requestId}\"";
        var legs = new CrowdExpectation(25, 1, _zaloFails ? 2 : 1);
        return kind switch
        {
            0 => ("SendMultipleMessage_V4_post_json", sms, One(2)),
            1 => ("SendMultipleMessage_V4_post_json", $"\"Content\":\"x\",\"SmsType\":8,\"Phone\":\"{Phone()}\",{common}", One(8)),
            2 => ("SendMultipleMessage_V4_post_json", $"\"Content\":\"1 la ma xac minh cua ban\",\"SmsType\":25,\"Phone\":\"{Phone()}\",{Oa},{common}", One(25)),
            3 => ("SendMultipleMessage_V4_get", Query("Brandname=Baotrixemay&SmsType=2&Content=x"), One(2)),
            4 => ("SendMultipleMessage_V4_get", Query("SmsType=8&Content=x"), One(8)),
            5 => ("SendMultipleMessage_V4_get", Query("Brandname=BAT%20DONG%20SAN%20GIA%20TOT&SmsType=23&Content=x"), One(23)),
            6 => ("SendMultipleMessage_V4_post", "form:" + Query("Brandname=Baotrixemay&SmsType=2&Content=x"), One(2)),
            7 => ("SendMultipleMessage_V4", $"<CONTENT>x</CONTENT><BRANDNAME>Baotrixemay</BRANDNAME><SMSTYPE>2</SMSTYPE><REQUESTID>{_requestId}</REQUESTID><CONTACTS><CUSTOMER><PHONE>{Phone()}</PHONE></CUSTOMER></CONTACTS>", One(2)),
            8 => ("SendMultipleSMSBrandname_json", $"\"Content\":\"x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":1,\"Phones\":[{string.Join(',', Thirty().Select(p => $"\"{p}\""))}],{common}", new(1, 30, 1)),
            9 => ("SendMultipleSMSBrandname", $"<CONTENT>x</CONTENT><BRANDNAME>Baotrixemay</BRANDNAME><SMSTYPE>1</SMSTYPE><REQUESTID>{_requestId}</REQUESTID><CONTACTS>{string.Concat(Thirty().Select(p => $"<CUSTOMER><PHONE>{p}</PHONE></CUSTOMER>"))}</CONTACTS>", new(1, 30, 1)),
            10 => ("Send_Multiple_Sms_OTT", $"\"Content\":\"x\",\"Brandname\":\"BAT DONG SAN GIA TOT\",\"SmsType\":23,\"Phones\":[\"{Phone()}\"],{common}", One(23)),
            11 => ("SendZaloMessage_V4_post_json", $"\"Phone\":\"{Phone()}\",\"Params\":[\"1\"],{Zns},{common}", One(25)),
            12 => ("SendZaloMessage_V5_post", $"\"Phone\":\"{Phone()}\",\"TempData\":[{{\"key\":\"otp\",\"value\":\"1\"}}],{Zns},{common}", One(25)),
            13 => ("SendZaloMessage_V6", $"\"Phone\":\"{Phone()}\",\"TempData\":{{\"otp\":\"1\"}},{Oa},\"TempID\":\"205645\",{common}", One(24)),
            14 => ("SendZaloMessage_V6/zalo_uid", $"\"ZaloUid\":\"53086931{Phone()}\",\"TempData\":{{\"otp\":\"1\"}},{Zns},{common}", One(25)),
            15 => ("SendZaloMessage_V6/hash_phone", $"\"HashPhone\":\"{Hash(Phone())}\",\"TempData\":{{\"otp\":\"1\"}},{Zns},{common}", One(25)),
            16 => ("Send_zns_bulk_v4_post_json", $"{Zns},\"Data\":[{{\"Phone\":\"{Phone()}\",\"Params\":[\"1\"],{common}}},{{\"Phone\":\"{Phone()}\",\"Params\":[\"1\"]}},{{\"Phone\":\"12\",\"Params\":[\"1\"]}}]", One(25)),
            17 => ("SendZaloMessage_V4_post_json", $"\"Phone\":\"{Phone()}\",\"Params\":[\"1\"],\"IsJourney\":true,\"OrderId\":\"O\",{Zns},{common}", One(27)),
            18 => ("SendZaloFollowerMessage_V4_post_json", $"{Oa},\"User_id\":\"53086931{Phone()}\",\"Content\":\"x\",{common}", One(26)),
            19 => ("SendZaloFollowerMessage_V5_post_json", $"{Oa},\"Payload\":{{\"recipient\":{{\"user_id\":\"53086931{Phone()}\"}},\"message\":{{\"attachment\":{{\"type\":\"template\",\"payload\":{{\"template_type\":\"transaction_order\",\"elements\":[{{\"type\":\"header\"}}]}}}}}}}},{common}", One(26)),
            20 => ("MultiChannelMessage", $"\"Phone\":\"{Phone()}\",\"Channels\":[\"zalo\",\"sms\"],\"Data\":[{{{Zns},\"Params\":[\"1\"],{common}}},{{\"Content\":\"x\",\"Brandname\":\"Baotrixemay\",\"SmsType\":2,{common}}}]", legs),
            21 => ("SendMessageAutoGenCode_V4_get", Query("Brandname=Baotrixemay&Type=2&message=%7BOTP%7D"), One(2)),
            22 => ("SendMessageAutoGenCode_V5", $"\"Phone\":\"{Phone()}\",\"MultiChannelTempId\":\"22575\",\"TypeId\":2", legs),
            _ => ("MakeCallTemplate_V2", Query("TemplateId=20001&VariableListStr=1"), new(0, 1, 1)),
        };
    }

    private static async Task<JsonNode> SendAsync(EsmsHub hub, string account, string path, string input)
    {
        if (input.StartsWith('<'))
        {
            var xml = $"<RQST><APIKEY>{account}-key</APIKEY><SECRETKEY>{account}-secret</SECRETKEY>{input}</RQST>";
            return JsonNode.Parse((await hub.RawAsync("POST", "/MainService.svc/json/" + path, Encoding.UTF8.GetBytes(xml), "text/plain")).Body)!;
        }

        if (input.StartsWith("form:", StringComparison.Ordinal))
        {
            var form = $"Apikey={account}-key&SecretKey={account}-secret&{input[5..]}";
            return JsonNode.Parse((await hub.RawAsync("POST", "/MainService.svc/json/" + path, Encoding.UTF8.GetBytes(form), "application/x-www-form-urlencoded")).Body)!;
        }

        return input[0] == '"' ? await hub.PostAsync(path, input, account) : await hub.GetAsync(path, input, account);
    }

    private static CrowdExpectation One(int typeId) => new(typeId, 1, 1);

    private string Query(string more) => $"{more}&Phone={Phone()}&RequestId={_requestId}";

    // Numbers of all carriers; the hub's own counter of the tests would not reach.
    private string Phone()
    {
        var number = Interlocked.Increment(ref s_number);
        return s_prefixes[number / 10_000 % s_prefixes.Length] + (number % 10_000).ToString("D4", CultureInfo.InvariantCulture) + _suffix;
    }

    private IEnumerable<string> Thirty() => Enumerable.Range(0, 30).Select(_ => Phone());

    private static string Hash(string phone) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("84" + phone[1..])));
}
