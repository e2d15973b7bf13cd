using System.Diagnostics.Metrics;

namespace HoiAm.Receiver.Handling;

/// <summary>The meter <c>HoiAm.Receiver</c> (docs/receiving.md).</summary>
internal static class ReceiverMeter
{
    private static readonly Meter s_meter = new("HoiAm.Receiver");

    private static readonly Counter<long> s_received = s_meter.CreateCounter<long>(
        "hoiam.receiver.received", "{callback}", "Requests by result: kept, known, refused, unavailable");

    private static readonly Counter<long> s_handled = s_meter.CreateCounter<long>(
        "hoiam.receiver.handled", "{try}", "Tries of the handler by result: done, failed, set_aside");

    public static void Received(string result) => s_received.Add(1, new KeyValuePair<string, object?>("result", result));

    public static void Handled(string result) => s_handled.Add(1, new KeyValuePair<string, object?>("result", result));
}
