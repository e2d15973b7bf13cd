using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Ingest;

/// <summary>Reads a request's body up to a bound, into an array that may outlive the request.</summary>
internal static class BoundedBody
{
    /// <summary>The body; null when it is larger than <paramref name="max"/> bytes.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpRequest request, int max)
    {
        if (request.ContentLength > max)
        {
            return null;
        }

        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(request.HttpContext.RequestAborted).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (buffer.Length > max)
            {
                reader.AdvanceTo(buffer.End);
                return null;
            }

            if (result.IsCompleted)
            {
                var body = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return body;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
