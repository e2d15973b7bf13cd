using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HoiAm.EndToEnd.Tests.Support;

/// <summary>An answer of the hub.</summary>
internal sealed record Reply(int Status, string Text, HttpResponseHeaders Headers, string? MediaType, ICollection<string> Allow)
{
    /// <summary>The body as JSON; fails the test when it is none.</summary>
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new JsonException("The body is null.");

    public string? RetryAfter => Headers.TryGetValues("Retry-After", out var values) ? values.First() : null;

    /// <summary>Fails the test unless the status is this one; gives the answer itself.</summary>
    public Reply Is(int status)
    {
        Assert.True(Status == status, $"Expected {status}, got {Status}: {Text}");
        return this;
    }

    /// <summary>A 400 in problem details that names the member.</summary>
    public Reply IsProblem(int status, string? member = null, string? says = null)
    {
        Is(status);
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal(status, (int)Json["status"]!);
        Assert.False(string.IsNullOrWhiteSpace((string?)Json["title"]));
        Assert.False(string.IsNullOrWhiteSpace((string?)Json["detail"]));
        if (member is not null)
        {
            Assert.True(Json["errors"]?[member] is JsonArray { Count: > 0 }, $"No fault of '{member}' in {Text}");
        }

        if (says is not null)
        {
            Assert.Contains(says, Text, StringComparison.Ordinal);
        }

        return this;
    }

    public static async Task<Reply> SendAsync(HttpClient client, HttpRequestMessage request)
    {
        using (request)
        using (var answer = await client.SendAsync(request))
        {
            var text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync());
            return new Reply((int)answer.StatusCode, text, answer.Headers, answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.Allow);
        }
    }
}
