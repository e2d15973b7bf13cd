using HoiAm.Model;
using HoiAm.Protocols.ErrorInfos;

namespace HoiAm.Protocols.EsmsCallback;

/// <summary>What became of the message, taken from the state and the counters together (protocol A.5): 5 alone only means finished.</summary>
public enum CallbackOutcome : byte
{
    /// <summary>The state is missing or unreadable.</summary>
    Unknown = 0,

    /// <summary>Not final yet: 0, 1, 2, 3 or 7.</summary>
    Pending = 1,

    /// <summary>Finished, every counted receiver was reached.</summary>
    Delivered = 2,

    /// <summary>Finished, some receivers were reached and some were not.</summary>
    PartlyDelivered = 3,

    /// <summary>Finished, no receiver was reached.</summary>
    Failed = 4,

    /// <summary>Rejected.</summary>
    Rejected = 5,

    /// <summary>Finished, and both counters are zero: the outcome is not told (the promo sample).</summary>
    FinishedUnknown = 6,
}

/// <summary>A status callback that was read, as far as it could be.</summary>
public sealed class EsmsCallbackReading
{
    /// <summary>The facts; what was missing has its default.</summary>
    public required CallbackFacts Facts { get; init; }

    /// <summary>What became of the message.</summary>
    public required CallbackOutcome Outcome { get; init; }

    /// <summary>The decoded <c>error_info</c>; <see cref="ErrorInfoReading.Empty"/> when there was none.</summary>
    public required ErrorInfoReading ErrorInfo { get; init; }

    /// <summary>Decoded parameters that the protocol does not know, such as the customer's own <c>token=</c>, in their order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Extras { get; init; }

    /// <summary>What was missing, repeated or unreadable, one sentence each. A callback with problems is still worth keeping.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>True when there is an id to look the message up by. False: this is no callback that anything can be done with.</summary>
    public bool IsRecognized => Facts.SmsId.Length != 0;
}
