using System.Diagnostics.CodeAnalysis;

namespace HoiAm.Protocols.GetCallback;

/// <summary>A request for callbacks (protocol B.1).</summary>
/// <param name="ApiKey">Empty when absent.</param>
/// <param name="SecretKey">Empty when absent.</param>
/// <param name="RefIds">SMSIDs in the given order, repeats included, not yet cut to a limit; compared exactly.</param>
/// <param name="OaId">Null when absent: then no filter (protocol G 12).</param>
public sealed record GetCallbackRequest(string ApiKey, string SecretKey, IReadOnlyList<string> RefIds, string? OaId)
{
    // The keys stay out of the text.
    private bool PrintMembers(System.Text.StringBuilder builder)
    {
        builder.Append(System.Globalization.CultureInfo.InvariantCulture, $"RefIds = {RefIds.Count} ids, OaId = {OaId}");
        return true;
    }
}

/// <summary>A request that was read, as far as it could be.</summary>
public sealed class GetCallbackRequestReading
{
    internal GetCallbackRequestReading(GetCallbackRequest request, string? error) => (Request, Error) = (request, error);

    /// <summary>What could be read; the keys are there even when the rest is malformed, so that wrong keys can be answered first.</summary>
    public GetCallbackRequest Request { get; }

    /// <summary>What is wrong and what is accepted, for an answer with Code 110; null when nothing is.</summary>
    public string? Error { get; }

    /// <summary>True when <see cref="Error"/> is null.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsValid => Error is null;
}
