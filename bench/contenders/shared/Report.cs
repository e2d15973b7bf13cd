using System.Buffers;
using System.Text.Json;

namespace HoiAm.Bench;

/// <summary>What a .NET contender needs of a vendor report: who it is about and which hook wants to know.</summary>
internal readonly record struct Report(string ReferentId, string RequestId, string Msisdn, int Status)
{
    /// <summary>Reads the body in one pass; null when a required field is missing.</summary>
    internal static Report? Parse(in ReadOnlySequence<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        string? referentId = null, requestId = null, msisdn = null;
        var status = 0;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.ValueTextEquals("referentId"u8))
            {
                referentId = NextString(ref reader);
            }
            else if (reader.ValueTextEquals("requestId"u8))
            {
                requestId = NextString(ref reader);
            }
            else if (reader.ValueTextEquals("msisdn"u8))
            {
                msisdn = NextString(ref reader);
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                status = reader.GetInt32();
            }
            else
            {
                reader.Skip();
            }
        }

        return referentId is null || requestId is null || msisdn is null ? null : new Report(referentId, requestId, msisdn, status);
    }

    /// <summary>The customer's callback in the eSMS form: path and query as they go on the wire.</summary>
    internal string CallbackUrl(string hookBase)
    {
        // The last two digits name the hook (bench/driver/reports.py): the benchmark's stand-in for a routing table.
        var hook = Msisdn.AsSpan(Msisdn.Length - 2);
        if (hook[0] == '0')
        {
            hook = hook[1..];
        }

        var failed = Status is 2 ? 0 : 1;
        return string.Create(
            null,
            stackalloc char[512],
            $"{hookBase}{hook}?SMSID={ReferentId}&SendFailed={failed}&SendStatus=5&SendSuccess={1 - failed}&TotalPrice=400.0000&TotalReceiver=1&TotalSent=1&RequestId={RequestId}&TypeId=2&telcoid=2&phonenumber=0{Msisdn.AsSpan(2)}&switchsmsid=");
    }

    /// <summary>Text that a queue can carry.</summary>
    internal string ToText() => string.Create(null, $"{ReferentId}\n{RequestId}\n{Msisdn}\n{Status}");

    /// <summary>Reads <see cref="ToText"/> back.</summary>
    internal static Report FromText(string text)
    {
        var parts = text.Split('\n');
        return new Report(parts[0], parts[1], parts[2], int.Parse(parts[3], null));
    }

    private static string? NextString(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }
}
