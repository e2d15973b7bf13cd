using System.Text.RegularExpressions;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Fuzz;

/// <summary>A way into the hub: its seeds, and the bytes of the request that carry an input.</summary>
/// <param name="Name">Shown in findings.</param>
/// <param name="Seeds">Inputs to begin with.</param>
/// <param name="Request">The bytes of the whole request.</param>
internal sealed partial record Door(string Name, IReadOnlyList<byte[]> Seeds, Func<byte[], byte[]> Request)
{
    private const string Keys = "ApiKey=sandbox-key&SecretKey=sandbox-secret";

    /// <summary>Every door of a hub with a sandbox.</summary>
    /// <param name="adminToken">Token of an administrator.</param>
    /// <param name="inboundKey">The sandbox account's key for callbacks of an upstream.</param>
    public static IReadOnlyList<Door> All(string adminToken, string inboundKey)
    {
        var sends = Samples("tests/vectors/esms-api").Where(s => Encoding.UTF8.GetString(s).Contains("ApiKey", StringComparison.OrdinalIgnoreCase)).ToList();
        string[] calls = [.. EsmsRoutes.All.Select(e => "/MainService.svc/json/" + e.Path)];
        return
        [
            new("vendor report", Samples("tests/vectors/vendor"), b => Post("/api/vendor/v1/sms/callback", b, "application/json", "API-KEY: sandbox-vendor")),
            new("getcallback", Samples("tests/vectors/getcallback"), b => Post("/ZaloCallback/GetCallback", b, "application/json")),
            new("esms json", sends, b => Post(Pick(calls, b), b, "application/json")),
            new("esms form", [Bytes(Keys + "&Phone=0901234567&Content=Xin+chao&SmsType=2&Brandname=Baotrixemay&RequestId=r1")], b => Post(Pick(calls, b), b, "application/x-www-form-urlencoded")),
            new("esms xml", [Bytes("<RQST><APIKEY>sandbox-key</APIKEY><SECRETKEY>sandbox-secret</SECRETKEY><SMSTYPE>2</SMSTYPE><CONTENT>Xin chao</CONTENT><BRANDNAME>Baotrixemay</BRANDNAME><CONTACTS><CUSTOMER><PHONE>0901234567</PHONE></CUSTOMER></CONTACTS></RQST>")], b => Post(Pick(calls, b), b, "text/xml")),
            new("esms get", [Bytes(Keys + "&Phone=0901234567&Content=Xin%20chao&SmsType=2&Brandname=Baotrixemay&SmsId=1&RefId=1")], b => Get(Pick(calls, b) + "?", b)),
            new("upstream callback", [.. HoiAm.Fuzz.Seeds.Callbacks().Select(Bytes)], b => Get("/callbacks/esms/" + inboundKey + "?", b)),
            new("feed", [Bytes("since=0&limit=10"), Bytes("since=cb_000067b4a7580065&state=pending")], b => Get("/api/v1/callbacks?", b, "X-Api-Key: sandbox-key", "X-Secret-Key: sandbox-secret")),
            .. Admin(adminToken),
            new("path", [.. calls.Select(Bytes), Bytes("/messages/x"), Bytes("/assets/app.css"), Bytes("/admin/v1/messages/%2e%2e"), Bytes("/signin?next=//x")], b => Get("", b)),
            new("whole request", [.. Whole().Select(Bytes)], b => b),
        ];
    }

    private static IEnumerable<Door> Admin(string token)
    {
        (string Method, string Path, string Body)[] writes =
        [
            ("POST", "/messages", """{"account":"sandbox","vendor":"sandbox","smsId":"f1","kind":2,"recipients":[{"phone":"0901234567","price":850}],"requestId":"r","callbackUrl":"http://127.0.0.1:9/h"}"""),
            ("POST", "/messages/batch", """[{"account":"sandbox","smsId":"f2","kind":25,"recipients":[{"phone":"84901234567"}]}]"""),
            ("PUT", "/accounts/fuzzed", """{"callbackUrl":"http://127.0.0.1:9/h","callbackFormat":"esms-get","retry":{"maxRetries":5,"delays":["00:00:05"],"timeout":"00:00:10"},"maxConcurrency":8,"pushStates":[4,5]}"""),
            ("PUT", "/vendors/fuzzed", """{"statusMap":{"2":"delivered"}}"""),
            ("POST", "/callbacks/replay", """{"account":"fuzzed","state":"exhausted","since":"2026-01-31T00:00:00Z"}"""),
            ("POST", "/privacy/export", """{"phone":"0901234567"}"""),
            ("POST", "/accounts/fuzzed/balance", """{"amount":"1000.5","note":"x"}"""),
            ("PUT", "/accounts/fuzzed/sending", """{"brandnames":[{"name":"Shop","kinds":[2]}]}"""),
        ];
        foreach (var (method, path, body) in writes)
        {
            yield return new("admin " + path, [Bytes(body)], b => Body(method, "/admin/v1" + path, b, "application/json", "Authorization: Bearer " + token));
        }

        string[] lists = ["/messages", "/callbacks", "/endpoints", "/orphans", "/search", "/stats", "/audit", "/registrations", "/reconciliations"];
        yield return new(
            "admin lists",
            [Bytes("state=pending&account=sandbox&limit=20&after=cb_000067b4a7580065"), Bytes("q=0901234567&from=2026-01-31T00:00:00Z&to=2026-02-01&phone=0901234567&format=csv")],
            b => Get("/admin/v1" + Pick(lists, b) + "?", b, "Authorization: Bearer " + token));
    }

    // What sets one server's idea of where a request ends against another's.
    private static IEnumerable<string> Whole() =>
    [
        "POST /api/vendor/v1/sms/callback HTTP/1.1\r\nHost: h\r\nAPI-KEY: sandbox-vendor\r\nContent-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "POST /ZaloCallback/GetCallback HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 20\r\n\r\n{}",
        "GET /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: +0\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n\r\n",
        "GET http://other.example/metrics HTTP/1.1\r\nHost: h\r\nCookie: hoiam=a; hoiam=b\r\n\r\n",
        "POST /MainService.svc/json/GetBalance HTTP/1.0\r\nTransfer-Encoding: \tchunked\r\nExpect: 100-continue\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n0\r\n\r\n",
    ];

    private static byte[] Post(string path, byte[] body, string type, params string[] heads) => Body("POST", path, body, type, heads);

    private static byte[] Body(string method, string path, byte[] body, string type, params string[] heads) =>
        [.. Bytes($"{method} {path} HTTP/1.1\r\nHost: h\r\nContent-Type: {type}\r\n{Lines(heads, body)}Content-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\nConnection: close\r\n\r\n"), .. body];

    private static byte[] Get(string prefix, byte[] rest, params string[] heads) =>
        [.. Bytes("GET " + prefix), .. rest, .. Bytes($" HTTP/1.1\r\nHost: h\r\n{Lines(heads, rest)}Connection: close\r\n\r\n")];

    // Everybody but the administrator comes from an address of its own: one that guesses keys all the time is soon not listened to any more.
    private static string Lines(string[] heads, byte[] input) => string.Concat(heads.Select(h => h + "\r\n"))
        + (heads.Any(h => h.StartsWith("Authorization", StringComparison.Ordinal)) ? "" : "X-Forwarded-For: 10." + string.Join('.', BitConverter.GetBytes(Hash(input)).Take(3)) + "\r\n");

    private static uint Hash(byte[] input) => input.Aggregate(17u, (sum, one) => unchecked((sum * 31) + one));

    // Which one it is follows from the input, so that an input alone repeats a finding.
    private static string Pick(string[] among, byte[] input) => among[(int)(Hash(input) % (uint)among.Length)];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    // Documented samples name hooks and keys of others: here all of them lead to a closed port of this machine, and the keys fit.
    private static List<byte[]> Samples(string folder) =>
        [.. HoiAm.Fuzz.Seeds.From("", folder).Select(s => Bytes(Ours(Encoding.UTF8.GetString(s))))];

    private static string Ours(string sample) => Secrets().Replace(ApiKeys().Replace(Address().Replace(sample, "http://127.0.0.1:9"), "\"ApiKey\":\"sandbox-key\""), "\"SecretKey\":\"sandbox-secret\"");

    [GeneratedRegex("https?://[^\"/&?\\s]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Address();

    [GeneratedRegex("\"apikey\"\\s*:\\s*\"[^\"]*\"", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ApiKeys();

    [GeneratedRegex("\"secretkey\"\\s*:\\s*\"[^\"]*\"", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Secrets();
}
