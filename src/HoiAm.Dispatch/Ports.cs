using HoiAm.Dispatch.Sending;
using HoiAm.Ledger.Delivery;

namespace HoiAm.Dispatch;

/// <summary>What the lanes need from the ledger.</summary>
public interface ICallbackSource
{
    /// <summary>
    /// Records a try and where the callback stands now. Returns at once; it becomes durable with the next group and is kept until it is.
    /// Losing it in a crash only repeats the callback.
    /// </summary>
    void Settle(Settlement settlement);

    /// <summary>
    /// True while so many tries wait to be recorded that no more should be made: the store is away, and what was sent and not recorded costs
    /// memory and is sent again after a crash.
    /// </summary>
    bool IsBehind => false;

    /// <summary>
    /// Takes parked callbacks of one hook whose time has come, oldest due first, and marks them live. Replays come first.
    /// </summary>
    /// <param name="hook">Whose.</param>
    /// <param name="dueUntil">Only those due at or before this moment.</param>
    /// <param name="max">At most so many, 1 or more.</param>
    /// <param name="cancel">Gives up waiting.</param>
    ValueTask<ParkedPage> TakeParkedAsync(Hook hook, DateTimeOffset dueUntil, int max, CancellationToken cancel);
}

/// <summary>One page of parked callbacks.</summary>
/// <param name="Callbacks">Those taken; each now has to be settled.</param>
/// <param name="NextDue">When the next one left on disk is due; null when none is left.</param>
/// <param name="Left">How many are left on disk for this hook.</param>
public readonly record struct ParkedPage(IReadOnlyList<DueCallback> Callbacks, DateTimeOffset? NextDue, long Left);

/// <summary>What one account wants of delivery; immutable, a change swaps it.</summary>
public sealed record HookPolicy
{
    /// <summary>When and how often to try.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>Tries under way at once per hook, 1 to 256. Default 8 (protocol G 52).</summary>
    public int MaxConcurrency { get; init; } = 8;

    /// <summary>Tries per minute and hook; null for no limit. Client 2 of the protocol sheet limits itself to 240.</summary>
    public int? MaxPerMinute { get; init; }

    /// <summary>True when hooks may be loopback or private.</summary>
    public bool AllowPrivateHooks { get; init; }

    /// <summary>Secrets for the Standard Webhooks signature, newest first; empty for none. Each is the raw key.</summary>
    public IReadOnlyList<byte[]> SigningSecrets { get; init; } = [];

    /// <summary>What the vendor's format sends as <c>API-KEY</c>; null for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Client certificate and authorities; null for none of its own.</summary>
    public HookIdentity? Identity { get; init; }

    /// <summary>Headers that are added to every try, checked when they were set; empty for none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}

/// <summary>Where the lanes read the policy of an account, anew for each try.</summary>
public interface IHookPolicies
{
    /// <summary>The policy in force for the account number; the default one when the account is unknown.</summary>
    HookPolicy For(int account);
}

/// <summary>Makes one try.</summary>
public interface ICallbackSender
{
    /// <summary>Sends and judges; never throws but for cancellation of <paramref name="stop"/>, which yields <see cref="AttemptOutcome.Interrupted"/>.</summary>
    ValueTask<Attempt> SendAsync(DueCallback callback, HookPolicy policy, CancellationToken stop);
}
