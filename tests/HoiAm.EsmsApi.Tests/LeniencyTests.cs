using System.Text;
using System.Text.Json.Nodes;
using HoiAm.EsmsApi.Tests.Support;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.EsmsApi.Tests;

/// <summary>What clients in the wild do and a compatible server must forgive (protocol I), over the wire.</summary>
public sealed class LeniencyTests(EsmsHub hub)
{
    private const string Json = """{"ApiKey":"sandbox-key","SecretKey":"sandbox-secret","Content":"hello","Phone":"{p}","Brandname":"Baotrixemay","SmsType":"2"}""";
    private const string Form = "ApiKey=sandbox-key&SecretKey=sandbox-secret&Content=hello&Phone={p}&Brandname=Baotrixemay&SmsType=2";
    private const string Path = "/MainService.svc/json/SendMultipleMessage_V4_post_json";
    private const string Multipart = "--b\r\nContent-Disposition: form-data; name=\"ApiKey\"\r\n\r\nsandbox-key\r\n--b\r\nContent-Disposition: form-data; name=\"SecretKey\"\r\n\r\nsandbox-secret\r\n--b\r\nContent-Disposition: form-data; name=\"Content\"\r\n\r\nhello\r\n--b\r\nContent-Disposition: form-data; name=\"Phone\"\r\n\r\n{p}\r\n--b\r\nContent-Disposition: form-data; name=\"Brandname\"\r\n\r\nBaotrixemay\r\n--b\r\nContent-Disposition: form-data; name=\"SmsType\"\r\n\r\n2\r\n--b--\r\n";

    // What is forgiven, method, target, content type, body.
    private static readonly (string What, string Method, string Target, string? Type, string? Body)[] s_rows =
    [
        ("no trailing slash", "POST", Path, "application/json", Json),
        ("trailing slash", "POST", Path + "/", "application/json", Json),
        ("doubled slash in front", "POST", "/" + Path, "application/json", Json),
        ("doubled slashes inside", "POST", "//MainService.svc//json//SendMultipleMessage_V4_post_json//", "application/json", Json),
        ("path in lower case", "POST", Path.ToLowerInvariant(), "application/json", Json),
        ("path in upper case", "POST", Path.ToUpperInvariant(), "application/json", Json),
        ("names in any casing", "POST", Path, "application/json", Json.Replace("ApiKey", "Apikey", StringComparison.Ordinal).Replace("SmsType", "Smstype", StringComparison.Ordinal).Replace("Brandname", "BrandName", StringComparison.Ordinal)),
        ("numbers for texts", "POST", Path, "application/json", Json.Replace("\"2\"", "2", StringComparison.Ordinal)),
        ("a phone that lost its zero", "POST", Path, "application/json", Json.Replace("\"{p}\"", "{nine}", StringComparison.Ordinal)),
        ("a phone in 84 form", "POST", Path, "application/json", Json.Replace("{p}", "+84 {nine}", StringComparison.Ordinal)),
        ("null and empty members", "POST", Path, "application/json", Json[..^1] + ",\"RequestId\":null,\"SendDate\":\"\",\"Sandbox\":false,\"CallbackUrl\":null}"),
        ("unknown members", "POST", Path, "application/json", Json[..^1] + ",\"Nonsense\":{\"deep\":[1,2]}}"),
        ("JSON without a content type", "POST", Path, null, Json),
        ("JSON as text/plain", "POST", Path, "text/plain", Json),
        ("JSON as a form", "POST", Path, "application/x-www-form-urlencoded", Json),
        ("a byte order mark", "POST", Path, "application/json", "\uFEFF" + Json),
        ("a form on the JSON path", "POST", Path, "application/x-www-form-urlencoded", Form),
        ("JSON on the form path", "POST", "/MainService.svc/json/SendMultipleMessage_V4_post", "application/json", Json),
        ("a multipart form", "POST", "/MainService.svc/json/SendMultipleMessage_V4_post/", "multipart/form-data; boundary=b", Multipart),
        ("keys in the query of a POST", "POST", Path + "?ApiKey=sandbox-key&SecretKey=sandbox-secret", "application/json", Json.Replace("\"ApiKey\":\"sandbox-key\",\"SecretKey\":\"sandbox-secret\",", "", StringComparison.Ordinal)),
        ("an ampersand first", "GET", "/MainService.svc/json/SendMultipleMessage_V4_get?&" + Form, null, null),
        ("blanks as plus", "GET", "/MainService.svc/json/SendMultipleMessage_V4_get?" + Form.Replace("hello", "hel+lo", StringComparison.Ordinal), null, null),
        ("blanks as %20", "GET", "/MainService.svc/json/SendMultipleMessage_V4_get/?" + Form.Replace("hello", "hel%20lo", StringComparison.Ordinal), null, null),
        ("empty and unknown parameters", "GET", "/MainService.svc/json/SendMultipleMessage_V4_get?" + Form + "&RequestId=&x=&SendDate=&cache=1", null, null),
        ("a body on GET", "GET", "/MainService.svc/json/SendMultipleMessage_V4_get?" + Form, "application/json", "{\"ignored\":1}"),
    ];

    public static TheoryData<int, string> Rows => [.. s_rows.Select((r, i) => (i, r.What))];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Habit_IsForgiven(int row, string what)
    {
        var (_, method, target, type, body) = s_rows[row];
        var phone = hub.Phone();
        string Fill(string text) => text.Replace("{p}", phone, StringComparison.Ordinal).Replace("{nine}", phone[1..], StringComparison.Ordinal);

        var (status, answer) = await hub.RawAsync(method, Fill(target), body is null ? null : Encoding.UTF8.GetBytes(Fill(body)), type);

        Assert.Equal(200, (int)status);
        Assert.True((string?)JsonNode.Parse(answer)!["CodeResult"] == "100", what + " gave " + answer);
        var receivers = await hub.GetAsync("GetSmsReceiverStatus_get", "RefId=" + (string)JsonNode.Parse(answer)!["SMSID"]!);
        Assert.Equal(phone, (string)receivers["ReceiverList"]![0]!["Phone"]!);
    }

    // The same habits on every call that takes JSON: its request from the OpenAPI document, written otherwise.
    private static readonly (string What, Func<string, string> Target, string? Type, Func<JsonObject, string> Body)[] s_habits =
    [
        ("names in lower case", p => p, "application/json", o => Renamed(o, n => n.ToLowerInvariant()).ToJsonString()),
        ("names in upper case", p => p, "application/json", o => Renamed(o, n => n.ToUpperInvariant()).ToJsonString()),
        ("text/plain, slash at the end", p => p + "/", "text/plain", o => o.ToJsonString()),
        ("no content type, path in lower case", p => p.ToLowerInvariant(), null, o => o.ToJsonString()),
        ("form type, byte order mark, doubled slashes", p => "/" + p.Replace("/json/", "//json//", StringComparison.Ordinal), "application/x-www-form-urlencoded", o => "\uFEFF" + o.ToJsonString()),
        ("unknown and null members", p => p, "application/json", o => o.ToJsonString()[..^1] + ",\"Nonsense\":{\"a\":[1]},\"Nothing\":null}"),
        ("numbers for digits", p => p, "application/json", o => Numbered(o).ToJsonString()),
    ];

    public static TheoryData<string> JsonCalls => [.. EsmsRoutes.All.Where(e => e.Method == "POST" && e.Operation is not (EsmsOperation.SendXml or EsmsOperation.SendPromoXml)).Select(e => e.Path)];

    [Theory]
    [MemberData(nameof(JsonCalls))]
    public async Task EveryJsonCall_ForgivesTheSameHabits(string path)
    {
        var (_, document) = await hub.RawAsync("GET", "/openapi/v1.json");
        var example = JsonNode.Parse(document)!["paths"]!["/MainService.svc/json/" + path]!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!.ToJsonString();
        foreach (var (what, target, type, body) in s_habits)
        {
            var request = JsonNode.Parse(example.Replace("order-17", $"{path}-{what}"[..Math.Min(50, path.Length + 1 + what.Length)], StringComparison.Ordinal)
                .Replace("https://shop.example/hooks/dlr", hub.HookUrl + "/habits", StringComparison.Ordinal))!.AsObject();
            request["RequestId"] = request.ContainsKey("RequestId") ? Guid.NewGuid().ToString("N") : null;

            var (status, answer) = await hub.RawAsync("POST", target("/MainService.svc/json/" + path), Encoding.UTF8.GetBytes(body(request)), type);

            var code = (string?)(JsonNode.Parse(answer)!["CodeResult"] ?? JsonNode.Parse(answer)!["CodeResponse"]);
            Assert.True((int)status == 200 && code is "100" || Expected(path) == code, $"{path}, {what}: {answer}");
        }
    }

    // An unknown ZNS has no data, and the same registration is open since the first habit.
    private static string? Expected(string path) =>
        path == "QueryZnsStatus" ? "854" : path.StartsWith("Regis", StringComparison.Ordinal) || path == "SubServicePreviewJson" ? "199" : null;

    private static JsonObject Renamed(JsonObject request, Func<string, string> rename) =>
        new(request.Select(m => KeyValuePair.Create(rename(m.Key), m.Value?.DeepClone())));

    // Long ids lose digits as numbers in many languages, so nobody sends them so.
    private static JsonObject Numbered(JsonObject request) => new(request.Select(m => KeyValuePair.Create(
        m.Key,
        m.Value is JsonValue value && value.TryGetValue<string>(out var text) && text.Length is > 0 and <= 10 && long.TryParse(text, out var number)
            ? JsonValue.Create(number)
            : m.Value?.DeepClone())));

    [Theory]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("hello")]
    [InlineData("<RQST><PHONE>1</RQST>")]
    [InlineData("")]
    public async Task UndecodableBody_IsAnsweredAsThePagesShowIt(string body)
    {
        var (status, answer) = await hub.RawAsync("POST", Path, Encoding.UTF8.GetBytes(body), "application/json");

        Assert.Equal((200, """{"error":"Invalid request"}"""), ((int)status, answer));
    }

    [Fact]
    public async Task KeysInThePath_OpenTheListOfBrandNames()
    {
        var (_, right) = await hub.RawAsync("GET", "/MainService.svc/json/GetListBrandname/sandbox-key/sandbox-secret");
        var (_, wrong) = await hub.RawAsync("GET", "/MainService.svc/json/GetListBrandname/sandbox-key/wrong");

        Assert.StartsWith("""{"CodeResponse":"100","ListBrandName":[{"Brandname":""", right, StringComparison.Ordinal);
        Assert.StartsWith("""{"CodeResult":"101",""", wrong, StringComparison.Ordinal);
    }
}
