using System.Collections.Immutable;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Protocols.Upstream;

/// <summary>What is put in the place of what a caller wrote, before its call is passed on.</summary>
/// <param name="ApiKey">The key that the upstream knows.</param>
/// <param name="SecretKey">Its secret.</param>
public sealed record UpstreamChanges(string ApiKey, string SecretKey)
{
    /// <summary>The hook that replaces every CallbackUrl, and is added where there is none; null leaves them as they are.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>
    /// A RequestId for each place of the call that has one of its own (the call itself, a row of a bulk send, a channel): added there, or put
    /// in the place of an empty one. Null leaves the caller's.
    /// </summary>
    public ImmutableArray<string?> RequestIds { get; init; } = [];

    internal string? RequestIdAt(int place) => place < RequestIds.Length ? RequestIds[place] : null;
}

/// <summary>A call as it goes to the upstream.</summary>
/// <param name="Method"><c>GET</c> or <c>POST</c>.</param>
/// <param name="Path">From the slash before <c>MainService.svc</c> on, percent-encoded; it may hold keys.</param>
/// <param name="Query">With its question mark; empty without one.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="ContentType">Its type; null when the caller gave none.</param>
public sealed record UpstreamRequest(string Method, string Path, string Query, byte[]? Body, string? ContentType);

/// <summary>
/// Rewrites a caller's call for the upstream: keys, CallbackUrl and RequestId are replaced where they stand, everything else keeps its
/// bytes. Two shapes cannot keep them: XML is written anew with the same elements, and a multipart form becomes a common form.
/// </summary>
public static class UpstreamRewriter
{
    /// <summary>Rewrites a call that <see cref="EsmsRequestReader"/> could read; null when its body cannot be rewritten.</summary>
    /// <param name="route">As <see cref="EsmsRoutes.TryResolve"/> gave it.</param>
    /// <param name="path">The caller's path: a slash at its end is kept.</param>
    /// <param name="contentType">The caller's content type, may be null.</param>
    /// <param name="query">The raw query with its question mark, may be null.</param>
    /// <param name="body">The raw body, may be empty.</param>
    /// <param name="changes">What to put in.</param>
    public static UpstreamRequest? Rewrite(
        EsmsRoute route, string path, string? contentType, string? query, byte[] body, UpstreamChanges changes)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(changes);
        if (route.Endpoint is not { } endpoint)
        {
            return null;
        }

        var target = Path(endpoint, path, changes);
        var edit = new FieldEdit(changes, endpoint.Operation);
        var rewrittenQuery = edit.Pairs(query is ['?', ..] ? query[1..] : query ?? "");
        if (endpoint.Method == "GET")
        {
            return new UpstreamRequest("GET", target, "?" + edit.AddMissing(Join(rewrittenQuery, BodyOfGet(body, contentType, edit))), null, null);
        }

        var (bytes, type) = BodyRewriter.Rewrite(body, contentType, edit);
        return bytes is null ? null : new UpstreamRequest("POST", target, rewrittenQuery.Length == 0 ? "" : "?" + rewrittenQuery, bytes, type);
    }

    private static string Path(EsmsEndpoint endpoint, string path, UpstreamChanges changes)
    {
        var target = "/MainService.svc/json/" + endpoint.Path;
        if (endpoint.Operation == EsmsOperation.GetBrandnames)
        {
            target += $"/{Uri.EscapeDataString(changes.ApiKey)}/{Uri.EscapeDataString(changes.SecretKey)}";
        }

        return path.EndsWith('/') ? target + "/" : target;
    }

    // A body on a GET is somebody's HTTP library at work; what it adds goes where the upstream looks.
    private static string BodyOfGet(byte[] body, string? contentType, FieldEdit edit)
    {
        if (body.Length == 0 || EsmsBody.Read(body, contentType) is not { } fields)
        {
            return "";
        }

        var added = fields.Nodes.Where(n => n.Value is ScalarNode { IsAbsent: false } && !edit.Saw(n.Key))
            .Select(n => Uri.EscapeDataString(n.Key) + "=" + Uri.EscapeDataString(((ScalarNode)n.Value).Text));
        return edit.Pairs(string.Join('&', added));
    }

    private static string Join(string first, string second) => first.Length == 0 ? second : second.Length == 0 ? first : first + "&" + second;
}
