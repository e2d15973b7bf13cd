using System.Globalization;
using System.Text.Json;
using HoiAm.Server.Json;

namespace HoiAm.Server.Admin.Catalogue;

/// <summary>Lists inside an admin body: each element is checked, faults name it.</summary>
internal static class InputLists
{
    /// <summary>Objects; absent keeps the value, null clears it.</summary>
    public static IReadOnlyList<T> Objects<T>(JsonInput input, string name, int max, IReadOnlyList<T> current, Func<JsonInput, T> read) =>
        List(input, name, max, current, (element, label) =>
        {
            var row = new JsonInput(element, label + ".", (Dictionary<string, List<string>>)input.Faults);
            var value = read(row);
            row.RefuseUnknown();
            return value;
        });

    /// <summary>Texts.</summary>
    public static IReadOnlyList<string> Texts(
        JsonInput input, string name, int max, int lengthMax, IReadOnlyList<string> current, Func<string, string?>? check = null) =>
        List(input, name, max, current, (element, label) =>
        {
            var text = element.ValueKind is JsonValueKind.String or JsonValueKind.Number ? element.ToString() : "";
            if (text.Length == 0 || text.Length > lengthMax || text.Any(char.IsControl))
            {
                input.Fault(label, string.Create(CultureInfo.InvariantCulture, $"must be a text of 1 to {lengthMax} characters"));
            }
            else if (check?.Invoke(text) is { } fault)
            {
                input.Fault(label, fault);
            }

            return text;
        });

    /// <summary>Whole numbers out of a set.</summary>
    public static IReadOnlyList<int> Numbers(JsonInput input, string name, IReadOnlyList<int> accepted, IReadOnlyList<int> current) =>
        List(input, name, accepted.Count, current, (element, label) =>
        {
            if (int.TryParse(element.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && accepted.Contains(number))
            {
                return number;
            }

            input.Fault(label, "must be one of " + string.Join(", ", accepted));
            return 0;
        });

    private static IReadOnlyList<T> List<T>(JsonInput input, string name, int max, IReadOnlyList<T> current, Func<JsonElement, string, T> read)
    {
        if (input.IsNull(name))
        {
            return [];
        }

        if (input.Element(name) is not { } element)
        {
            return current;
        }

        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() > max)
        {
            input.Fault(name, string.Create(CultureInfo.InvariantCulture, $"must be a list of at most {max} elements"));
            return current;
        }

        var items = new List<T>(element.GetArrayLength());
        foreach (var item in element.EnumerateArray())
        {
            items.Add(read(item, string.Create(CultureInfo.InvariantCulture, $"{name}[{items.Count}]")));
        }

        return items;
    }
}
