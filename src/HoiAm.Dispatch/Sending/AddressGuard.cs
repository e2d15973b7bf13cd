using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace HoiAm.Dispatch.Sending;

/// <summary>
/// Says whether an address may be connected to. The ranges are those of the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and
/// its updates), multicast, the one metadata address of a cloud that lies outside of them, and, for IPv6, everything outside of the global unicast block. An IPv6 address that only carries an IPv4
/// address (mapped, NAT64) is judged by the IPv4 address inside; tunnels that carry one (6to4, Teredo) are refused as a whole.
/// </summary>
public static class AddressGuard
{
    private static readonly (uint Network, int Bits, string Name)[] s_v4 =
    [
        (0x00000000, 8, "this network (0.0.0.0/8)"),
        (0x0A000000, 8, "private (10.0.0.0/8)"),
        (0x64400000, 10, "shared by carriers (100.64.0.0/10)"),
        (0x7F000000, 8, "loopback (127.0.0.0/8)"),
        (0xA83F8110, 32, "Azure's metadata (168.63.129.16)"),
        (0xA9FE0000, 16, "link-local (169.254.0.0/16)"),
        (0xAC100000, 12, "private (172.16.0.0/12)"),
        (0xC0000000, 24, "protocol assignments (192.0.0.0/24)"),
        (0xC0000200, 24, "documentation (192.0.2.0/24)"),
        (0xC01FC400, 24, "AS112 (192.31.196.0/24)"),
        (0xC034C100, 24, "AMT (192.52.193.0/24)"),
        (0xC0586300, 24, "6to4 relay (192.88.99.0/24)"),
        (0xC0A80000, 16, "private (192.168.0.0/16)"),
        (0xC0AF3000, 24, "AS112 (192.175.48.0/24)"),
        (0xC6120000, 15, "benchmarking (198.18.0.0/15)"),
        (0xC6336400, 24, "documentation (198.51.100.0/24)"),
        (0xCB007100, 24, "documentation (203.0.113.0/24)"),
        (0xE0000000, 4, "multicast (224.0.0.0/4)"),
        (0xFFFFFFFF, 32, "broadcast (255.255.255.255)"),
        (0xF0000000, 4, "reserved (240.0.0.0/4)"),
    ];

    // Within 2000::/3 only; whatever lies outside of it is refused anyway and is named by hand.
    private static readonly (UInt128 Network, int Bits, string Name)[] s_v6 =
    [
        (High(0x2001_0000_0000_0000), 32, "Teredo (2001::/32)"),
        (High(0x2001_0DB8_0000_0000), 32, "documentation (2001:db8::/32)"),
        (High(0x2001_0000_0000_0000), 23, "protocol assignments (2001::/23)"),
        (High(0x2002_0000_0000_0000), 16, "6to4 (2002::/16)"),
        (High(0x2620_004F_8000_0000), 48, "AS112 (2620:4f:8000::/48)"),
        (High(0x3FFF_0000_0000_0000), 20, "documentation (3fff::/20)"),
        (High(0xFC00_0000_0000_0000), 7, "unique local (fc00::/7)"),
        (High(0xFE80_0000_0000_0000), 10, "link-local (fe80::/10)"),
        (High(0xFEC0_0000_0000_0000), 10, "site-local (fec0::/10)"),
        (High(0xFF00_0000_0000_0000), 8, "multicast (ff00::/8)"),
        (High(0x0100_0000_0000_0000), 64, "discard (100::/64)"),
        (High(0x0064_FF9B_0001_0000), 48, "local NAT64 (64:ff9b:1::/48)"),
        (High(0x5F00_0000_0000_0000), 16, "segment routing (5f00::/16)"),
        (UInt128.One, 128, "loopback (::1)"),
        (UInt128.Zero, 128, "unspecified (::)"),
        (UInt128.Zero, 96, "IPv4-compatible (::/96)"),
    ];

    private static readonly UInt128 s_nat64 = High(0x0064_FF9B_0000_0000);
    private static readonly UInt128 s_mapped = new(0, 0xFFFF_0000_0000);

    /// <summary>Why the address is refused, for example <c>loopback (127.0.0.0/8)</c>; null when it may be connected to.</summary>
    /// <param name="address">The address that a connection would go to.</param>
    /// <param name="allowPrivate">True allows all but unspecified, multicast and broadcast addresses.</param>
    public static string? Refusal(IPAddress address, bool allowPrivate)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            Span<byte> four = stackalloc byte[4];
            _ = address.TryWriteBytes(four, out _);
            return V4(BinaryPrimitives.ReadUInt32BigEndian(four), allowPrivate);
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return "of an unknown family";
        }

        Span<byte> sixteen = stackalloc byte[16];
        _ = address.TryWriteBytes(sixteen, out _);
        return V6(BinaryPrimitives.ReadUInt128BigEndian(sixteen), allowPrivate);
    }

    private static string? V4(uint address, bool allowPrivate)
    {
        if (allowPrivate)
        {
            return address switch
            {
                0 => "unspecified (0.0.0.0)",
                uint.MaxValue => "broadcast (255.255.255.255)",
                _ => address >> 28 == 0xE ? "multicast (224.0.0.0/4)" : null,
            };
        }

        foreach (var (network, bits, name) in s_v4)
        {
            if ((address ^ network) >> (32 - bits) == 0)
            {
                return name;
            }
        }

        return null;
    }

    private static string? V6(UInt128 address, bool allowPrivate)
    {
        if (Within(address, s_mapped, 96) || Within(address, s_nat64, 96))
        {
            return V4(unchecked((uint)address), allowPrivate);
        }

        if (allowPrivate)
        {
            return address == UInt128.Zero ? "unspecified (::)" : address >> 120 == 0xFF ? "multicast (ff00::/8)" : null;
        }

        foreach (var (network, bits, name) in s_v6)
        {
            if (Within(address, network, bits))
            {
                return name;
            }
        }

        return address >> 125 == 1 ? null : "not global unicast (outside 2000::/3)";
    }

    private static bool Within(UInt128 address, UInt128 network, int bits) => (address ^ network) >> (128 - bits) == UInt128.Zero;

    private static UInt128 High(ulong upper) => new(upper, 0);
}
