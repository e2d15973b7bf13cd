using System.Buffers;
using System.Text;
using FsCheck.Fluent;
using HoiAm.Model;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.Tests.Support;

namespace HoiAm.Protocols.Tests.EsmsCallback;

public sealed class EsmsCallbackWriterTests
{
    private static readonly CallbackFacts s_promo = new()
    {
        Kind = MessageKind.PromoSms,
        SmsId = "id-1",
        SendStatus = SendStatus.Finished,
        SendSuccess = 30,
        TotalPrice = 12_000.5m,
        TotalReceiver = 31,
        TotalSent = 31,
        SendFailed = 1,
        RequestId = "r 1",
    };

    private static readonly CallbackFacts s_call = new()
    {
        Kind = MessageKind.VoiceCall,
        SmsId = "call-1",
        SendStatus = SendStatus.Finished,
        TotalPrice = 350,
        Voice = new VoiceCallFacts(12, "NO ANSWER", "5", SentResult: true, "02871002454"),
    };

    private const string Promo =
        "SMSID=id-1&SendFailed=1&SendStatus=5&SendSuccess=30&TotalPrice=12000.5000&TotalReceiver=31&TotalSent=31&RequestId=r%201&TypeId=1";

    private const string Call =
        "ReferenceId=call-1&CallDuration=12&CallStatus=NO%20ANSWER&Ivr=5&Price=350.0000&SentResult=1&CID=02871002454&SendStatus=5";

    [Theory]
    [InlineData("https://shop.example/hook", "https://shop.example/hook", "?")]
    [InlineData("https://shop.example/hook/", "https://shop.example/hook/", "?")]
    [InlineData("https://shop.example:8443/a%2Fb//c?", "https://shop.example:8443/a%2Fb//c", "?")]
    [InlineData("http://Shop.Example", "http://Shop.Example/", "?")]
    [InlineData("http://Shop.Example:81?a=/", "http://Shop.Example:81/", "?a=/&")]
    [InlineData("https://shop.example/hook?token=a%2bB", "https://shop.example/hook", "?token=a%2bB&")]
    [InlineData("https://shop.example/hook?a=1&", "https://shop.example/hook", "?a=1&")]
    [InlineData("https://shop.example/hook?&&a", "https://shop.example/hook", "?&&a&")]
    [InlineData("https://shop.example/hook?a=b?", "https://shop.example/hook", "?a=b?&")]
    [InlineData("https://shop.example/hook?a=1#part?x", "https://shop.example/hook", "?a=1&")]
    [InlineData("https://shop.example/hook#part?x=1", "https://shop.example/hook", "?")]
    [InlineData("https://shop.example/hook?ten=Thành công\r\nX: y", "https://shop.example/hook", "?ten=Th%C3%A0nh%20c%C3%B4ng%0D%0AX:%20y&")]
    [InlineData("https://shop.example/gọi ?a", "https://shop.example/g%E1%BB%8Di%20", "?a&")]
    [InlineData("https://shop.example/hook?smsid=mine", "https://shop.example/hook", "?smsid=mine&")]
    [InlineData("https://shop.example/hook?phonenumber=mine", "https://shop.example/hook", "?phonenumber=mine&")]
    public void CustomersUrl_StaysAsItIs_AndOursIsAppended(string url, string hookUrl, string before)
    {
        var result = EsmsCallbackWriter.AppendTo(url, s_promo, CallbackProfile.Default);

        Assert.Equal(hookUrl, result.HookUrl);
        Assert.Equal(before + Promo, result.Tail);
        Assert.Equal(hookUrl, CallbackUrls.HookOf(url));
    }

    [Theory]
    [InlineData("https://v.example/h?ReferenceId=&CallDuration=&CallStatus=&Ivr=&Price=&SentResult=&CID=&SendStatus=", "?" + Call)]
    [InlineData(
        "https://v.example/h?ReferenceId=&CallDuration=&CallStatus=&Ivr=&Price=&SentResult=&CID=",
        "?" + Call)]
    [InlineData(
        "https://v.example/h?t=1&SendStatus=&Ivr&u=",
        "?t=1&SendStatus=5&Ivr=5&u=&ReferenceId=call-1&CallDuration=12&CallStatus=NO%20ANSWER&Price=350.0000&SentResult=1&CID=02871002454")]
    [InlineData(
        "https://v.example/h?referenceid=&CID=7",
        "?referenceid=call-1&CID=7&CallDuration=12&CallStatus=NO%20ANSWER&Ivr=5&Price=350.0000&SentResult=1&SendStatus=5")]
    public void NamesThatAreThere_AreFilledInPlace_AndNeverSentTwice(string url, string tail) =>
        Assert.Equal(tail, EsmsCallbackWriter.AppendTo(url, s_call, CallbackProfile.Default).Tail);

    [Fact]
    public void DocumentedVoiceTemplates_AreFilledToTheDocumentedCallback()
    {
        var template = Vectors.Callbacks.First(s => s.IsTemplate).Query;
        var sample = Vectors.Callbacks.First(s => s.Kind == "voice-call-by-template").Query;

        var tail = EsmsCallbackWriter.AppendTo("https://v.example/h?" + template, EsmsCallbackReader.Read(sample).Facts, CallbackProfile.ByteExact).Tail;

        Assert.Equal("?" + sample, tail);
    }

    [Fact]
    public void ParameterlessUrl_IsNotCopied()
    {
        var url = new string("https://shop.example/hook".AsSpan());

        Assert.Same(url, EsmsCallbackWriter.AppendTo(url, s_promo, CallbackProfile.Default).HookUrl);
    }

    [Theory]
    [InlineData(MessageKind.CustomerCareSms, 0, "telcoid=&")]
    [InlineData(MessageKind.CustomerCareSms, 7, "telcoid=7&")]
    [InlineData(MessageKind.CustomerCareSms, 9, "telcoid=&")]
    [InlineData(MessageKind.ZnsByUid, 1, "telcoid=9&")]
    public void Telco_IsACarrierOrEmpty_AndNineByUid(MessageKind kind, int telco, string expected)
    {
        var facts = new CallbackFacts { Kind = kind, SmsId = "x", SendStatus = SendStatus.Finished, TelcoId = (byte)telco };

        Assert.Contains(expected, EsmsCallbackWriter.WriteQuery(facts, CallbackProfile.Default), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MessageKind.ZaloFollower)]
    [InlineData(MessageKind.ZnsJourney)]
    [InlineData(MessageKind.PromoSms)]
    public void KindsWithoutTelco_DoNotNameIt(MessageKind kind)
    {
        var facts = new CallbackFacts { Kind = kind, SmsId = "x", SendStatus = SendStatus.Finished, TelcoId = 1 };

        Assert.DoesNotContain("telcoid", EsmsCallbackWriter.WriteQuery(facts, CallbackProfile.Default), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MessageKind.FixedPriceSms, MessageKind.CustomerCareSms)]
    [InlineData(MessageKind.ZnsPriority, MessageKind.Zns)]
    public void KindsWithoutSample_AreLaidOutAsTheirSibling(MessageKind kind, MessageKind sibling)
    {
        var facts = new CallbackFacts { Kind = kind, SmsId = "x", SendStatus = SendStatus.Finished };

        Assert.Equal(Names(facts with { Kind = sibling }), Names(facts));

        static IEnumerable<string> Names(CallbackFacts facts) => EsmsCallbackWriter.Pairs(facts, CallbackProfile.Default).Select(p => p.Key);
    }

    [Fact]
    public void PlainProfile_WritesOnceEncodedJsonInEveryZaloKind()
    {
        foreach (var kind in Enum.GetValues<MessageKind>().Where(k => k.IsZalo()))
        {
            var facts = new CallbackFacts
            {
                Kind = kind,
                SmsId = "x",
                SendStatus = SendStatus.Finished,
                ErrorInfo = """{"error":0}""",
                ErrorInfoTime = new DateTime(2024, 4, 24, 16, 58, 1),
            };

            Assert.Contains("error_info=%7B%22error%22%3A0%7D&", EsmsCallbackWriter.WriteQuery(facts, CallbackProfile.Plain), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void UnknownKind_IsAProgrammersError() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EsmsCallbackWriter.WriteQuery(s_promo with { Kind = (MessageKind)77 }, CallbackProfile.Default));

    [Fact]
    public void AnyFacts_AreWrittenInRequestLineCharactersOnly_AndTheSameAsBytes() => Always.Holds(
        Generators.Facts,
        facts =>
        {
            foreach (var profile in Enum.GetValues<CallbackProfile>())
            {
                var query = EsmsCallbackWriter.WriteQuery(facts, profile);
                var bytes = new ArrayBufferWriter<byte>();
                EsmsCallbackWriter.WriteQuery(facts, profile, bytes);

                Assert.Equal(query, Encoding.ASCII.GetString(bytes.WrittenSpan));
                Assert.DoesNotContain(query, c => c is <= ' ' or >= '\u007F' or '"' or '+' or '#' or '\\');
                Assert.Equal(profile == CallbackProfile.ByteExact && query.Contains('{'), query.Contains('}'));
            }
        });

    [Fact]
    public void AnyUrlAndFacts_YieldEachNameOnce() => Always.Holds(
        from facts in Generators.Facts
        from own in Gen.Elements("token=1", "SMSID=", "ReferenceId", "CID=", "", "RequestId=a", "x&y=&", "TypeId=", "smsid").ListOf()
        select (facts, own: string.Join('&', own.Distinct())),
        input =>
        {
            var tail = EsmsCallbackWriter.AppendTo("http://a.example/?" + input.own, input.facts, CallbackProfile.Default).Tail;

            var names = tail[1..].Split('&').Select(p => p.Split('=')[0]).ToList();
            Assert.All(
                EsmsCallbackWriter.Pairs(input.facts, CallbackProfile.Default),
                pair => Assert.InRange(names.Count(n => n == pair.Key), pair.Key == "SMSID" && names.Contains("smsid") ? 0 : 1, 1));
        });
}
