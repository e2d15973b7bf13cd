using System.Net;
using System.Net.Sockets;

namespace HoiAm.Server.Guarding;

/// <summary>Addresses and CIDR ranges, IPv4 and IPv6: who may call, and which proxies are believed.</summary>
internal sealed class AddressRanges
{
    private readonly IPNetwork[] _ranges;

    private AddressRanges(IPNetwork[] ranges, bool isEmpty) => (_ranges, IsEmpty) = (ranges, isEmpty);

    /// <summary>No range at all.</summary>
    public static AddressRanges None { get; } = new([], true);

    /// <summary>True when nothing was named, which restricts nobody.</summary>
    public bool IsEmpty { get; }

    /// <summary>The ranges of texts that were checked when they were entered; what cannot be read is left out and so allows nobody.</summary>
    public static AddressRanges Of(IReadOnlyList<string> texts) =>
        texts.Count == 0 ? None : new([.. texts.Select(t => Parse(t, out _)).OfType<IPNetwork>()], false);

    /// <summary>Reads one address or range; null with a sentence that says what is accepted.</summary>
    public static IPNetwork? Parse(string text, out string fault)
    {
        fault = "must be an address or a range like 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text : text[..slash];

        // IPAddress reads 10.1, 0x7f.1 and 1 as addresses; here they are more likely typing errors.
        if (!IPAddress.TryParse(host, out var address) || host.Contains('%', StringComparison.Ordinal)
            || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != host))
        {
            return null;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            fault = $"must be written as IPv4, {address.MapToIPv4()}";
            return null;
        }

        var bitsMax = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var bits = bitsMax;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out bits) || bits > bitsMax))
        {
            fault = $"must have a prefix from 0 to {bitsMax} after the slash";
            return null;
        }

        var start = First(address, bits);
        if (!start.Equals(address))
        {
            fault = $"names an address inside of a range; the range is {start}/{bits}, the address alone {address}";
            return null;
        }

        return new IPNetwork(address, bits);
    }

    /// <summary>True when the address lies in one of the ranges; an IPv4 client of a dual-stack socket counts as IPv4.</summary>
    public bool Contains(IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        address = Plain(address);
        foreach (var range in _ranges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An address without the IPv6 dress of an IPv4 one, and without a zone.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes())
        : address;

    private static IPAddress First(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(bits - (8 * i), 0, 8);
            bytes[i] &= (byte)((0xFF00 >> kept) & 0xFF);
        }

        return new IPAddress(bytes);
    }
}
