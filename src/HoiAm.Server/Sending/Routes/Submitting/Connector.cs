using HoiAm.Dispatch.Sending;
using HoiAm.Model;
using HoiAm.Server.Directory;
using HoiAm.Server.Security;

namespace HoiAm.Server.Sending.Routes.Submitting;

/// <summary>A vendor's send interface as an administrator entered it, with its secrets in clear for the time of a request.</summary>
internal sealed class Connector(ConnectorSettings settings, KeyRing? keys)
{
    /// <summary>Sender of messages that have no brand name; null when there is none.</summary>
    public string? Sender => settings.Sender;

    /// <summary>True when kind 2 goes out as one-time passwords and not as consulting.</summary>
    public bool IsOtp => settings.IsOtp;

    /// <summary>A request with the key in the header that the vendor wants.</summary>
    public GuardedRequest Request(string defaultPath, byte[] body, string keyHeader)
    {
        var headers = new List<KeyValuePair<string, string>> { new(keyHeader, keys?.Unseal(settings.SealedApiKey) ?? "") };
        if (keys?.Unseal(settings.SealedBearer) is { Length: > 0 } bearer)
        {
            headers.Add(new("Authorization", "Bearer " + bearer));
        }

        return new GuardedRequest("POST", settings.BaseUrl.TrimEnd('/') + (settings.Path ?? defaultPath))
        {
            Body = body,
            ContentType = ProviderJson.ContentType,
            Headers = headers,
            AllowPrivate = settings.AllowPrivate,
            Timeout = settings.Timeout,
        };
    }

    /// <summary>True for the kinds that vendors of SMS carry.</summary>
    public static bool IsSms(MessageKind kind) => kind is MessageKind.PromoSms or MessageKind.CustomerCareSms or MessageKind.FixedPriceSms;

    /// <summary>Sender and text of an SMS; null when there is none to send, which <paramref name="why"/> then says.</summary>
    public (string Sender, string Text)? Sms(ProviderOrder order, out string? why)
    {
        var sender = order.Facts.Brandname ?? Sender;
        var text = order.Facts.Content;
        why = !IsSms(order.Message.Kind) ? "This vendor carries only SMS."
            : sender is null ? "The message has no brand name, and the connector no sender."
            : text is null ? "The message has no text."
            : null;
        return why is null ? (sender!, text!) : null;
    }

    /// <summary>A phone as vendors want it: <c>84…</c>.</summary>
    public static string International(string address) => address is ['0', ..] ? "84" + address[1..] : address;
}
