using HoiAm.Receiver.Signing;
using HoiAm.Receiver.Storing;

namespace HoiAm.Receiver;

/// <summary>How callbacks are received. Each receiver has its own copy.</summary>
public sealed class EsmsReceiverOptions
{
    /// <summary>
    /// Signing secrets of the account at the hub. With any, an unsigned callback is answered 401. While a secret is being changed: the new
    /// and the old one. Default none: eSMS itself does not sign, so then only the address is a secret.
    /// </summary>
    public IList<string> SigningSecrets { get; } = [];

    /// <summary>How far the signature's time may be from this clock. Default 5 min.</summary>
    public TimeSpan SignatureTolerance { get; set; } = WebhookVerifier.DefaultTolerance;

    /// <summary>
    /// What a reverse proxy took off the front of the path. The signature covers the path as the hub sent it. Default "".
    /// </summary>
    public string RemovedPathPrefix { get; set; } = "";

    /// <summary>
    /// Folder of the journal, below the application's content root unless absolute; each receiver has a folder of its own in it. Default
    /// <c>esms-callbacks</c>. It has to outlive the process: in a container, a volume.
    /// </summary>
    public string Folder { get; set; } = "esms-callbacks";

    /// <summary>
    /// Makes the store, given the services and the receiver's name. Default null: a <see cref="JournalCallbackStore"/> in
    /// <see cref="Folder"/>. Another process-wide choice is <see cref="MemoryCallbackStore"/>, which survives nothing.
    /// </summary>
    public Func<IServiceProvider, string, ICallbackStore>? Store { get; set; }

    /// <summary>
    /// How many handled callbacks are remembered, so that a repeat is recognised; the oldest are forgotten first. Default 100,000, about
    /// 15 MB of memory.
    /// </summary>
    public int RememberedIds { get; set; } = 100_000;

    /// <summary>
    /// How many callbacks may wait for the handler, those set aside not counted. One more is answered 503, and the sender keeps it. Default
    /// 10,000.
    /// </summary>
    public int MaxPending { get; set; } = 10_000;

    /// <summary>How many messages are handled at once. Default 4. Callbacks of one message are always handled one after the other.</summary>
    public int Concurrency { get; set; } = 4;

    /// <summary>Pause after the handler's first failure; it doubles each time. Default 1 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause. Default 10 min.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// After so many failures of the handler a callback is set aside: it stays in the store, no longer stands in the way of others, and waits
    /// for <see cref="EsmsReceiver.RetrySetAsideAsync"/>. Default 30, which is about three and a half hours. 0: never.
    /// </summary>
    public int MaxHandlingAttempts { get; set; } = 30;

    /// <summary>Longest query or body, bytes; a longer one is answered 413. Default 64 KiB.</summary>
    public int MaxBytes { get; set; } = 64 * 1024;

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Numbers and folder, never the secrets.</summary>
    public override string ToString() => $"EsmsReceiverOptions {{ Folder = {Folder}, SigningSecrets = {SigningSecrets.Count} }}";

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(RememberedIds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPending, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Concurrency, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxHandlingAttempts, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1024);
        ArgumentException.ThrowIfNullOrWhiteSpace(Folder);
        ArgumentNullException.ThrowIfNull(Time);
        ArgumentNullException.ThrowIfNull(RemovedPathPrefix);
        if (RemovedPathPrefix.Length > 0 && (RemovedPathPrefix[0] != '/' || RemovedPathPrefix[^1] == '/'))
        {
            throw new ArgumentException($"RemovedPathPrefix is '{RemovedPathPrefix}'; accepted is a path that begins with a slash and does not end with one.");
        }
    }
}
