using HoiAm.Dispatch.Sending;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;

namespace HoiAm.Server.Admin;

/// <summary>Reads how messages are handed to a vendor: absent keeps, null clears.</summary>
internal static class ConnectorInput
{
    private static readonly Dictionary<string, bool> s_isVmg = new(StringComparer.Ordinal) { [ConnectorSettings.Interits] = false, [ConnectorSettings.Vmg] = true };

    private static readonly Dictionary<string, bool> s_smsTypes = new(StringComparer.Ordinal) { ["consulting"] = false, ["otp"] = true };

    public static ConnectorSettings? Read(JsonInput input, ConnectorSettings? current, HubDirectory directory)
    {
        if (input.IsNull("connector"))
        {
            return null;
        }

        if (input.Object("connector") is not { } connector)
        {
            return current;
        }

        var allowPrivate = connector.Flag("allowPrivate") ?? current?.AllowPrivate ?? directory.AllowPrivateByDefault;
        var type = connector.Choice("type", s_isVmg) is { } isVmg ? (isVmg ? ConnectorSettings.Vmg : ConnectorSettings.Interits) : current?.Type;
        var baseUrl = AccountInput.ReadHook(connector, "baseUrl", allowPrivate) ?? current?.BaseUrl;
        var apiKey = Sealed(connector, "apiKey", directory) ?? Sealed(connector, "token", directory) ?? current?.SealedApiKey;
        var path = connector.Has("path") ? connector.Text("path", 1, 200) : current?.Path;
        if (path is not null && (path[0] != '/' || HookUrl.Check("https://vendor.example" + path, allowPrivate: true).Refusal is not null))
        {
            connector.Fault("path", "must be a path like /api/SMSBrandname/SendSMS");
        }

        var read = (current ?? new ConnectorSettings("", "", "")) with
        {
            Type = type ?? "",
            BaseUrl = baseUrl ?? "",
            SealedApiKey = apiKey ?? "",
            AllowPrivate = allowPrivate,
            Path = path,
            SealedBearer = connector.IsNull("bearer") ? null : Sealed(connector, "bearer", directory) ?? current?.SealedBearer,
            Sender = connector.Has("sender") ? connector.Text("sender", 1, 64) : current?.Sender,
            IsOtp = connector.Choice("smsType", s_smsTypes) ?? current?.IsOtp ?? false,
            Timeout = connector.Duration("timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)) ?? current?.Timeout ?? TimeSpan.FromSeconds(30),
        };
        connector.RefuseUnknown();
        if (type is null || baseUrl is null || apiKey is null)
        {
            connector.Fault("", "needs type (interits or vmg), baseUrl and apiKey (for vmg also called token)");
        }

        return read;
    }

    /// <summary>The settings without their secrets.</summary>
    public static object Show(ConnectorSettings c) => new
    {
        type = c.Type,
        baseUrl = c.BaseUrl,
        path = c.Path,
        sender = c.Sender,
        smsType = c.IsOtp ? "otp" : "consulting",
        bearer = c.SealedBearer is not null,
        allowPrivate = c.AllowPrivate,
        timeout = c.Timeout.ToString("c"),
    };

    private static string? Sealed(JsonInput input, string name, HubDirectory directory) =>
        input.Text(name, 1, 512) is { } secret ? directory.Keys.Seal(secret) : null;
}
