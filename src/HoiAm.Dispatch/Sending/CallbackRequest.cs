namespace HoiAm.Dispatch.Sending;

/// <summary>A request that remembers what the connector has to know and what the verdict needs: cheaper than request options, which are a dictionary.</summary>
internal sealed class CallbackRequest(HttpMethod method, Uri uri) : HttpRequestMessage(method, uri)
{
    /// <summary>Time allowed for connecting.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>True once a connection was begun for this request; false means that it went out on one that was there.</summary>
    public bool BeganConnecting { get; set; }

    /// <summary>True once that connection stood.</summary>
    public bool Connected { get; set; }
}

/// <summary>Why no connection came about; thrown through the HTTP handler, which knows no other way.</summary>
internal sealed class ConnectFailure : Exception
{
    public ConnectFailure(ConnectFault fault, string sentence, Exception? inner = null)
        : base(sentence, inner) => Fault = fault;

    public ConnectFault Fault { get; }

    /// <summary>Finds the failure that the handler has wrapped.</summary>
    public static ConnectFailure? In(Exception? exception)
    {
        for (var depth = 0; exception is not null && depth < 8; depth++)
        {
            if (exception is ConnectFailure failure)
            {
                return failure;
            }

            exception = exception.InnerException;
        }

        return null;
    }
}

/// <summary>Kinds of <see cref="ConnectFailure"/>.</summary>
internal enum ConnectFault : byte
{
    /// <summary>The name has no address.</summary>
    Unresolved,

    /// <summary>No address that may be connected to.</summary>
    Blocked,

    /// <summary>Nobody listens.</summary>
    Refused,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>Another failure of the network.</summary>
    Broken,
}
