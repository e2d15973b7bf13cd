namespace HoiAm.Protocols.GetCallback;

/// <summary>The refusals of GetCallback (section G 9 to 12; contract section 2). All go out with HTTP 200.</summary>
public static class GetCallbackErrors
{
    /// <summary>Code of a malformed request, and of one outside the window.</summary>
    public const int InvalidRequest = 110;

    /// <summary>Wrong keys.</summary>
    public static (int Code, string Message) AuthorizeFailed => (101, "Authorize Failed");

    /// <summary>More requests than <see cref="GetCallbackLimits.PerSecond"/>; send <c>Retry-After</c> with it.</summary>
    public static (int Code, string Message) TooManyRequests => (160, "Exceed TPS");

    /// <summary>The OAId is missing where the strict mode demands one.</summary>
    public static (int Code, string Message) OaIdMissing => (791, "OAId is missing");

    /// <summary>A malformed request.</summary>
    /// <param name="error"><see cref="GetCallbackRequestReading.Error"/>.</param>
    public static (int Code, string Message) Malformed(string error) => (InvalidRequest, error);

    /// <summary>Asked outside the account's hours.</summary>
    public static (int Code, string Message) OutsideWindow(LocalWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        return (InvalidRequest, $"GetCallback is answered in the hours {window} (Asia/Ho_Chi_Minh) only");
    }
}
