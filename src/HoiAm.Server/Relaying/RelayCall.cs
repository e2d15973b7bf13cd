using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Server.Relaying;

/// <summary>What a caller is told.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Type of the body.</param>
/// <param name="Body">The body: the upstream's own bytes, or the hub's where it gave none that can be passed on.</param>
/// <param name="RelayId">Record to settle once the caller has the answer; 0 for none.</param>
internal sealed record RelayOutcome(int Status, string ContentType, byte[] Body, long RelayId = 0)
{
    public static RelayOutcome Own(byte[] body) => new(200, EsmsResponses.ContentType, body);
}

/// <summary>A send under way: whoever asks again with the same RequestId meanwhile waits for the same outcome.</summary>
internal sealed class RelayCall
{
    private readonly TaskCompletionSource<RelayOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the upstream said, stored.</summary>
    public Task<RelayOutcome> Outcome => _outcome.Task;

    /// <summary>Whether the first caller had it.</summary>
    public Task<bool> Delivered => _delivered.Task;

    public void End(RelayOutcome outcome) => _outcome.TrySetResult(outcome);

    public void Tell(bool delivered) => _delivered.TrySetResult(delivered);
}
