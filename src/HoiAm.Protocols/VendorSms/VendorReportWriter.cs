using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using HoiAm.Model;

namespace HoiAm.Protocols.VendorSms;

/// <summary>Writes a report's body as a vendor sends it (protocol F.1), for the simulated carriers, the command line and vendor clients.</summary>
public static class VendorReportWriter
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes the fields in documented order; absent ones are left out. Times are ISO 8601 in UTC with milliseconds, as the vendor's
    /// neighbouring pages show them. <see cref="VendorReport.Address"/> is not written: <c>msisdn</c> goes out as it is spelled.
    /// </summary>
    public static void Write(VendorReport report, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Utf8JsonWriter(output, s_options);
        writer.WriteStartObject();
        writer.WriteString(VendorField.Msisdn.Utf8Name(), report.Msisdn);
        WriteText(writer, VendorField.RequestId, report.RequestId);
        WriteText(writer, VendorField.SendTime, Time(report.SendTime));
        WriteText(writer, VendorField.ResponseTimeTelco, Time(report.ResponseTimeTelco));
        WriteNumber(writer, VendorField.Status, report.Status);
        WriteText(writer, VendorField.ReferentId, report.ReferentId);
        WriteNumber(writer, VendorField.RetryCount, report.RetryCount);
        WriteText(writer, VendorField.ErrorInfo, report.ErrorInfo);
        WriteText(writer, VendorField.PartnerId, report.PartnerId);
        WriteNumber(writer, VendorField.TelcoId, report.TelcoId);
        WriteNumber(writer, VendorField.MtCount, report.MtCount);
        WriteNumber(writer, VendorField.Price, report.Price);
        writer.WriteEndObject();
    }

    private static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void WriteText(Utf8JsonWriter writer, VendorField field, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(field.Utf8Name(), text);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, VendorField field, decimal? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(field.Utf8Name(), value);
        }
    }
}
