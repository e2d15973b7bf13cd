using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Ingest;

/// <summary>
/// Reads a request's body up to a bound, into an array that may outlive the request. A body that does not come to its end in time is
/// given up with 408: a sender of a byte a second would otherwise hold a connection and what it has sent for hours.
/// </summary>
internal static class BoundedBody
{
    private const int BytesPerSecondMin = 256 * 1024;
    private static readonly TimeSpan s_leastTime = TimeSpan.FromSeconds(30);

    /// <summary>Time for a body: 30 s, and a second more for every 256 KiB that are allowed.</summary>
    public static TimeSpan TimeFor(int max) => s_leastTime + TimeSpan.FromSeconds(max / BytesPerSecondMin);

    /// <summary>The body; null when it is larger than <paramref name="max"/> bytes.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpRequest request, int max)
    {
        if (request.ContentLength > max)
        {
            return null;
        }

        var reader = request.BodyReader;
        ITimer? limit = null;
        try
        {
            while (true)
            {
                // Most bodies are there with their headers; only one that is waited for needs a timer.
                var pending = reader.ReadAsync(request.HttpContext.RequestAborted);
                if (!pending.IsCompleted)
                {
                    limit ??= TimeProvider.System.CreateTimer(
                        static late => ((PipeReader)late!).CancelPendingRead(), reader, TimeFor(max), Timeout.InfiniteTimeSpan);
                }

                if (Take(await pending.ConfigureAwait(false), reader, max, out var body))
                {
                    return body;
                }
            }
        }
        finally
        {
            if (limit is not null)
            {
                await limit.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // True when that was all, or too much.
    private static bool Take(ReadResult result, PipeReader reader, int max, out byte[]? body)
    {
        body = null;
        var buffer = result.Buffer;
        if (result.IsCanceled)
        {
            reader.AdvanceTo(buffer.End);
            throw new BadHttpRequestException("The body did not come to its end in time.", StatusCodes.Status408RequestTimeout);
        }

        if (buffer.Length > max)
        {
            reader.AdvanceTo(buffer.End);
            return true;
        }

        if (result.IsCompleted)
        {
            body = buffer.ToArray();
            reader.AdvanceTo(buffer.End);
            return true;
        }

        reader.AdvanceTo(buffer.Start, buffer.End);
        return false;
    }
}
