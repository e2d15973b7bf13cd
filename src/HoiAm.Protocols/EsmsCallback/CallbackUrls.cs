using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.EsmsCallback;

/// <summary>Splits a customer's CallbackUrl into the hook (scheme, host, port, path) and the customer's own query.</summary>
public static class CallbackUrls
{
    /// <summary>The part of a CallbackUrl that names the hook: scheme, host, port and path as the customer wrote them, without query and
    /// fragment. Blanks, control characters and non-ASCII of the path are percent-encoded.</summary>
    public static string HookOf(string callbackUrl)
    {
        ArgumentNullException.ThrowIfNull(callbackUrl);
        Split(callbackUrl, out var hookLength, out _);
        return HookUrl(callbackUrl.AsSpan(0, hookLength));
    }

    internal static void Split(ReadOnlySpan<char> callbackUrl, out int hookLength, out ReadOnlySpan<char> ownQuery)
    {
        var fragment = callbackUrl.IndexOf('#');
        var url = fragment < 0 ? callbackUrl : callbackUrl[..fragment];
        var question = url.IndexOf('?');
        hookLength = question < 0 ? url.Length : question;
        ownQuery = question < 0 ? default : url[(question + 1)..];
    }

    internal static string HookUrl(ReadOnlySpan<char> hook)
    {
        if (PercentCoding.IsRequestLineSafe(hook))
        {
            return hook.ToString();
        }

        // The host is left alone: a name beyond ASCII is the resolver's business (IDN), not one of percent signs.
        var authority = hook.IndexOf("://");
        var path = authority < 0 ? 0 : hook[(authority + 3)..].IndexOf('/');
        if (path < 0)
        {
            return hook.ToString();
        }

        path += authority < 0 ? 0 : authority + 3;
        var builder = new TextBuilder(stackalloc char[256]);
        try
        {
            builder.Append(hook[..path]);
            PercentCoding.AppendRequestLineSafe(ref builder, hook[path..]);
            return builder.ToString();
        }
        finally
        {
            builder.Dispose();
        }
    }
}
