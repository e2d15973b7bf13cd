using System.Globalization;
using HoiAm.Model;

namespace HoiAm.Sending;

/// <summary>
/// Writes a statement as CSV (RFC 4180, UTF-8, comma, CRLF): the groups with a total, or every line. Amounts have four decimals.
/// </summary>
public static class StatementCsv
{
    /// <summary>Groups, and a last row <c>total</c> that equals the sum of the lines.</summary>
    public static void WriteGroups(TextWriter writer, IReadOnlyCollection<StatementGroup> groups)
    {
        Row(writer, "account", "vendor", "type", "carrier", "lines", "segments", "charged", "refunded", "adjusted", "net");
        foreach (var g in groups)
        {
            Row(
                writer,
                Text(g.Account),
                Text(g.Vendor),
                Type(g.Kind),
                Number(g.TelcoId),
                Number(g.Lines),
                Number(g.Segments),
                Money(g.Charged),
                Money(g.Refunded),
                Money(g.Adjusted),
                Money(g.Net));
        }

        Row(
            writer,
            "total",
            "",
            "",
            "",
            Number(groups.Sum(g => g.Lines)),
            Number(groups.Sum(g => g.Segments)),
            Money(groups.Sum(g => g.Charged)),
            Money(groups.Sum(g => g.Refunded)),
            Money(groups.Sum(g => g.Adjusted)),
            Money(groups.Sum(g => g.Net)));
    }

    /// <summary>Every line. Times are Vietnam's, with their offset. Further pages of one file go without the header.</summary>
    public static void WriteLines(TextWriter writer, IEnumerable<StatementLine> lines, bool withHeader = true)
    {
        if (withHeader)
        {
            Row(writer, "time", "account", "vendor", "smsid", "receiver", "type", "carrier", "segments", "reason", "amount");
        }

        foreach (var l in lines)
        {
            Row(
                writer,
                l.At.ToOffset(SendDates.Offset).ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture),
                Text(l.Account),
                Text(l.Vendor),
                Text(l.SmsId),
                Text(l.Recipient),
                Type(l.Kind),
                Number(l.TelcoId),
                Number(l.Segments),
                l.Reason switch { ChargeReason.Charge => "charge", ChargeReason.Refund => "refund", _ => "adjustment" },
                Money(l.Amount));
        }
    }

    private static void Row(TextWriter writer, params ReadOnlySpan<string> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0)
            {
                writer.Write(',');
            }

            writer.Write(cells[i]);
        }

        writer.Write("\r\n");
    }

    private static string Type(MessageKind? kind) => kind switch
    {
        null => "",
        MessageKind.VoiceCall => "voice",
        { } k => Number(k.TypeId()),
    };

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Money(decimal value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    // A text that a spreadsheet would run as a formula is made a text; then quoted if it has to be.
    private static string Text(string text)
    {
        var safe = text.Length > 0 && (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r') ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : "\"" + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
