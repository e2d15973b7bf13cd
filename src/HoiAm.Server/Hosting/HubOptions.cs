namespace HoiAm.Server.Hosting;

/// <summary>What <c>serve</c> can be told (contract section 1). Each is also a configuration key and an environment variable.</summary>
public sealed record HubOptions
{
    /// <summary>Listening addresses, separated by semicolons. Default <c>http://127.0.0.1:8620</c>.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8620";

    /// <summary>Folder of the embedded store and of the hub's key. Default <c>./data</c>.</summary>
    public string Data { get; init; } = "./data";

    /// <summary>Connection string of PostgreSQL in place of the embedded store, shared by any number of nodes.</summary>
    public string? Postgres { get; init; }

    /// <summary>True seeds the sandbox and lets hooks be private.</summary>
    public bool Sandbox { get; init; }

    /// <summary>True allows the sandbox on an address that is not loopback.</summary>
    public bool SandboxAnywhere { get; init; }

    /// <summary>Bearer token of the first administrator, 8 to 128 characters; without one it is made at the first start and shown once. In the sandbox <c>sandbox-admin</c>.</summary>
    public string? AdminToken { get; init; }

    /// <summary>Where the sandbox shows its banner and its callbacks; null shows nothing.</summary>
    public TextWriter? Output { get; init; }

    /// <summary>How the outside reaches this hub; null for the first listening address.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>Routes beside the built-in ones.</summary>
    internal IReadOnlyList<Sending.Routes.ISendRoute> Routes { get; init; } = [];

    /// <summary>Addresses and CIDR ranges of proxies whose X-Forwarded-For and -Proto are believed, separated by commas; null for none.</summary>
    public string? TrustedProxies { get; init; }

    /// <summary>True serves the admin API to other machines without TLS.</summary>
    public bool AdminWithoutTls { get; init; }

    /// <summary>HTTP proxy through which hooks are called, <c>http://[user:password@]host:port</c>; null calls them directly.</summary>
    public string? EgressProxy { get; init; }

    /// <summary>Folder for backups that are asked for over the admin API; null allows none.</summary>
    public string? Backups { get; init; }

    /// <summary>Where spans are sent over OTLP, for example <c>http://127.0.0.1:4318</c>; null takes OpenTelemetry's environment, or sends none.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>How long what is kept; days, or <c>forever</c>. Null takes the default.</summary>
    public KeepOptions Keep { get; init; } = new();
}

/// <summary>The hub cannot start with what it was given. The message is one sentence for the operator.</summary>
public sealed class StartupException : Exception
{
    public StartupException()
    {
    }

    public StartupException(string message)
        : base(message)
    {
    }

    public StartupException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
