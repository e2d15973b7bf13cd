using System.Globalization;

namespace HoiAm.Protocols.EsmsCallback;

/// <summary>The decoded values of one callback by parameter, with what was odd about them.</summary>
internal sealed class CallbackValues
{
    private readonly string?[] _values = new string?[CallbackParameters.Count];
    private readonly int[] _positions = new int[CallbackParameters.Count];
    private List<KeyValuePair<string, string>>? _extras;
    private List<string>? _problems;
    private int _count;

    public IReadOnlyList<KeyValuePair<string, string>> Extras => _extras ?? (IReadOnlyList<KeyValuePair<string, string>>)[];

    public IReadOnlyList<string> Problems => _problems ?? (IReadOnlyList<string>)[];

    public void Add(string name, string value)
    {
        _count++;
        if (CallbackParameters.Find(name) is not { } parameter)
        {
            (_extras ??= []).Add(new(name, value));
            return;
        }

        ref var current = ref _values[(int)parameter];
        if (current is { Length: > 0 })
        {
            if (current != value)
            {
                Problem($"{parameter.Name()} appears more than once; the first value counts.");
            }

            return;
        }

        if (current is null || value.Length != 0)
        {
            current = value;
            _positions[(int)parameter] = _count;
        }
    }

    public void Problem(string sentence) => (_problems ??= []).Add(sentence);

    /// <summary>True when the name was there, be it with an empty value.</summary>
    public bool Exists(CallbackParameter parameter) => _values[(int)parameter] is not null;

    /// <summary>True when there is a value.</summary>
    public bool Has(CallbackParameter parameter) => _values[(int)parameter] is { Length: > 0 };

    public string Text(CallbackParameter parameter) => _values[(int)parameter] ?? "";

    /// <summary>True when both names were there, the first one earlier.</summary>
    public bool IsBefore(CallbackParameter first, CallbackParameter second) =>
        Exists(first) && Exists(second) && _positions[(int)first] < _positions[(int)second];

    /// <summary>A whole number; 0 with a problem when it is none, 0 when it is absent or empty.</summary>
    public int Integer(CallbackParameter parameter)
    {
        var text = Text(parameter);
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        if (text.Length != 0)
        {
            Problem($"{parameter.Name()} is no whole number.");
        }

        return 0;
    }

    /// <summary>An amount in VND with a decimal point; 0 as for <see cref="Integer"/>.</summary>
    public decimal Amount(CallbackParameter parameter)
    {
        const NumberStyles style = NumberStyles.Integer | NumberStyles.AllowDecimalPoint;
        var text = Text(parameter);
        if (decimal.TryParse(text, style, CultureInfo.InvariantCulture, out var amount))
        {
            return amount;
        }

        if (text.Length != 0)
        {
            Problem($"{parameter.Name()} is no amount.");
        }

        return 0;
    }
}
