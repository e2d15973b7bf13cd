using System.Globalization;
using System.Text;

namespace HoiAm.Server.Dashboard.Charts;

/// <summary>One series of a chart.</summary>
/// <param name="Name">In the reader's language.</param>
/// <param name="Color">Class that gives the colour.</param>
/// <param name="Values">One for each step; null where there is nothing.</param>
public sealed record ChartSeries(string Name, string Color, IReadOnlyList<double?> Values);

/// <summary>Turns values into shapes on a field of 1,000 by 100, which the style sheet stretches.</summary>
public static class ChartShapes
{
    public const double Width = 1_000;

    public const double Height = 100;

    /// <summary>A round number at or above the largest value.</summary>
    public static double Top(double largest)
    {
        if (largest <= 0)
        {
            return 1;
        }

        var unit = Math.Pow(10, Math.Floor(Math.Log10(largest)));
        foreach (var step in new[] { 1, 2, 4, 5, 10 })
        {
            if (unit * step >= largest)
            {
                return unit * step < 2 && largest > 1 ? 2 : Math.Max(unit * step, 1);
            }
        }

        return unit * 10;
    }

    /// <summary>Largest single value, for lines.</summary>
    public static double Largest(IEnumerable<ChartSeries> series) => series.SelectMany(s => s.Values).Max() ?? 0;

    /// <summary>Largest sum at one step, for stacked bars.</summary>
    public static double LargestStack(IReadOnlyList<ChartSeries> series)
    {
        var largest = 0d;
        for (var i = 0; series.Count > 0 && i < series[0].Values.Count; i++)
        {
            largest = Math.Max(largest, series.Sum(s => s.Values[i] ?? 0));
        }

        return largest;
    }

    /// <summary>Path of a line; a step without a value breaks it.</summary>
    public static string Line(IReadOnlyList<double?> values, double top)
    {
        var path = new StringBuilder();
        var isDrawing = false;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value)
            {
                isDrawing = false;
                continue;
            }

            path.Append(isDrawing ? 'L' : 'M').Append(Text(X(i, values.Count))).Append(' ').Append(Text(Y(value, top)));
            isDrawing = true;
        }

        return path.ToString();
    }

    /// <summary>Path of the values without a neighbour, of which a line shows nothing.</summary>
    public static string Dots(IReadOnlyList<double?> values, double top)
    {
        var path = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is { } value && (i == 0 || values[i - 1] is null) && (i + 1 == values.Count || values[i + 1] is null))
            {
                path.Append('M').Append(Text(X(i, values.Count))).Append(' ').Append(Text(Y(value, top))).Append("h0.01");
            }
        }

        return path.ToString();
    }

    /// <summary>Path of one layer of stacked bars, above the layers before it.</summary>
    public static string Bars(IReadOnlyList<ChartSeries> series, int layer, double top)
    {
        var count = series[layer].Values.Count;
        var wide = Width / count;
        var gap = Math.Min(wide * 0.22, 4);
        var path = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var value = series[layer].Values[i] ?? 0;
            if (value <= 0)
            {
                continue;
            }

            var below = series.Take(layer).Sum(s => s.Values[i] ?? 0);
            var (low, high) = (Y(below, top), Y(below + value, top));
            path.Append('M').Append(Text((i * wide) + (gap / 2))).Append(' ').Append(Text(low)).Append('V').Append(Text(high))
                .Append('h').Append(Text(wide - gap)).Append('V').Append(Text(low)).Append('z');
        }

        return path.ToString();
    }

    /// <summary>Path of the area under a small line.</summary>
    public static string Area(IReadOnlyList<double?> values, double top)
    {
        var line = Line([.. values.Select(v => v ?? 0)], top);
        return line.Length == 0 ? "" : $"{line}V{Text(Height)}H{Text(X(0, values.Count))}z";
    }

    private static double X(int index, int count) => (index + 0.5) * Width / count;

    private static double Y(double value, double top) => Height - (Math.Min(value, top) / top * Height);

    private static string Text(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
