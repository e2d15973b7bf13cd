using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.EsmsCallback;

/// <summary>Splits a customer's CallbackUrl into the hook (scheme, host, port, path) and the customer's own query.</summary>
public static class CallbackUrls
{
    /// <summary>The part of a CallbackUrl that names the hook: scheme, host, port and path as the customer wrote them, without query and
    /// fragment. An empty path becomes <c>/</c>; blanks, control characters and non-ASCII of the path are percent-encoded.</summary>
    public static string HookOf(string callbackUrl)
    {
        ArgumentNullException.ThrowIfNull(callbackUrl);
        Split(callbackUrl, out var hookLength, out _);
        return HookUrl(callbackUrl.AsSpan(0, hookLength));
    }

    /// <summary>
    /// Takes a CallbackUrl apart for formats whose facts are in the body: the hook, and the customer's own query byte for byte with its
    /// <c>?</c>, only made fit for a request line; empty without one. A fragment is dropped.
    /// </summary>
    public static (string HookUrl, string OwnQuery) Parts(string callbackUrl)
    {
        ArgumentNullException.ThrowIfNull(callbackUrl);
        Split(callbackUrl, out var hookLength, out var own);
        var hook = HookUrl(callbackUrl.AsSpan(0, hookLength));
        if (own.IsEmpty)
        {
            return (hook, "");
        }

        var builder = new TextBuilder(stackalloc char[256]);
        try
        {
            builder.Append('?');
            PercentCoding.AppendRequestLineSafe(ref builder, own);
            return (hook, builder.ToString());
        }
        finally
        {
            builder.Dispose();
        }
    }

    /// <summary>The customer's own query of a CallbackUrl, without its question mark and without a fragment; empty when there is none.</summary>
    public static string OwnQueryOf(string callbackUrl)
    {
        ArgumentNullException.ThrowIfNull(callbackUrl);
        Split(callbackUrl, out _, out var own);
        return own.ToString();
    }

    internal static void Split(ReadOnlySpan<char> callbackUrl, out int hookLength, out ReadOnlySpan<char> ownQuery)
    {
        var fragment = callbackUrl.IndexOf('#');
        var url = fragment < 0 ? callbackUrl : callbackUrl[..fragment];
        var question = url.IndexOf('?');
        hookLength = question < 0 ? url.Length : question;
        ownQuery = question < 0 ? default : url[(question + 1)..];
    }

    /// <summary>True when <see cref="HookUrl"/> would change nothing.</summary>
    internal static bool IsHookUrl(ReadOnlySpan<char> hook) => PathStart(hook) >= 0 && PercentCoding.IsRequestLineSafe(hook);

    internal static string HookUrl(ReadOnlySpan<char> hook)
    {
        if (IsHookUrl(hook))
        {
            return hook.ToString();
        }

        var path = PathStart(hook);
        if (path < 0)
        {
            // A request line needs a path, and with the URL's canonicalisation switched off nobody else would put one there.
            return string.Concat(hook, "/");
        }

        // The host is left alone: a name beyond ASCII is the resolver's business (IDN), not one of percent signs.
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

    private static int PathStart(ReadOnlySpan<char> hook)
    {
        var scheme = hook.IndexOf("://");
        var authority = scheme < 0 ? 0 : scheme + 3;
        var path = hook[authority..].IndexOf('/');
        return path < 0 ? -1 : authority + path;
    }
}
