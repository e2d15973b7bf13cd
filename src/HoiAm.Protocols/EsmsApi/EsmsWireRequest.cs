namespace HoiAm.Protocols.EsmsApi;

/// <summary>Which of eSMS's hosts serves a call (protocol C.1, D).</summary>
public enum EsmsHost : byte
{
    /// <summary>Messages and lookups, documented as <c>https://rest.esms.vn</c>.</summary>
    Rest,

    /// <summary>Calls, documented as <c>https://voiceapi.esms.vn</c>.</summary>
    Voice,

    /// <summary>GetCallback, documented as <c>https://status-sms.esms.vn</c>.</summary>
    Status,
}

/// <summary>A call as it goes on the wire: everything of the HTTP request but the host. Bears the keys: do not log its parts.</summary>
public sealed class EsmsWireRequest
{
    internal EsmsWireRequest(EsmsHost host, string method, string pathAndQuery, string? contentType, byte[] body)
    {
        Host = host;
        Method = method;
        PathAndQuery = pathAndQuery;
        ContentType = contentType;
        Body = body;
    }

    /// <summary>Whose host.</summary>
    public EsmsHost Host { get; }

    /// <summary><c>GET</c> or <c>POST</c>.</summary>
    public string Method { get; }

    /// <summary>From the first slash on, percent-encoded. On GET calls it carries the keys, as documented.</summary>
    public string PathAndQuery { get; }

    /// <summary>Content type of <see cref="Body"/>; null when there is none.</summary>
    public string? ContentType { get; }

    /// <summary>Empty on GET.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Method and path without the query, and never the keys.</summary>
    public override string ToString()
    {
        var query = PathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? PathAndQuery : PathAndQuery[..query];
        var keys = path.IndexOf("GetListBrandname/", StringComparison.Ordinal);
        return $"{Method} {(keys < 0 ? path : path[..(keys + "GetListBrandname".Length)])}";
    }
}
