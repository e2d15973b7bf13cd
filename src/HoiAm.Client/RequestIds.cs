using System.Collections.Immutable;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Client;

/// <summary>Which sends carry a RequestId, and ids for those that have none yet.</summary>
internal static class RequestIds
{
    private const int LengthMax = 50;

    /// <summary>True when the documentation gives the call a RequestId (protocol C.2), so that a repeat is recognised.</summary>
    public static bool AreCarried(EsmsOperation operation) => operation is not
        (EsmsOperation.SendForm or EsmsOperation.SendXml or EsmsOperation.SendOtpV4 or EsmsOperation.SendOtpV5);

    /// <summary>The request with an id wherever its call has one.</summary>
    public static SendRequest Fill(SendRequest request) => request switch
    {
        // Both channels are sends of their own: they need ids of their own, or the second would be refused as a repeat of the first.
        MultiChannelRequest multi => multi with { RequestId = "", Parts = [.. Whole(multi.Parts).Select(Own)] },
        ZnsBulkRequest bulk => bulk with { RequestId = "", Rows = [.. Whole(bulk.Rows).Select(r => r with { RequestId = Id(r.RequestId) })] },
        _ when AreCarried(request.Operation) => Own(request),
        _ => request,
    };

    private static ImmutableArray<T> Whole<T>(ImmutableArray<T> items) => items.IsDefault ? [] : items;

    private static SendRequest Own(SendRequest request) => request with { RequestId = Id(request.RequestId) };

    private static string Id(string given)
    {
        if (given.Length > LengthMax)
        {
            throw new ArgumentException($"The RequestId '{given}' is too long; accepted are up to 50 characters.", nameof(given));
        }

        return given.Length > 0 ? given : EsmsClient.NewRequestId();
    }
}
