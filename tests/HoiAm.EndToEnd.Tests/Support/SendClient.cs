using System.Text;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>Sends by the eSMS calls as the sandbox's account.</summary>
internal sealed class SendClient(string url) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(100) };

    public void Dispose() => _http.Dispose();

    public Task<Reply> SmsAsync(string phone, string requestId, string more = "") => CallAsync(
        "SendMultipleMessage_V4_post_json",
        $"\"SmsType\":\"2\",\"Brandname\":\"Baotrixemay\",\"Content\":\"hello\",\"Phone\":\"{phone}\",\"RequestId\":\"{requestId}\"{more}");

    public async Task<decimal> BalanceAsync() => (decimal)(await CallAsync("GetBalance_json", "\"x\":1")).Is(200).Json["Balance"]!;

    /// <summary>Customer-care receivers that are stored.</summary>
    public async Task<int> CountSentAsync() => (int)(await CallAsync(
        "GetSmsSentData_V2", "\"From\":\"2020-01-01\",\"To\":\"2099-01-01\",\"Page\":1,\"PageSize\":1,\"SmsType\":\"2\"")).Is(200).Json["CountTotal"]!;

    /// <summary>SendStatus of a message.</summary>
    public async Task<int> StatusAsync(string smsId) => (int)(await Reply.SendAsync(
        _http, new HttpRequestMessage(HttpMethod.Get, $"/MainService.svc/json/GetSendStatus?ApiKey=sandbox-key&SecretKey=sandbox-secret&RefId={smsId}"))).Is(200).Json["SendStatus"]!;

    private Task<Reply> CallAsync(string path, string members) => Reply.SendAsync(_http, new HttpRequestMessage(HttpMethod.Post, "/MainService.svc/json/" + path)
    {
        Content = new StringContent($"{{\"ApiKey\":\"sandbox-key\",\"SecretKey\":\"sandbox-secret\",{members}}}", Encoding.UTF8, "application/json"),
    });
}
