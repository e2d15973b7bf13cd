namespace HoiAm.Protocols.Codes;

/// <summary>What can be done about a Zalo error (protocol E.2, our advice).</summary>
public enum ZaloRetryClass : byte
{
    /// <summary>Not known: the code is in no list, or its list gives none.</summary>
    Unknown = 0,

    /// <summary>No error.</summary>
    None = 1,

    /// <summary>R: passes by itself, may be retried automatically.</summary>
    Transient = 2,

    /// <summary>L: retry at a known later time.</summary>
    Later = 3,

    /// <summary>C: works after somebody fixes configuration, balance or quota.</summary>
    Configuration = 4,

    /// <summary>P: permanent for this receiver or this content.</summary>
    Permanent = 5,
}

/// <summary>One of Zalo's result codes.</summary>
/// <param name="Code">0, negative, or eSMS's own 1001.</param>
/// <param name="RetryClass">What can be done about it.</param>
/// <param name="English">Short meaning.</param>
/// <param name="Vietnamese">The same in Vietnamese.</param>
public sealed record ZaloResultCode(int Code, ZaloRetryClass RetryClass, string English, string Vietnamese);
