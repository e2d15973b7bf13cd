using System.Globalization;

namespace HoiAm.Protocols.EsmsApi;

/// <summary>
/// The result of a registration, pushed to its CallbackUrl. The pages document the three values and neither method nor names (protocol
/// A.9); ours is a GET with the names that the registration's own answer has.
/// </summary>
public static class RegistrationPush
{
    /// <summary>The registration failed.</summary>
    public const int Failed = 0;

    /// <summary>The registration was received.</summary>
    public const int Received = 1;

    /// <summary>The template is registered.</summary>
    public const int Registered = 2;

    /// <summary>The query without a question mark.</summary>
    public static string Query(long previewId, int result) =>
        string.Create(CultureInfo.InvariantCulture, $"ServicePreviewId={previewId}&Result={result}");
}
