using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace HoiAm.Client.Transport;

/// <summary>What one HTTP request came to.</summary>
internal enum AttemptKind : byte
{
    Answered,
    TimedOut,

    /// <summary>No connection: the request certainly did not arrive.</summary>
    NotSent,

    /// <summary>The connection broke after it was there: the request may have arrived.</summary>
    Broken,

    /// <summary>An answer longer than anybody means.</summary>
    TooLong,
}

/// <summary>One HTTP request and its answer.</summary>
/// <param name="Kind">What it came to.</param>
/// <param name="Status">HTTP status, when answered.</param>
/// <param name="Body">The answer's body.</param>
/// <param name="RetryAfter">What the server asks for.</param>
/// <param name="Fault">What happened, without any address: addresses carry keys.</param>
internal sealed record Attempt(AttemptKind Kind, HttpStatusCode? Status, byte[] Body, TimeSpan? RetryAfter, string Fault)
{
    private const int BodyMax = 8 * 1024 * 1024;

    public int? HttpStatus => (int?)Status;

    public static async Task<Attempt> RunAsync(HttpClient http, HttpRequestMessage request, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            var body = await ReadAsync(response.Content, both.Token).ConfigureAwait(false);
            return body is null
                ? new Attempt(AttemptKind.TooLong, response.StatusCode, [], null, "The answer is longer than 8 MiB.")
                : new Attempt(AttemptKind.Answered, response.StatusCode, body, Wait(response.Headers.RetryAfter, time), "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Ours, or the HttpClient's own time-out, whichever is shorter.
            return new Attempt(AttemptKind.TimedOut, null, [], null, "No answer in time.");
        }
        catch (HttpRequestException e)
        {
            var notSent = e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
            return new Attempt(notSent ? AttemptKind.NotSent : AttemptKind.Broken, null, [], null, $"No answer: {e.HttpRequestError}.");
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // A connection that breaks right after it was made comes as the socket's own exception.
            return new Attempt(AttemptKind.Broken, null, [], null, "The connection broke.");
        }
    }

    private static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var chunk = new byte[16 * 1024];
            while (await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                if (buffer.Length + read > BodyMax)
                {
                    return null;
                }

                buffer.Write(chunk, 0, read);
            }
        }

        return buffer.ToArray();
    }

    private static TimeSpan? Wait(RetryConditionHeaderValue? header, TimeProvider time)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait is { } given && given < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
