using System.Text;
using FsCheck.Fluent;
using HoiAm.Model;
using HoiAm.Protocols.Tests.Support;
using HoiAm.Protocols.VendorSms;

namespace HoiAm.Protocols.Tests.VendorSms;

public sealed class VendorReportReaderTests
{
    private const string Least = "\"msisdn\":\"0901888484\",\"referentId\":\"ref-1\"";

    [Fact]
    public void DocumentedSample_IsRefusedForItsPlaceholderNumberOnly()
    {
        var reading = VendorReportReader.Read(Vectors.Bytes("vendor/vendor-request.seed-003.json"), strict: true);

        Assert.False(reading.IsAccepted);
        Assert.Equal("msisdn", Assert.Single(reading.Errors).Key);
    }

    [Fact]
    public void DocumentedSampleWithANumber_IsAcceptedByStrictVendors()
    {
        var body = Encoding.UTF8.GetString(Vectors.Bytes("vendor/vendor-request.seed-003.json"))
            .Replace("\"msisdn\": \"string\"", "\"msisdn\": \"0901888484\"", StringComparison.Ordinal);

        var report = VendorReportReader.Read(Encoding.UTF8.GetBytes(body), strict: true).Report!;

        Assert.Equal("0901888484", report.Address);
        Assert.Equal("string", report.RequestId);
        Assert.Equal("string", report.ReferentId);
        Assert.Null(report.SendTime);
        Assert.Equal(0, report.Status);
        Assert.Equal(0, report.RetryCount);
    }

    [Fact]
    public void VmgStyleSample_IsReadCompletely()
    {
        var reading = VendorReportReader.Read(Vectors.Bytes("vendor/constructed-vendor-request-vmg-style.json"), strict: true);
        var report = reading.Report!;

        Assert.Equal(VendorReportWarnings.None, reading.Warnings);
        Assert.Equal("84900000001", report.Msisdn);
        Assert.Equal("0900000001", report.Address);
        Assert.Equal("req-0001", report.RequestId);
        Assert.Equal("f66545d2-c7e2-4603-984e-d2238c363c8292", report.ReferentId);
        Assert.Equal(new DateTimeOffset(2026, 4, 7, 16, 46, 5, TimeSpan.FromHours(7)), report.SendTime);
        Assert.Equal(new DateTimeOffset(2026, 4, 7, 16, 46, 9, TimeSpan.FromHours(7)), report.ResponseTimeTelco);
        Assert.Equal(2, report.Status);
        Assert.Equal(0, report.RetryCount);
        Assert.False(report.IsZaloRefusal);
    }

    [Fact]
    public void NumericSample_IsReadCompletely()
    {
        var reading = VendorReportReader.Read(Vectors.Bytes("vendor/constructed-vendor-request-numeric-msisdn.json"), strict: true);
        var report = reading.Report!;

        Assert.Equal("84900000001", report.Msisdn);
        Assert.Equal("0900000001", report.Address);
        Assert.Equal(new DateTimeOffset(2026, 4, 7, 9, 46, 5, TimeSpan.Zero), report.SendTime);
        Assert.Null(report.ResponseTimeTelco);
        Assert.Equal(-2, report.Status);
        Assert.Equal(0, report.RetryCount);
    }

    [Fact]
    public void ExtensionFields_AreRead()
    {
        var report = Read("""
            {"msisdn":"5308693166941955879","requestId":"r","errorInfo":"{\"error\":0}","partnerId":"416f","telcoId":"3","mtcount":2,"price":"850.5"}
            """).Report!;

        Assert.Equal("5308693166941955879", report.Address);
        Assert.Equal("""{"error":0}""", report.ErrorInfo);
        Assert.Equal("416f", report.PartnerId);
        Assert.Equal((byte)3, report.TelcoId);
        Assert.Equal(2, report.MtCount);
        Assert.Equal(850.5m, report.Price);
    }

    [Theory]
    [InlineData("1", (byte)1)]
    [InlineData("\"7\"", (byte)7)]
    [InlineData("0", null)]
    [InlineData("9", null)]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    public void TelcoId_IsACarrierOrUnknown(string json, byte? expected) =>
        Assert.Equal(expected, Read("{" + Least + ",\"telcoId\":" + json + "}").Report!.TelcoId);

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" \r\n", "empty")]
    [InlineData("\uFEFF", "empty")]
    [InlineData("[]", "no batching")]
    [InlineData("[{\"msisdn\":\"0901888484\"}]", "no batching")]
    [InlineData("\"text\"", "not a JSON object")]
    [InlineData("42", "not a JSON object")]
    [InlineData("null", "not a JSON object")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{\"msisdn\"}", "not valid JSON")]
    [InlineData("{" + Least + "} {}", "not valid JSON")]
    [InlineData("{" + Least + ",}", "not valid JSON")]
    [InlineData("msisdn=0901888484&status=2", "not valid JSON")]
    [InlineData("{" + Least + ",\"x\":[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]}", "deeper than 16")]
    public void UnusableBody_IsRefusedWithWhatIsAccepted(string body, string because)
    {
        var reading = Read(body);

        Assert.False(reading.IsAccepted);
        Assert.Empty(reading.Errors);
        Assert.Contains(because, reading.Message, StringComparison.Ordinal);
        Assert.Contains("Accepted is one JSON object with msisdn", reading.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InvalidUtf8_IsRefused()
    {
        byte[] body = [.. "{\"msisdn\":\"0901888484\",\"referentId\":\""u8, 0xC3, 0x28, .. "\"}"u8];

        Assert.Contains("UTF-8", VendorReportReader.Read(body, strict: false).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "msisdn", "is required")]
    [InlineData("{}", "referentId", "unless requestId is given")]
    [InlineData("""{"msisdn":"","referentId":"x"}""", "msisdn", "is required")]
    [InlineData("""{"msisdn":null,"referentId":"x"}""", "msisdn", "is required")]
    [InlineData("""{"msisdn":"hello","referentId":"x"}""", "msisdn", "must be a phone number")]
    [InlineData("""{"msisdn":"123456789012345678901","referentId":"x"}""", "msisdn", "must be a phone number")]
    [InlineData("""{"msisdn":true,"referentId":"x"}""", "msisdn", "must be a text or a number")]
    [InlineData("""{"msisdn":["0901888484"],"referentId":"x"}""", "msisdn", "must be a text or a number")]
    [InlineData("""{"msisdn":"0901888484","referentId":"","requestId":null}""", "referentId", "unless requestId is given")]
    [InlineData("""{"msisdn":"0901888484","referentId":{}}""", "referentId", "must be a text or a number")]
    [InlineData("{" + Least + ",\"requestId\":\"\\ud800\"}", "requestId", "half of a surrogate pair")]
    [InlineData("{" + Least + ",\"status\":\"DELIVRD\"}", "status", "must be a whole number")]
    [InlineData("{" + Least + ",\"status\":2.5}", "status", "must be a whole number from")]
    [InlineData("{" + Least + ",\"status\":1e99}", "status", "must be a whole number")]
    [InlineData("{" + Least + ",\"status\":99999999999}", "status", "must be a whole number from")]
    [InlineData("{" + Least + ",\"status\":[2]}", "status", "must be a whole number")]
    [InlineData("{" + Least + ",\"retryCount\":-1}", "retryCount", "must be a whole number from 0")]
    [InlineData("{" + Least + ",\"telcoId\":10}", "telcoId", "must be a whole number from 0 to 9")]
    [InlineData("{" + Least + ",\"mtcount\":1001}", "mtcount", "from 0 to 1000")]
    [InlineData("{" + Least + ",\"price\":-1}", "price", "not negative")]
    [InlineData("{" + Least + ",\"price\":\"1,5\"}", "price", "not negative")]
    [InlineData("{" + Least + ",\"errorInfo\":[]}", "errorInfo", "must be a text or a number")]
    public void WrongField_IsNamed(string body, string field, string because)
    {
        var reading = Read(body);

        Assert.False(reading.IsAccepted);
        Assert.Contains(because, Assert.Single(reading.Errors[field]), StringComparison.Ordinal);
        Assert.Contains(field, reading.Message, StringComparison.Ordinal);
        Assert.Contains("Accepted is one JSON object", reading.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryFault_IsReportedAtOnce()
    {
        var reading = Read("""{"msisdn":"x","status":"y","price":"z"}""");

        Assert.Equal(["msisdn", "status", "referentId", "price"], reading.Errors.Keys);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Ids_MayHave256Characters(int length, bool accepted)
    {
        foreach (var field in new[] { "requestId", "referentId", "partnerId" })
        {
            var reading = Read($$"""{"msisdn":"0901888484","requestId":"r","referentId":"r","{{field}}":"{{new string('ế', length)}}"}""");

            Assert.Equal(accepted, reading.IsAccepted);
            Assert.Equal(!accepted, reading.Errors.TryGetValue(field, out var texts) && texts[0].Contains("at most 256", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public void ErrorInfo_MayHave4096Characters(int length, bool accepted) =>
        Assert.Equal(accepted, Read($$"""{"msisdn":"0901888484","requestId":"r","errorInfo":"{{new string('x', length)}}"}""").IsAccepted);

    [Theory]
    [InlineData("requestId")]
    [InlineData("referentId")]
    [InlineData("sendTime")]
    [InlineData("retryCount")]
    public void StrictVendors_NeedWhatTheTableMarksRequired(string field)
    {
        var all = """{"msisdn":"0901888484","requestId":"a","referentId":"b","sendTime":"07/04/2026 16:46","retryCount":0}""";
        var body = all.Replace($"\"{field}\"", "\"other\"", StringComparison.Ordinal);

        Assert.Equal(VendorReportWarnings.NoStatus, VendorReportReader.Read(Encoding.UTF8.GetBytes(all), strict: true).Warnings);
        Assert.Equal(field, Assert.Single(VendorReportReader.Read(Encoding.UTF8.GetBytes(body), strict: true).Errors).Key);
        Assert.True(Read(body).IsAccepted);
    }

    [Fact]
    public void LenientVendors_AreWarnedAbout() =>
        Assert.Equal(
            VendorReportWarnings.NoRequestId | VendorReportWarnings.NoSendTime | VendorReportWarnings.NoRetryCount
                | VendorReportWarnings.NoStatus | VendorReportWarnings.UnreadableResponseTime,
            Read("{" + Least + ",\"responseTimeTelco\":\"soon\"}").Warnings);

    [Fact]
    public void NamesInAnyCasing_EscapedOrRepeated_AreRead()
    {
        var report = Read("""
            {"MSISDN":"x","Msisdn":"0901888484","REFERENTID":"a","referentid":"b","\u0073tatus":"bad","status":null,"STATUS":6,"unknown":{"status":1}}
            """).Report!;

        Assert.Equal("0901888484", report.Address);
        Assert.Equal("b", report.ReferentId);
        Assert.Equal(6, report.Status);
    }

    [Theory]
    [InlineData("""{"error":-114,"message":"m"}""", null, true)]
    [InlineData("""{"error":-114,"message":"m"}""", "p1", false)]
    [InlineData("""{"error":0,"message":"m"}""", null, false)]
    [InlineData("""{"message":"m"}""", null, false)]
    [InlineData("User blocked", null, false)]
    [InlineData("-118", null, true)]
    public void ZaloErrorWithoutPartnerId_IsARefusal(string errorInfo, string? partnerId, bool refusal)
    {
        var body = System.Text.Json.JsonSerializer.Serialize(new { msisdn = "0901888484", requestId = "r", errorInfo, partnerId });
        var report = Read(body).Report!;

        Assert.Equal(refusal, report.IsZaloRefusal);
        Assert.Equal(errorInfo, report.ErrorInfo);
    }

    [Theory]
    [InlineData("\"\\\"{\\\\\\\"error\\\\\\\":-114}\\\"\"")]
    [InlineData("\"%7B%22error%22:-114%7D____24/04/2024%2016:58:01\"")]
    [InlineData("\"{\\\"error\\\":-114}Object reference not set\"")]
    [InlineData("{\"error\":-114}")]
    public void RelayedErrorInfo_BecomesPlainJson(string json)
    {
        var report = Read($$"""{"msisdn":"0901888484","requestId":"r","errorInfo":{{json}}}""").Report!;

        Assert.Equal("""{"error":-114}""", report.ErrorInfo);
        Assert.True(report.IsZaloRefusal);
    }

    [Fact]
    public void WrittenReports_AreReadBack() => Always.Holds(
        from phone in Generators.Phone
        from texts in Generators.Text.Select(text => text.Length > 200 ? "long" : text).ListOf(3)
        from numbers in Gen.Choose(0, 1000).ListOf(3)
        from status in Gen.Choose(-2, 6)
        from json in Generators.ErrorJson
        from telco in Gen.Choose(1, 7)
        from time in Generators.LocalTime
        select new VendorReport
        {
            Msisdn = phone,
            Address = phone,
            RequestId = "r" + texts[0],
            ReferentId = texts[1].Length == 0 ? null : texts[1],
            SendTime = new DateTimeOffset(time, TimeSpan.FromHours(7)),
            ResponseTimeTelco = numbers[0] % 2 == 0 ? null : new DateTimeOffset(time, TimeSpan.Zero).AddMilliseconds(numbers[1]),
            Status = status,
            RetryCount = numbers[1],
            ErrorInfo = json,
            PartnerId = texts[2].Length == 0 ? null : texts[2],
            TelcoId = (byte)telco,
            MtCount = numbers[2],
            Price = numbers[0] / 4m,
        },
        report =>
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            VendorReportWriter.Write(report, output);
            var read = VendorReportReader.Read(output.WrittenSpan, strict: false).Report;

            Assert.NotNull(read);
            Assert.Equal(
                (report.Msisdn, report.Address, report.RequestId, report.ReferentId, report.SendTime, report.ResponseTimeTelco),
                (read.Msisdn, read.Address, read.RequestId, read.ReferentId, read.SendTime, read.ResponseTimeTelco));
            Assert.Equal(
                (report.Status, report.RetryCount, report.ErrorInfo, report.PartnerId, report.TelcoId, report.MtCount, report.Price),
                (read.Status, read.RetryCount, read.ErrorInfo, read.PartnerId, read.TelcoId, read.MtCount, read.Price));
        });

    [Fact]
    public void RandomBytes_NeverThrow() => Always.Holds(
        Gen.Choose(0, 255).Select(b => (byte)b).ListOf(),
        bytes => Assert.NotEmpty(VendorReportReader.Read([.. bytes], strict: false).Message),
        cases: 2000);

    [Fact]
    public void MutilatedReports_NeverThrow() => Always.Holds(
        from place in Gen.Choose(0, 400)
        from cut in Gen.Choose(0, 400)
        from piece in Gen.Choose(0, 255).Select(b => (byte)b).ListOf()
        select (place, cut, piece),
        input =>
        {
            var body = Vectors.Bytes("vendor/constructed-vendor-request-vmg-style.json").ToList();
            body.InsertRange(input.place % body.Count, input.piece);
            var mutilated = body.Take(input.cut % 2 == 0 ? body.Count : input.cut).ToArray();

            Assert.NotEmpty(VendorReportReader.Read(mutilated, strict: true).Message);
            VendorEnvelope.WriteSuccess(mutilated, new System.Buffers.ArrayBufferWriter<byte>());
        },
        cases: 2000);

    private static VendorReportReading Read(string body) => VendorReportReader.Read(Encoding.UTF8.GetBytes(body), strict: false);
}
