using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace HoiAm.Dispatch.Sending;

/// <summary>A request to a provider: an upstream or a vendor.</summary>
/// <param name="Method"><c>GET</c> or <c>POST</c>.</param>
/// <param name="Url">Its exact characters become the request line. It may hold keys, so no sentence ever shows it.</param>
public sealed record GuardedRequest(string Method, string Url)
{
    /// <summary>The body; null for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Content type of the body as it goes on the wire; null for none.</summary>
    public string? ContentType { get; init; }

    /// <summary>Further headers, such as a provider's key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>True lets the address be loopback or private.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Until the end of the answer's body. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest answer in bytes. Default 8 MiB.</summary>
    public int AnswerBytesMax { get; init; } = 8 << 20;
}

/// <summary>How a request to a provider ended.</summary>
public enum GuardedEnd : byte
{
    /// <summary>A whole answer is there, whatever it says.</summary>
    Answered = 0,

    /// <summary>Nothing was sent: no address, not allowed, nobody listens, no TLS.</summary>
    NotSent = 1,

    /// <summary>Something may have been sent, and no whole answer came back.</summary>
    Unknown = 2,
}

/// <summary>The end of a request.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Status">HTTP status; 0 without an answer.</param>
/// <param name="ContentType">As the provider wrote it; null when absent.</param>
/// <param name="Body">The answer's bytes.</param>
/// <param name="Sentence">What went wrong, for people, without any part of the URL's query; null when nothing did.</param>
public sealed record GuardedAnswer(GuardedEnd End, int Status, string? ContentType, byte[] Body, string? Sentence);

/// <summary>
/// Speaks to providers over HTTP/1.1 through the guard that hooks have: the address that is connected to is the one that was judged, no
/// redirect is followed, no proxy is asked. Tells apart what surely was not sent from what may have been, and never sends twice.
/// </summary>
public sealed class GuardedClient : IDisposable
{
    private static readonly UriCreationOptions s_asWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private static readonly string s_userAgent = "HoiAm/" + typeof(GuardedClient).Assembly.GetName().Version!.ToString(3);

    private readonly SemaphoreSlim _resolutions = new(Defaults.ResolutionsMax);
    private readonly TimeProvider _clock;
    private readonly GuardedHandler _strictHandler;
    private readonly GuardedHandler _lenientHandler;
    private readonly HttpMessageInvoker _strict;
    private readonly HttpMessageInvoker _lenient;

    /// <summary>Makes a client with its own connections.</summary>
    public GuardedClient(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
        _strictHandler = new GuardedHandler(allowPrivate: false, clock, _resolutions);
        _lenientHandler = new GuardedHandler(allowPrivate: true, clock, _resolutions);
        _strict = new HttpMessageInvoker(_strictHandler);
        _lenient = new HttpMessageInvoker(_lenientHandler);
    }

    /// <summary>
    /// The same connections under the same guard, for a client that has its own way of asking. It must not be disposed with that client.
    /// </summary>
    /// <param name="allowPrivate">True lets the address be loopback or private.</param>
    public HttpMessageHandler Handler(bool allowPrivate) => allowPrivate ? _lenientHandler : _strictHandler;

    /// <summary>Makes one request. Does not throw for anything that the network or the provider does.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled; something may have been sent.</exception>
    public async Task<GuardedAnswer> SendAsync(GuardedRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!Uri.TryCreate(request.Url, in s_asWritten, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            return NotSent("The provider's address is no http or https URL.");
        }

        using var limit = new CancellationTokenSource(request.Timeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var message = ToMessage(request, uri);
        try
        {
            using var response = await (request.AllowPrivate ? _lenient : _strict).SendAsync(message, both.Token).ConfigureAwait(false);
            var body = await ReadAsync(response.Content, request.AnswerBytesMax, both.Token).ConfigureAwait(false);
            return body is null
                ? Unknown((int)response.StatusCode, "The provider's answer is larger than the hub reads.")
                : new GuardedAnswer(GuardedEnd.Answered, (int)response.StatusCode, ContentType(response), body, null);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException or OperationCanceledException or ConnectFailure)
        {
            return Judge(failure, message, request.Timeout);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _strict.Dispose();
        _lenient.Dispose();
        _resolutions.Dispose();
    }

    private static CallbackRequest ToMessage(GuardedRequest request, Uri uri)
    {
        var message = new CallbackRequest(new HttpMethod(request.Method), uri)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            ConnectTimeout = GuardedHandler.ConnectTimeout < request.Timeout ? GuardedHandler.ConnectTimeout : request.Timeout,
        };
        message.Headers.TryAddWithoutValidation("User-Agent", s_userAgent);
        message.Headers.TryAddWithoutValidation("Accept", "*/*");
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            if (request.ContentType is { } type)
            {
                message.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            }
        }

        foreach (var (name, value) in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private static async Task<byte[]?> ReadAsync(HttpContent content, int max, CancellationToken cancel)
    {
        var stream = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var kept = new MemoryStream();
            var buffer = new byte[16 * 1024];
            int count;
            while ((count = await stream.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
            {
                if (kept.Length + count > max)
                {
                    return null;
                }

                kept.Write(buffer, 0, count);
            }

            return kept.ToArray();
        }
    }

    private static string? ContentType(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;

    private static GuardedAnswer Judge(Exception failure, CallbackRequest message, TimeSpan allowed)
    {
        if (ConnectFailure.In(failure) is { } connect)
        {
            return NotSent(connect.Message);
        }

        if (message.BeganConnecting && !message.Connected)
        {
            return NotSent("No connection within the time allowed.");
        }

        if (failure is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } || failure.InnerException is AuthenticationException)
        {
            return NotSent("TLS failed: the certificate is not trusted for this name, or the handshake broke off.");
        }

        return Unknown(0, failure is OperationCanceledException
            ? string.Create(CultureInfo.InvariantCulture, $"No whole answer within {allowed.TotalSeconds:0.#} s.")
            : "The connection broke before the end of the answer.");
    }

    private static GuardedAnswer NotSent(string sentence) => new(GuardedEnd.NotSent, 0, null, [], sentence);

    private static GuardedAnswer Unknown(int status, string sentence) => new(GuardedEnd.Unknown, status, null, [], sentence);
}
