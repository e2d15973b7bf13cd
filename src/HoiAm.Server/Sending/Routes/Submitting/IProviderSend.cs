using HoiAm.Dispatch.Sending;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Model;

namespace HoiAm.Server.Sending.Routes.Submitting;

/// <summary>One request to a provider.</summary>
/// <param name="Message">The message.</param>
/// <param name="Facts">What it says.</param>
/// <param name="Recipients">Whom this request is for.</param>
/// <param name="RequestId">The id under which the provider has to know it again.</param>
internal sealed record ProviderOrder(MessageRow Message, SentFacts Facts, IReadOnlyList<RecipientRow> Recipients, string RequestId);

/// <summary>What a provider's answer means.</summary>
internal enum ProviderEnd
{
    /// <summary>It has the message.</summary>
    Taken,

    /// <summary>It refused the message for good.</summary>
    Refused,

    /// <summary>It does not have it and may take it later: away, or its keys are wrong.</summary>
    Later,

    /// <summary>Nobody knows.</summary>
    Unclear,
}

/// <summary>A provider's answer, read.</summary>
/// <param name="End">What it means.</param>
/// <param name="Detail">For people; null when there is nothing to say.</param>
/// <param name="ReferentId">The provider's own id, if it gave one.</param>
internal sealed record ProviderVerdict(ProviderEnd End, string? Detail = null, string? ReferentId = null)
{
    /// <summary>The verdict on what is no answer of the provider's own at all.</summary>
    public static ProviderVerdict? OfTransport(GuardedAnswer answer) => answer switch
    {
        { End: GuardedEnd.NotSent } => new(ProviderEnd.Later, answer.Sentence),
        { End: GuardedEnd.Unknown } => new(ProviderEnd.Unclear, answer.Sentence),
        { Status: >= 300 and < 400 or 408 or >= 500 } => new(ProviderEnd.Unclear, $"The provider answered HTTP {answer.Status}."),
        { Status: 401 or 403 or 404 or 405 or 429 } => new(ProviderEnd.Later, $"The provider answered HTTP {answer.Status}: address, key or rate."),
        _ => null,
    };
}

/// <summary>How one provider is asked to send: bytes out, bytes in. No clock, no store, no network.</summary>
internal interface IProviderSend
{
    /// <summary>True when it takes one receiver a request of this kind.</summary>
    bool IsOnePerReceiver(MessageKind kind);

    /// <summary>How long the provider knows a request by its id, so that making it again sends nothing twice; zero when it never does.</summary>
    TimeSpan KnownFor { get; }

    /// <summary>True when it can carry the kind.</summary>
    bool Carries(MessageKind kind);

    /// <summary>The request; null when the provider cannot send this, which <paramref name="why"/> then says.</summary>
    GuardedRequest? Write(ProviderOrder order, out string? why);

    /// <summary>Reads the answer. <paramref name="isAgain"/>: the request was made before.</summary>
    ProviderVerdict Read(GuardedAnswer answer, bool isAgain);
}
