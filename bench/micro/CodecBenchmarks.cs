using System.Buffers;
using BenchmarkDotNet.Attributes;
using HoiAm.Model;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.GetCallback;
using HoiAm.Protocols.VendorSms;

namespace HoiAm.Bench.Micro;

/// <summary>Reading a vendor's report and writing what its customer gets.</summary>
public class CodecBenchmarks
{
    // Not static: the runner takes only methods of an instance, and a method that uses none of it is to be static.
    private readonly string _hook = "https://shop.example/hook?tenant=7";

    private readonly byte[] _report =
        """
        {"msisdn":"84901234567","requestId":"req-0000000001","sendTime":"2026-11-22 09:30:00","referentId":"b7f1c2d3-0001","responseTimeTelco":"2026-11-22 09:30:02","status":2,"retryCount":0,"errorInfo":"","telcoId":1,"mtcount":1}
        """u8.ToArray();

    private static readonly CallbackFacts s_facts = new()
    {
        Kind = MessageKind.CustomerCareSms,
        SmsId = "b7f1c2d3-9a55-4c0e-8f0a-2c1f6c1d5e70",
        SendStatus = SendStatus.Finished,
        SendSuccess = 1,
        TotalPrice = 850m,
        TotalReceiver = 1,
        TotalSent = 1,
        RequestId = "order-1000001",
        TelcoId = 1,
        PhoneNumber = "0901234567",
    };

    private readonly string _query = EsmsCallbackWriter.WriteQuery(s_facts, CallbackProfile.Default);
    private readonly ArrayBufferWriter<byte> _output = new(4_096);

    [Benchmark]
    public VendorReportReading ReadVendorReport() => VendorReportReader.Read(_report, strict: false);

    [Benchmark]
    public (string HookUrl, string Tail) WriteCallback() => EsmsCallbackWriter.AppendTo(_hook, s_facts, CallbackProfile.Default);

    [Benchmark]
    public EsmsCallbackReading ReadCallback() => EsmsCallbackReader.Read(_query);

    [Benchmark]
    public int WriteCallbackBytes()
    {
        _output.ResetWrittenCount();
        EsmsCallbackWriter.WriteQuery(s_facts, CallbackProfile.Default, _output);
        return _output.WrittenCount;
    }

    [Benchmark]
    public GetCallbackRequestReading ReadGetCallback() => GetCallbackRequestReader.Read(_pull);

    private readonly byte[] _pull = System.Text.Encoding.UTF8.GetBytes(
        """{"ApiKey":"k","SecretKey":"s","ListRefid":["""
        + string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"b7f1c2d3-9a55-4c0e-8f0a-{i:D12}\"")) + "]}");
}
