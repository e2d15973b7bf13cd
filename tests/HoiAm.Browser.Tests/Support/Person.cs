using System.Net;
using System.Text.RegularExpressions;

namespace HoiAm.Browser.Tests.Support;

/// <summary>A browser's cookies and forms, without the browser.</summary>
internal sealed partial class Person : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _http;
    private readonly Uri _base;

    public Person(string url)
    {
        _base = new Uri(url);
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false }) { BaseAddress = _base };
    }

    public string Csrf { get; private set; } = "";

    public string SessionCookie { get; private set; } = "";

    public string? WentTo { get; private set; }

    public static Task<Person> SignedInAsync(string url, string token, string next = "") => BeginAsync(url, new() { ["token"] = token, ["next"] = next });

    public static Task<Person> WithKeysAsync(string url, string key, string secret) => BeginAsync(url, new() { ["apikey"] = key, ["secretkey"] = secret });

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(new Uri(path, UriKind.Relative));

    public void SetCookie(string name, string value) => _cookies.Add(_base, new Cookie(name, Uri.EscapeDataString(value)));

    public async Task<HttpResponseMessage> SignInAsync(Dictionary<string, string> fields)
    {
        using var page = await GetAsync("/signin");
        fields["csrf"] = CsrfField().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        return await PostAsync("/signin", fields);
    }

    public async Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> fields, string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new FormUrlEncodedContent(fields) };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await _http.SendAsync(request);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<Person> BeginAsync(string url, Dictionary<string, string> fields)
    {
        var person = new Person(url);
        using var answer = await person.SignInAsync(fields);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        person.WentTo = answer.Headers.Location?.OriginalString;
        person.SessionCookie = answer.Headers.GetValues("Set-Cookie").First(c => c.StartsWith("hoiam=", StringComparison.Ordinal));
        using var page = await person.GetAsync("/decode");
        person.Csrf = CsrfField().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        return person;
    }

    [GeneratedRegex("name=\"csrf\" value=\"([^\"]+)\"")]
    private static partial Regex CsrfField();
}
