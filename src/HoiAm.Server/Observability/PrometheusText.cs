using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using HoiAm.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Observability;

/// <summary>
/// Every instrument of the hub's own meters as Prometheus text. The exporter packages do not restore on every feed; the format is small:
/// counters and gauges a line each, histograms as cumulative buckets.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    // Seconds: a fast hook answers within milliseconds, a try lasts two minutes at most.
    private static readonly double[] s_buckets = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Series> _series = new();

    public PrometheusText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("HoiAm.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public async Task HandleAsync(HttpContext context, Health health)
    {
        if (health.Refuses(context, out var refusal))
        {
            await refusal.ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(Render()).ConfigureAwait(false);
    }

    /// <summary>The text of this moment.</summary>
    public string Render()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var group in _series.GroupBy(s => s.Key.Instrument).OrderBy(g => g.Key.Name, StringComparer.Ordinal))
        {
            var name = Name(group.Key);
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {group.Key.Description}\n# TYPE {name} {Type(group.Key)}\n");
            foreach (var ((_, labels), series) in group.OrderBy(s => s.Key.Labels, StringComparer.Ordinal))
            {
                series.Render(text, name, labels);
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = _series.GetOrAdd((instrument, Labels(tags)), static key => new Series(Type(key.Instrument) == "histogram"));
        series.Record(value, adds: instrument is Counter<long> or UpDownCounter<long> or Counter<double>);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(key.Replace('.', '_')).Append("=\"")
                .Append(Convert.ToString(value, CultureInfo.InvariantCulture)?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal))
                .Append('"');
        }

        return text.ToString();
    }

    private static string Name(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        var unit = instrument.Unit == "s" ? "_seconds" : "";
        return name + unit + (Type(instrument) == "counter" ? "_total" : "");
    }

    private static string Type(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return type.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : type.Contains("Gauge", StringComparison.Ordinal) || type.Contains("UpDown", StringComparison.Ordinal) ? "gauge"
            : "counter";
    }

    private sealed class Series(bool histogram)
    {
        private readonly long[] _counts = new long[histogram ? s_buckets.Length + 1 : 0];
        private readonly Lock _lock = new();
        private double _sum;
        private long _count;

        public void Record(double value, bool adds)
        {
            lock (_lock)
            {
                if (!histogram)
                {
                    _sum = adds ? _sum + value : value;
                    return;
                }

                var bucket = Array.FindIndex(s_buckets, b => value <= b);
                _counts[bucket < 0 ? s_buckets.Length : bucket]++;
                _sum += value;
                _count++;
            }
        }

        public void Render(StringBuilder text, string name, string labels)
        {
            lock (_lock)
            {
                if (!histogram)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length == 0 ? "" : "{" + labels + "}")} {_sum}\n");
                    return;
                }

                var comma = labels.Length == 0 ? "" : ",";
                var below = 0L;
                for (var i = 0; i < s_buckets.Length; i++)
                {
                    below += _counts[i];
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"{s_buckets[i]}\"}} {below}\n");
                }

                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {_count}\n");
                var braces = labels.Length == 0 ? "" : "{" + labels + "}";
                text.Append(CultureInfo.InvariantCulture, $"{name}_sum{braces} {_sum}\n{name}_count{braces} {_count}\n");
            }
        }
    }
}
