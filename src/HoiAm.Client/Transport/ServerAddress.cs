namespace HoiAm.Client.Transport;

/// <summary>Base addresses.</summary>
internal static class ServerAddress
{
    public static void Check(Uri address, string name)
    {
        ArgumentNullException.ThrowIfNull(address, name);
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https") || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new ArgumentException($"{name} is {address}; accepted is an absolute http or https address without a query.", name);
        }
    }

    /// <summary>The address with a path behind its own. The path is percent-encoded already and stays as it is.</summary>
    public static Uri Join(Uri address, string pathAndQuery) => new(address.AbsoluteUri.TrimEnd('/') + pathAndQuery, UriKind.Absolute);
}
