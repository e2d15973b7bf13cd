using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HoiAm.Faults.Hooks;

/// <summary>
/// The customers' servers: a raw listener per hook, so that each can misbehave on its own and in ways that no web framework would let it.
/// Everything that arrives is kept.
/// </summary>
internal sealed class HookFarm : IAsyncDisposable
{
    /// <summary>Refuses TLS, whatever its mood.</summary>
    public const int TlsHook = 4;

    /// <summary>Its name leads to the metadata address: nothing may ever arrive.</summary>
    public const int MetadataHook = 5;

    private const int Count = 6;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<HookCall> _calls = new();
    private readonly TcpListener[] _listeners = new TcpListener[Count];
    private readonly Mood[] _moods = new Mood[Count];
    private readonly List<Task> _loops = [];
    private int _strangers;

    private HookFarm()
    {
        var urls = new string[Count];
        for (var i = 0; i < Count; i++)
        {
            _listeners[i] = new TcpListener(IPAddress.Loopback, 0);
            _listeners[i].Start(512);
            var port = ((IPEndPoint)_listeners[i].LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
            urls[i] = i switch
            {
                1 => $"http://shop.hooks.test:{port}/hook/1",
                3 => $"http://127.0.0.1:{port}/hook/3?tenant=7&note=a%20b",
                TlsHook => $"https://127.0.0.1:{port}/hook/4",
                MetadataHook => $"http://metadata.hooks.test:{port}/latest/meta-data",
                _ => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/hook/{i}"),
            };
        }

        Urls = urls;
    }

    public IReadOnlyList<string> Urls { get; }

    /// <summary>Everything that arrived, oldest first.</summary>
    public IReadOnlyCollection<HookCall> Calls => _calls;

    /// <summary>Requests that are no callback of ours.</summary>
    public int Strangers => Volatile.Read(ref _strangers);

    public static HookFarm Start()
    {
        var farm = new HookFarm();
        for (var i = 0; i < Count; i++)
        {
            var hook = i;
            farm._loops.Add(Task.Run(() => farm.AcceptAsync(hook)));
        }

        return farm;
    }

    public void Set(int hook, Mood mood) => _moods[hook] = mood;

    public void Heal() => Array.Clear(_moods);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var listener in _listeners)
        {
            listener.Stop();
        }

        await Task.WhenAll(_loops).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync(int hook)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listeners[hook].AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
                _ = ServeAsync(hook, client);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopping, or a connection that was gone before it was taken.
            }
        }
    }

    private async Task ServeAsync(int hook, TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                var buffer = new byte[16_384];
                var stream = client.GetStream();
                while (await ReadHeadAsync(stream, buffer).ConfigureAwait(false) is { } head)
                {
                    if (hook == TlsHook || Note(hook, head) is not { } call)
                    {
                        return;
                    }

                    if (!await HookAnswers.AnswerAsync(client, stream, call, _stop.Token).ConfigureAwait(false))
                    {
                        return;
                    }
                }
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The hub gave up or died.
            }
        }
    }

    private async Task<string?> ReadHeadAsync(NetworkStream stream, byte[] buffer)
    {
        for (var used = 0; used < buffer.Length;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(used), _stop.Token).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            used += read;
            var end = buffer.AsSpan(0, used).IndexOf("\r\n\r\n"u8);
            if (end >= 0 || buffer[0] == 0x16)
            {
                return Encoding.Latin1.GetString(buffer, 0, end < 0 ? used : end);
            }
        }

        return null;
    }

    private HookCall? Note(int hook, string head)
    {
        var lines = head.Split("\r\n");
        var words = lines[0].Split(' ');
        string? Header(string name) => lines.FirstOrDefault(l => l.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];
        if (words.Length != 3 || Header("X-HoiAm-Callback-Id") is not { } id || !int.TryParse(Header("X-HoiAm-Attempt"), CultureInfo.InvariantCulture, out var attempt))
        {
            // A test call of the hub's own bears id 0; everything else would be a surprise.
            Interlocked.Increment(ref _strangers);
            return null;
        }

        var call = new HookCall { Hook = hook, Mood = _moods[hook], Target = words[1], Id = id, Attempt = attempt, Ns = Stopwatch.GetTimestamp() };
        _calls.Enqueue(call);
        return call;
    }
}
