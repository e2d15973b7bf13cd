using System.Collections.Frozen;
using HoiAm.Model;

namespace HoiAm.Sending;

/// <summary>What one segment to one receiver costs, in VND. Carrier 0 is the price for every carrier that has none of its own.</summary>
public sealed class PriceList
{
    private readonly FrozenDictionary<(MessageKind Kind, byte Telco), decimal> _prices;

    /// <summary>From (kind, carrier, price); of two entries for the same pair the last wins.</summary>
    public PriceList(IEnumerable<(MessageKind Kind, byte Telco, decimal Price)> entries)
    {
        var prices = new Dictionary<(MessageKind, byte), decimal>();
        foreach (var (kind, telco, price) in entries)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(price);
            prices[(PricedAs(kind), telco)] = price;
        }

        _prices = prices.ToFrozenDictionary();
    }

    /// <summary>No prices: everything answers 102.</summary>
    public static PriceList Empty { get; } = new([]);

    /// <summary>The price per segment; false when there is none (102).</summary>
    public bool TryGet(MessageKind kind, byte telco, out decimal price) =>
        _prices.TryGetValue((PricedAs(kind), telco), out price) || _prices.TryGetValue((PricedAs(kind), 0), out price);

    // By UID is kind 25 on the wire and on the bill.
    private static MessageKind PricedAs(MessageKind kind) => kind == MessageKind.ZnsByUid ? MessageKind.Zns : kind;
}

/// <summary>Which kinds can be sent at all, and to which carriers. Carrier 0 stands for all.</summary>
public sealed class RouteTable
{
    private readonly FrozenSet<(MessageKind Kind, byte Telco)> _routes;

    /// <summary>From (kind, carrier).</summary>
    public RouteTable(IEnumerable<(MessageKind Kind, byte Telco)> routes) =>
        _routes = routes.Select(r => (Routed(r.Kind), r.Telco)).ToFrozenSet();

    /// <summary>Nothing can be sent.</summary>
    public static RouteTable None { get; } = new([]);

    /// <summary>Every kind to every carrier.</summary>
    public static RouteTable Everything { get; } = new(Enum.GetValues<MessageKind>().Select(k => (k, (byte)0)));

    /// <summary>Whether anybody carries this kind (118).</summary>
    public bool Carries(MessageKind kind) => _routes.Any(r => r.Kind == Routed(kind));

    /// <summary>Whether anybody carries this kind to that carrier (177). An unknown carrier needs a route for all.</summary>
    public bool Carries(MessageKind kind, byte telco) =>
        _routes.Contains((Routed(kind), telco)) || _routes.Contains((Routed(kind), 0));

    private static MessageKind Routed(MessageKind kind) => kind == MessageKind.ZnsByUid ? MessageKind.Zns : kind;
}
