using System.Net.Sockets;

namespace HoiAm.Faults.Hooks;

/// <summary>What a hook does with a request in each mood. True when the connection may serve another one.</summary>
internal static class HookAnswers
{
    private const long Much = 100L << 20;
    private static readonly byte[] s_taken = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"u8.ToArray();

    public static async Task<bool> AnswerAsync(TcpClient client, NetworkStream stream, HookCall call, CancellationToken stop)
    {
        switch (call.Mood)
        {
            case Mood.Takes:
                await stream.WriteAsync(s_taken, stop).ConfigureAwait(false);
                call.AcknowledgedNs = Stopwatch.GetTimestamp();
                return true;
            case Mood.HangsBeforeHeaders:
                return await HangAsync(stream, stop).ConfigureAwait(false);
            case Mood.HangsInHeaders:
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Le"u8.ToArray(), stop).ConfigureAwait(false);
                return await HangAsync(stream, stop).ConfigureAwait(false);
            case Mood.HangsAfterHeaders:
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nOK"u8.ToArray(), stop).ConfigureAwait(false);
                call.AcknowledgedNs = Stopwatch.GetTimestamp();
                return await HangAsync(stream, stop).ConfigureAwait(false);
            case Mood.Resets:
                client.LingerState = new LingerOption(enable: true, 0);
                return false;
            case Mood.Trickles:
                return await TrickleAsync(stream, call, stop).ConfigureAwait(false);
            case Mood.AnswersMuch:
                return await PourAsync(stream, call, stop).ConfigureAwait(false);
            case Mood.RedirectsToMetadata:
                await stream.WriteAsync("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop).ConfigureAwait(false);
                return true;
            case Mood.AnswersGarbage:
                var garbage = new byte[700];
                new Random(call.Attempt).NextBytes(garbage);
                await stream.WriteAsync(garbage, stop).ConfigureAwait(false);
                return false;
            case Mood.AsksForLess:
                await stream.WriteAsync("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop).ConfigureAwait(false);
                return true;
            case Mood.NotFound:
                await stream.WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop).ConfigureAwait(false);
                return true;
            default:
                await stream.WriteAsync("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops"u8.ToArray(), stop).ConfigureAwait(false);
                return true;
        }
    }

    // Until the hub gives up and closes.
    private static async Task<bool> HangAsync(NetworkStream stream, CancellationToken stop)
    {
        await stream.ReadAsync(new byte[1], stop).ConfigureAwait(false);
        return false;
    }

    private static async Task<bool> TrickleAsync(NetworkStream stream, HookCall call, CancellationToken stop)
    {
        foreach (var one in s_taken)
        {
            await stream.WriteAsync(new[] { one }, stop).ConfigureAwait(false);
            await Hub.Pause.ForAsync(1_000).ConfigureAwait(false);
        }

        call.AcknowledgedNs = Stopwatch.GetTimestamp();
        return true;
    }

    private static async Task<bool> PourAsync(NetworkStream stream, HookCall call, CancellationToken stop)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {Much}\r\n\r\n")), stop).ConfigureAwait(false);
        call.AcknowledgedNs = Stopwatch.GetTimestamp();
        var block = new byte[65_536];
        for (var left = Much; left > 0; left -= block.Length)
        {
            await stream.WriteAsync(block, stop).ConfigureAwait(false);
        }

        return true;
    }
}
