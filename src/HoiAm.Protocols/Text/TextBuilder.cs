using System.Buffers;
using System.Globalization;

namespace HoiAm.Protocols.Text;

/// <summary>
/// A growing run of characters that starts on the caller's stack and moves to the shared pool only when it must. Writing a callback
/// allocates nothing but its result that way. Dispose returns what was rented.
/// </summary>
internal ref struct TextBuilder(Span<char> initial)
{
    private Span<char> _chars = initial;
    private char[]? _rented;
    private int _length;

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<char> Written => _chars[.._length];

    public void Append(char c)
    {
        if (_length == _chars.Length)
        {
            Grow(1);
        }

        _chars[_length++] = c;
    }

    public void Append(scoped ReadOnlySpan<char> text)
    {
        if (text.Length > _chars.Length - _length)
        {
            Grow(text.Length);
        }

        text.CopyTo(_chars[_length..]);
        _length += text.Length;
    }

    /// <summary>A whole number without grouping.</summary>
    public void Append(long number)
    {
        const int longestLong = 20;
        if (_chars.Length - _length < longestLong)
        {
            Grow(longestLong);
        }

        number.TryFormat(_chars[_length..], out var written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    /// <summary>A decimal or a time in an invariant format that needs at most 64 characters.</summary>
    public void Append<T>(T value, scoped ReadOnlySpan<char> format)
        where T : ISpanFormattable
    {
        const int longestValue = 64;
        if (_chars.Length - _length < longestValue)
        {
            Grow(longestValue);
        }

        value.TryFormat(_chars[_length..], out var written, format, CultureInfo.InvariantCulture);
        _length += written;
    }

    /// <summary><c>%</c> and two upper-case hex digits.</summary>
    public void AppendEscapedByte(byte value)
    {
        if (_chars.Length - _length < 3)
        {
            Grow(3);
        }

        _chars[_length] = '%';
        _chars[_length + 1] = HexDigit(value >> 4);
        _chars[_length + 2] = HexDigit(value & 15);
        _length += 3;
    }

    public override readonly string ToString() => Written.ToString();

    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    internal static char HexDigit(int value) => (char)(value < 10 ? '0' + value : 'A' + value - 10);

    private void Grow(int needed)
    {
        var larger = ArrayPool<char>.Shared.Rent(Math.Max(_length + needed, _chars.Length * 2));
        Written.CopyTo(larger);
        Dispose();
        _chars = _rented = larger;
    }
}
