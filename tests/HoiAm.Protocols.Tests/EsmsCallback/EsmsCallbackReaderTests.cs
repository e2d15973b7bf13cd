using FsCheck.Fluent;
using HoiAm.Model;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.Tests.Support;

namespace HoiAm.Protocols.Tests.EsmsCallback;

public sealed class EsmsCallbackReaderTests
{
    [Fact]
    public void WhatIsWritten_IsReadBack_InEveryKindAndProfile() => Always.Holds(
        Generators.Facts,
        facts =>
        {
            foreach (var profile in Enum.GetValues<CallbackProfile>())
            {
                var reading = EsmsCallbackReader.Read(EsmsCallbackWriter.WriteQuery(facts, profile));

                // The plain profile is pure JSON, so it has no room for the time.
                Assert.Equal(profile == CallbackProfile.Plain ? facts with { ErrorInfoTime = null } : facts, reading.Facts);
                Assert.Empty(reading.Problems);
                Assert.Empty(reading.Extras);
            }
        },
        cases: 1000);

    [Fact]
    public void Pairs_AreReadToTheSameFactsAsTheQuery() => Always.Holds(
        Generators.Facts,
        facts => Assert.Equal(
            EsmsCallbackReader.Read(EsmsCallbackWriter.WriteQuery(facts, CallbackProfile.Default)).Facts,
            EsmsCallbackReader.Read(EsmsCallbackWriter.Pairs(facts, CallbackProfile.Default)).Facts));

    [Fact]
    public void AnyOrderAnyCasingAndForeignNames_MakeNoDifference() => Always.Holds(
        from facts in Generators.Facts
        from seed in Gen.Choose(0, int.MaxValue)
        select (facts, seed),
        input =>
        {
            var pairs = EsmsCallbackWriter.WriteQuery(input.facts, CallbackProfile.Default).Split('&').Append("token=t%20t").Append("flag")
                .Select((pair, i) => (pair, key: HashCode.Combine(input.seed, i)))
                .OrderBy(p => p.key)
                .Select(p => UpperName(p.pair));

            var reading = EsmsCallbackReader.Read("?" + string.Join('&', pairs));

            Assert.Equal(input.facts, reading.Facts);
            Assert.Equal(["FLAG", "TOKEN"], reading.Extras.Select(e => e.Key).Order(StringComparer.Ordinal));
            Assert.Contains(new KeyValuePair<string, string>("TOKEN", "t t"), reading.Extras);

            static string UpperName(string pair)
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                return equals < 0 ? pair.ToUpperInvariant() : pair[..equals].ToUpperInvariant() + pair[equals..];
            }
        });

    [Theory]
    [InlineData(5, 1, 0, CallbackOutcome.Delivered)]
    [InlineData(5, 0, 1, CallbackOutcome.Failed)]
    [InlineData(5, 3, 1, CallbackOutcome.PartlyDelivered)]
    [InlineData(5, 0, 0, CallbackOutcome.FinishedUnknown)]
    [InlineData(4, 0, 1, CallbackOutcome.Rejected)]
    [InlineData(0, 0, 0, CallbackOutcome.Pending)]
    [InlineData(1, 0, 0, CallbackOutcome.Pending)]
    [InlineData(2, 0, 0, CallbackOutcome.Pending)]
    [InlineData(3, 0, 0, CallbackOutcome.Pending)]
    [InlineData(7, 0, 0, CallbackOutcome.Pending)]
    [InlineData(6, 0, 0, CallbackOutcome.Unknown)]
    [InlineData(99, 1, 0, CallbackOutcome.Unknown)]
    public void StateAndCounters_TellTheOutcome(int status, int success, int failed, CallbackOutcome outcome) =>
        Assert.Equal(outcome, EsmsCallbackReader.Read($"SMSID=x&TypeId=2&SendStatus={status}&SendSuccess={success}&SendFailed={failed}").Outcome);

    [Theory]
    [InlineData("ReferenceId=x&SentResult=1&SendStatus=5", CallbackOutcome.Delivered)]
    [InlineData("ReferenceId=x&SentResult=1", CallbackOutcome.Delivered)]
    [InlineData("ReferenceId=x&SentResult=0", CallbackOutcome.Failed)]
    [InlineData("ReferenceId=x&SentResult=0&SendStatus=7", CallbackOutcome.Pending)]
    [InlineData("ReferenceId=x&SendStatus=5", CallbackOutcome.FinishedUnknown)]
    [InlineData("ReferenceId=x", CallbackOutcome.Unknown)]
    public void Call_TellsTheOutcomeBySentResult(string query, CallbackOutcome outcome) =>
        Assert.Equal(outcome, EsmsCallbackReader.Read(query).Outcome);

    [Theory]
    [InlineData("SMSID=x&TypeId=25&telcoid=9&phonenumber=0901888484", MessageKind.ZnsByUid)]
    [InlineData("SMSID=x&TypeId=25&telcoid=1&phonenumber=5308693166941955879", MessageKind.ZnsByUid)]
    [InlineData("SMSID=x&TypeId=25&telcoid=1&partnerids=a", MessageKind.Zns)]
    [InlineData("SMSID=x&TypeId=25&error_info=0&partnerids=a", MessageKind.ZnsByUid)]
    [InlineData("SMSID=x&TypeId=25&partnerids=a&error_info=0", MessageKind.Zns)]
    [InlineData("SMSID=x&TypeId=25&phonenumber=0901888484&error_info=0&partnerids=a", MessageKind.Zns)]
    [InlineData("SMSID=x&TypeId=24&telcoid=9", MessageKind.ZnsPriority)]
    [InlineData("SMSID=x&TypeId=8", MessageKind.FixedPriceSms)]
    [InlineData("SMSID=x&tempid=1", MessageKind.Zns)]
    [InlineData("SMSID=x&tempid=1&telcoid=9", MessageKind.ZnsByUid)]
    [InlineData("SMSID=x&oaid=1", MessageKind.ZaloFollower)]
    [InlineData("SMSID=x&switchsmsid=", MessageKind.CustomerCareSms)]
    [InlineData("SMSID=x&telcoid=1", MessageKind.Viber)]
    [InlineData("SMSID=x&TypeId=13", MessageKind.PromoSms)]
    [InlineData("CallStatus=ANSWERED", MessageKind.VoiceCall)]
    [InlineData("SMSID=x&TypeId=2&ReferenceId=y", MessageKind.CustomerCareSms)]
    public void Kind_IsInferredFromTypeIdPresenceAndOrder(string query, MessageKind kind) =>
        Assert.Equal(kind, EsmsCallbackReader.Read(query).Facts.Kind);

    [Theory]
    [InlineData("SMSID=a&SMSID=b&TypeId=1", "a", 1)]
    [InlineData("SMSID=a&smsid=a&TypeId=1", "a", 0)]
    [InlineData("SMSID=&SMSID=b&TypeId=1", "b", 0)]
    [InlineData("SMSID=a&SMSID=&TypeId=1", "a", 0)]
    [InlineData("SMSID=a+b%2Bc&TypeId=1", "a b+c", 0)]
    [InlineData("SMSID=100%&TypeId=1", "100%", 0)]
    [InlineData("%53MSID=a&TypeId=1", "a", 0)]
    [InlineData("SMSID=%E1%BA%BF%F0%9F%98%80&TypeId=1", "ế😀", 0)]
    [InlineData("SMSID=%FF%C3&TypeId=1", "\uFFFD\uFFFD", 0)]
    [InlineData("SMSID=a=b&TypeId=1", "a=b", 0)]
    public void OddSpellings_AreRead(string query, string smsId, int problems)
    {
        var reading = EsmsCallbackReader.Read(query);

        Assert.Equal(smsId, reading.Facts.SmsId);
        Assert.Equal(problems, reading.Problems.Count);
    }

    [Theory]
    [InlineData("", "SMSID is missing or empty.")]
    [InlineData("SMSID=x", "TypeId is missing or none of the documented kinds; the kind was inferred from the other names.")]
    [InlineData("SMSID=x&TypeId=1&SendFailed=many", "SendFailed is no whole number.")]
    [InlineData("SMSID=x&TypeId=1&TotalPrice=1,5", "TotalPrice is no amount.")]
    [InlineData("SMSID=x&TypeId=1&SendStatus=9", "SendStatus is none of the documented states.")]
    [InlineData("SMSID=x&TypeId=2&telcoid=12", "telcoid is none of the documented carriers.")]
    [InlineData("SMSID=x&TypeId=24&error_info=oops", "error_info holds no JSON that can be read; its text is kept.")]
    public void WhatIsWrong_IsSaid(string query, string problem) => Assert.Contains(problem, EsmsCallbackReader.Read(query).Problems);

    [Fact]
    public void UnreadableErrorInfo_IsKeptAsText()
    {
        var reading = EsmsCallbackReader.Read("SMSID=x&TypeId=25&telcoid=1&error_info=Zalo%20is%20down");

        Assert.Equal("Zalo is down", reading.Facts.ErrorInfo);
        Assert.False(reading.ErrorInfo.Parsed);
    }

    [Fact]
    public void RandomText_NeverThrows() => Always.Holds(
        ArbMap.Default.GeneratorFor<string?>(),
        text => Assert.NotNull(EsmsCallbackReader.Read(text)),
        cases: 1000);

    [Fact]
    public void MutilatedCallbacks_NeverThrow() => Always.Holds(
        from facts in Generators.Facts
        from cut in Gen.Choose(0, 2000)
        from place in Gen.Choose(0, 2000)
        from piece in Generators.Text
        select (facts, cut, place, piece),
        input =>
        {
            var query = EsmsCallbackWriter.WriteQuery(input.facts, CallbackProfile.ByteExact);
            query = query.Insert(input.place % (query.Length + 1), input.piece);

            Assert.NotNull(EsmsCallbackReader.Read(query.AsSpan(0, input.cut % (query.Length + 1))));
        },
        cases: 1000);
}
