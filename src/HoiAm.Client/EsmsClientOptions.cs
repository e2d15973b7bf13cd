using System.Collections.Frozen;
using HoiAm.Client.Transport;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Protocols.GetCallback;

namespace HoiAm.Client;

/// <summary>
/// Whose account, which servers, how patient. Clients made from the same options object share its rate limits, so keep one per account.
/// </summary>
public sealed class EsmsClientOptions
{
    private RateGate? _gate;

    /// <summary>The documented limits (protocol D): QueryZnsStatus 100 a second, GetZaloMessageStatus 30 a second.</summary>
    public static IReadOnlyDictionary<EsmsOperation, int> DocumentedPerSecond { get; } = new Dictionary<EsmsOperation, int>
    {
        [EsmsOperation.QueryZnsStatus] = 100,
        [EsmsOperation.GetZaloMessageStatus] = 30,
    }.ToFrozenDictionary();

    /// <summary>ApiKey of the account.</summary>
    public required string ApiKey { get; init; }

    /// <summary>SecretKey of the account.</summary>
    public required string SecretKey { get; init; }

    /// <summary>Messages and lookups. Default <c>https://rest.esms.vn</c>.</summary>
    public Uri RestAddress { get; init; } = new("https://rest.esms.vn");

    /// <summary>Calls. Default <c>https://voiceapi.esms.vn</c>.</summary>
    public Uri VoiceAddress { get; init; } = new("https://voiceapi.esms.vn");

    /// <summary>GetCallback. Default <c>https://status-sms.esms.vn</c>.</summary>
    public Uri StatusAddress { get; init; } = new("https://status-sms.esms.vn");

    /// <summary>Time for one attempt, from connecting to the last byte of the answer. Default 10 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts in all for a call that may be repeated, 1 to 10. Default 3; 1 switches retries off.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Pause before the second attempt; it doubles each time, less up to a half by chance. Default 0.5 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Longest pause. A server that asks for a longer one with <c>Retry-After</c> ends the call; the reply tells how long. Default 10 s.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Limits of GetCallback that this client keeps by itself: ids per request, requests a second, hours. Default today's edition
    /// (<see cref="GetCallbackLimits.Edition2024"/>); the older one is <see cref="GetCallbackLimits.Edition2023"/>.
    /// </summary>
    public GetCallbackLimits Pull { get; init; } = GetCallbackLimits.Edition2024;

    /// <summary>Requests a second by call; calls that are not listed are not limited. Default <see cref="DocumentedPerSecond"/>.</summary>
    public IReadOnlyDictionary<EsmsOperation, int> PerSecond { get; init; } = DocumentedPerSecond;

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal RateGate Gate => LazyInitializer.EnsureInitialized(ref _gate, () => new RateGate(this));

    /// <summary>Options for a server that serves everything at one address, such as a HoiAm hub.</summary>
    /// <param name="address">For example <c>http://127.0.0.1:8620</c>.</param>
    /// <param name="apiKey">ApiKey of the account.</param>
    /// <param name="secretKey">SecretKey of the account.</param>
    public static EsmsClientOptions At(Uri address, string apiKey, string secretKey) => new()
    {
        ApiKey = apiKey, SecretKey = secretKey, RestAddress = address, VoiceAddress = address, StatusAddress = address,
    };

    /// <summary>The servers, never the keys.</summary>
    public override string ToString() => $"EsmsClientOptions {{ RestAddress = {RestAddress}, VoiceAddress = {VoiceAddress}, StatusAddress = {StatusAddress} }}";

    internal Uri AddressOf(EsmsHost host) => host switch
    {
        EsmsHost.Voice => VoiceAddress,
        EsmsHost.Status => StatusAddress,
        _ => RestAddress,
    };

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(ApiKey);
        ArgumentException.ThrowIfNullOrWhiteSpace(SecretKey);
        ServerAddress.Check(RestAddress, nameof(RestAddress));
        ServerAddress.Check(VoiceAddress, nameof(VoiceAddress));
        ServerAddress.Check(StatusAddress, nameof(StatusAddress));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AttemptTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxAttempts, 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
        ArgumentNullException.ThrowIfNull(PerSecond);
        ArgumentNullException.ThrowIfNull(Time);
        ArgumentNullException.ThrowIfNull(Pull);
        if (Pull.Validate() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(Pull));
        }

        foreach (var (operation, perSecond) in PerSecond)
        {
            if (perSecond < 1)
            {
                throw new ArgumentException($"PerSecond of {operation} is {perSecond.ToString(System.Globalization.CultureInfo.InvariantCulture)}; accepted is 1 and more.", nameof(PerSecond));
            }
        }
    }
}
