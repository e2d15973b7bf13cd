namespace HoiAm.Receiver.Storing;

/// <summary>A callback as it arrived, before anybody understood it. What is kept is what was received.</summary>
public sealed record KeptCallback
{
    /// <summary>See <see cref="EsmsCallback.Id"/>.</summary>
    public required string Id { get; init; }

    /// <summary>When it arrived.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>GET: the query without its question mark, not decoded. POST: "".</summary>
    public string Query { get; init; } = "";

    /// <summary>POST: the content type. GET: null.</summary>
    public string? ContentType { get; init; }

    /// <summary>POST: the body's bytes.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The header <c>X-HoiAm-Event-Time</c>, as received; "" when absent.</summary>
    public string EventTime { get; init; } = "";

    /// <summary>The header <c>X-HoiAm-Attempt</c>; null when absent or no number.</summary>
    public int? SenderAttempt { get; init; }
}

/// <summary>What became of an attempt to keep a callback.</summary>
public enum KeepResult : byte
{
    /// <summary>New, and kept as well as this store can.</summary>
    Kept = 0,

    /// <summary>Known already: waiting, being handled, set aside, or done and still remembered.</summary>
    Known = 1,
}

/// <summary>
/// Keeps callbacks from the moment they are acknowledged until they are handled, and remembers their ids for a while after that. One receiver
/// has one store; its methods are called from many threads.
/// </summary>
public interface ICallbackStore : IAsyncDisposable
{
    /// <summary>Called once, before anything else: what an earlier process left unhandled, oldest first. Set-aside callbacks are not among it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<KeptCallback>> OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Keeps a callback. It is acknowledged to its sender when this returns, so a durable store returns when it is durable, also for a
    /// callback that is known because it is being kept at this moment. Throwing means 503, and the sender keeps it.
    /// </summary>
    /// <param name="callback">The callback.</param>
    /// <param name="cancellationToken">The sender hung up.</param>
    ValueTask<KeepResult> KeepAsync(KeptCallback callback, CancellationToken cancellationToken);

    /// <summary>Notes that a callback was handled. It need not be durable at once: a lost note repeats a handling.</summary>
    /// <param name="id">Its id.</param>
    ValueTask DoneAsync(string id);

    /// <summary>Notes that a callback is set aside.</summary>
    /// <param name="id">Its id.</param>
    ValueTask SetAsideAsync(string id);

    /// <summary>Gives what is set aside, oldest first, and lets it count as waiting again.</summary>
    ValueTask<IReadOnlyList<KeptCallback>> TakeSetAsideAsync();
}
