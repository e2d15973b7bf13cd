using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HoiAm.Protocols.VendorSms;

/// <summary>
/// Reads the body of a vendor's delivery report (protocol F.1, section G 55, 56, 59, 64, 66; contract section 2). Names in any casing, numbers as
/// numbers or as text, the last of repeated names wins, unknown names are passed over. Never throws.
/// </summary>
public static class VendorReportReader
{
    /// <summary>The longest <c>requestId</c>, <c>referentId</c> or <c>partnerId</c>, in UTF-16 characters.</summary>
    public const int IdLengthMax = 256;

    /// <summary>The longest <c>errorInfo</c>, in UTF-16 characters: it travels in the query of a callback, encoded up to twice.</summary>
    public const int ErrorInfoLengthMax = 4096;

    /// <summary>The end of every refusal: what a body has to look like.</summary>
    internal const string Accepted =
        "Accepted is one JSON object with msisdn (a phone number, a Zalo user id of up to 20 digits, or a 64-digit hash) and requestId or "
        + "referentId; optional are sendTime, responseTimeTelco, status, retryCount, errorInfo, partnerId, telcoId, mtcount and price.";

    /// <summary>Reads one report.</summary>
    /// <param name="body">UTF-8, with or without a byte order mark.</param>
    /// <param name="strict">Demand what the page's table marks required: msisdn, requestId, sendTime, referentId, retryCount.</param>
    public static VendorReportReading Read(ReadOnlySpan<byte> body, bool strict)
    {
        body = VendorFields.WithoutMark(body);
        if (body.Trim(" \t\r\n"u8).IsEmpty)
        {
            return Refuse("The body is empty.");
        }

        if (!System.Text.Unicode.Utf8.IsValid(body))
        {
            return Refuse("The body is not valid UTF-8.");
        }

        var draft = default(VendorReportDraft);
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = VendorFields.DepthMax });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return Refuse(reader.TokenType == JsonTokenType.StartArray
                    ? "The body is an array; reports are sent one by one, there is no batching."
                    : "The body is not a JSON object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = VendorFields.Find(in reader);
                reader.Read();
                if (field is { } known)
                {
                    ReadField(ref draft, known, ref reader, body);
                }
                else
                {
                    reader.Skip();
                }
            }

            // One more step finds anything behind the object.
            reader.Read();
        }
        catch (JsonException e)
        {
            return Refuse(string.Create(
                CultureInfo.InvariantCulture,
                $"The body is not valid JSON or nests deeper than {VendorFields.DepthMax} levels (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})."));
        }

        return draft.Finish(strict);
    }

    private static VendorReportReading Refuse(string what) => new($"{what} {Accepted}", null);

    private static void ReadField(ref VendorReportDraft draft, VendorField field, ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        // The last of repeated names wins: what an earlier one said, error or value, is forgotten.
        draft.Forget(field);
        switch (field)
        {
            case VendorField.Msisdn:
                draft.Msisdn = ReadText(ref draft, field, ref reader, 128);
                break;
            case VendorField.RequestId:
                draft.RequestId = ReadText(ref draft, field, ref reader, IdLengthMax);
                break;
            case VendorField.ReferentId:
                draft.ReferentId = ReadText(ref draft, field, ref reader, IdLengthMax);
                break;
            case VendorField.PartnerId:
                draft.PartnerId = ReadText(ref draft, field, ref reader, IdLengthMax);
                break;
            case VendorField.SendTime:
                draft.SendTime = ReadText(ref draft, field, ref reader, int.MaxValue);
                break;
            case VendorField.ResponseTimeTelco:
                draft.ResponseTimeTelco = ReadText(ref draft, field, ref reader, int.MaxValue);
                break;
            case VendorField.ErrorInfo:
                draft.ErrorInfo = reader.TokenType == JsonTokenType.StartObject
                    ? ReadInline(ref draft, ref reader, body)
                    : ReadText(ref draft, field, ref reader, ErrorInfoLengthMax);
                break;
            case VendorField.Status:
                draft.Status = (int?)ReadInteger(ref draft, field, ref reader, int.MinValue, int.MaxValue);
                break;
            case VendorField.RetryCount:
                draft.RetryCount = (int?)ReadInteger(ref draft, field, ref reader, 0, int.MaxValue);
                break;
            case VendorField.MtCount:
                draft.MtCount = (int?)ReadInteger(ref draft, field, ref reader, 0, 1000);
                break;
            case VendorField.TelcoId:
                draft.TelcoId = (byte?)ReadInteger(ref draft, field, ref reader, 0, 9);
                break;
            case VendorField.Price:
                draft.Price = ReadPrice(ref draft, ref reader);
                break;
        }
    }

    // A number counts as text: msisdn and ids come as either (G 56). An empty text is as good as an absent one.
    private static string? ReadText(ref VendorReportDraft draft, VendorField field, ref Utf8JsonReader reader, int lengthMax)
    {
        string? text;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                try
                {
                    text = reader.GetString()!;
                }
                catch (InvalidOperationException)
                {
                    draft.Fault(field, "holds half of a surrogate pair; send whole characters");
                    return null;
                }

                break;
            case JsonTokenType.Number:
                text = Encoding.ASCII.GetString(reader.ValueSpan);
                break;
            case JsonTokenType.Null:
                return null;
            default:
                reader.Skip();
                draft.Fault(field, "must be a text or a number");
                return null;
        }

        if (text.Length > lengthMax)
        {
            draft.Fault(field, string.Create(CultureInfo.InvariantCulture, $"has {text.Length} characters; at most {lengthMax} are accepted"));
            return null;
        }

        return text.Length == 0 ? null : text;
    }

    private static string? ReadInline(ref VendorReportDraft draft, ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        var json = Encoding.UTF8.GetString(body[start..(int)reader.BytesConsumed]);
        if (json.Length > ErrorInfoLengthMax)
        {
            draft.Fault(
                VendorField.ErrorInfo,
                string.Create(CultureInfo.InvariantCulture, $"has {json.Length} characters; at most {ErrorInfoLengthMax} are accepted"));
            return null;
        }

        return json;
    }

    private static long? ReadInteger(ref VendorReportDraft draft, VendorField field, ref Utf8JsonReader reader, int min, int max)
    {
        if (!ReadNumber(ref reader, out var number))
        {
            draft.Fault(field, "must be a whole number, as a number or as text");
            return null;
        }

        if (number is { } value && (value != decimal.Truncate(value) || value < min || value > max))
        {
            draft.Fault(field, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"));
            return null;
        }

        return (long?)number;
    }

    private static decimal? ReadPrice(ref VendorReportDraft draft, ref Utf8JsonReader reader)
    {
        const decimal priceMax = 1_000_000_000_000m;
        if (ReadNumber(ref reader, out var number) && number is null or (>= 0 and <= priceMax))
        {
            return number;
        }

        draft.Fault(VendorField.Price, "must be an amount in VND that is not negative, such as 850 or 850.5, as a number or as text");
        return null;
    }

    // True with null when the value is absent; false when it is there and is no number.
    private static bool ReadNumber(ref Utf8JsonReader reader, out decimal? number)
    {
        number = null;
        scoped ReadOnlySpan<byte> digits;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.Number:
                digits = reader.ValueSpan;
                break;
            case JsonTokenType.String when !reader.ValueIsEscaped:
                digits = reader.ValueSpan.Trim((byte)' ');
                if (digits.IsEmpty)
                {
                    return true;
                }

                break;
            default:
                reader.Skip();
                return false;
        }

        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!decimal.TryParse(digits, style, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        number = value;
        return true;
    }
}
