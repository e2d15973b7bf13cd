using System.Globalization;
using HoiAm.Model;

namespace HoiAm.Protocols.GetCallback;

/// <summary>The kinds that GetCallback answers (protocol G 13), as a set of TypeIds. Calls have no TypeId and are in no set.</summary>
public readonly record struct PullKinds
{
    private readonly uint _typeIds;

    private PullKinds(uint typeIds) => _typeIds = typeIds;

    /// <summary>24 to 27, the default.</summary>
    public static PullKinds Zalo { get; } = Of(24, 25, 26, 27);

    /// <summary>Every kind with a TypeId.</summary>
    public static PullKinds All { get; } = Of(1, 2, 8, 23, 24, 25, 26, 27);

    /// <summary>True when messages of the kind are answered.</summary>
    public bool Includes(MessageKind kind) => kind.TypeId() is > 0 and var typeId && (_typeIds & (1u << typeId)) != 0;

    /// <summary>Reads <c>zalo</c>, <c>all</c>, or TypeIds joined by commas such as <c>24,25</c>; null when the text is none of them.</summary>
    public static PullKinds? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Equals("zalo", StringComparison.OrdinalIgnoreCase))
        {
            return Zalo;
        }

        if (text.Equals("all", StringComparison.OrdinalIgnoreCase))
        {
            return All;
        }

        var typeIds = 0u;
        for (var rest = text; ;)
        {
            var end = rest.IndexOf(',');
            if (!int.TryParse(end < 0 ? rest : rest[..end], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var id)
                || MessageKinds.FromTypeId(id) is null)
            {
                return null;
            }

            typeIds |= 1u << id;
            if (end < 0)
            {
                return new PullKinds(typeIds);
            }

            rest = rest[(end + 1)..];
        }
    }

    /// <summary>A form that <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        if (this == Zalo)
        {
            return "zalo";
        }

        var typeIds = _typeIds;
        return this == All ? "all" : string.Join(",", Enumerable.Range(0, 32).Where(id => (typeIds & (1u << id)) != 0));
    }

    private static PullKinds Of(params ReadOnlySpan<int> typeIds)
    {
        var set = 0u;
        foreach (var id in typeIds)
        {
            set |= 1u << id;
        }

        return new PullKinds(set);
    }
}
