using System.Globalization;
using HoiAm.Model;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.Tests.Support;

namespace HoiAm.Protocols.Tests.EsmsCallback;

/// <summary>Every documented callback query is read to the right facts and, where it can be sent at all, written again byte for byte.</summary>
public sealed class DocumentedCallbacksTests
{
    public static TheoryData<int, string> All { get; } = Select(_ => true);

    public static TheoryData<int, string> Messages { get; } = Select(s => !s.Kind.StartsWith("voice", StringComparison.Ordinal));

    public static TheoryData<int, string> Sendable { get; } = Select(s => s is { IsUnencoded: false, IsTemplate: false });

    [Fact]
    public void Index_HoldsEveryDocumentedKindAndEdition()
    {
        Assert.Equal(37, Vectors.Callbacks.Count);
        Assert.Equal(
            ["docs-en@3032107", "docs-old@720f31d", "docs-v2@bcddef0", "seed-000", "seed-001"],
            Vectors.Callbacks.Select(s => s.Source).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void DocumentedQuery_HasTheDocumentedKind(int index, string name)
    {
        Assert.NotNull(name);
        var sample = Vectors.Callbacks[index];

        var reading = EsmsCallbackReader.Read(sample.Query);

        Assert.Equal(ExpectedKind(sample.Kind), reading.Facts.Kind);
        Assert.Empty(reading.Extras);
        Assert.Equal(!sample.IsTemplate, reading.IsRecognized);
        Assert.Equal(sample.IsTemplate ? 1 : 0, reading.Problems.Count);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void DocumentedQuery_IsReadToTheRightFacts(int index, string name)
    {
        Assert.NotNull(name);
        var sample = Vectors.Callbacks[index];
        var expected = sample.DecodedOnce;

        var facts = EsmsCallbackReader.Read(sample.Query).Facts;

        Assert.Equal(expected["SMSID"], facts.SmsId);
        Assert.Equal(Number("SendFailed"), facts.SendFailed);
        Assert.Equal(SendStatus.Finished, facts.SendStatus);
        Assert.Equal(Number("SendSuccess"), facts.SendSuccess);
        Assert.Equal(decimal.Parse(expected["TotalPrice"], CultureInfo.InvariantCulture), facts.TotalPrice);
        Assert.Equal(Number("TotalReceiver"), facts.TotalReceiver);
        Assert.Equal(Number("TotalSent"), facts.TotalSent);
        Assert.Equal("", facts.RequestId);
        Assert.Equal(Number("TypeId"), facts.Kind.TypeId());
        Assert.Equal(Optional("telcoid") switch { "" or "9" => 0, var telco => int.Parse(telco, CultureInfo.InvariantCulture) }, facts.TelcoId);
        Assert.Equal(Optional("phonenumber"), facts.PhoneNumber);
        Assert.Equal("", facts.SwitchSmsId);
        Assert.Equal(Optional("partnerids"), facts.PartnerIds);
        Assert.Equal(Optional("oaid"), facts.OaId);
        Assert.Equal(Optional("tempid"), facts.TempId);
        Assert.Null(facts.Voice);

        string Optional(string key) => expected.GetValueOrDefault(key, "");
        int Number(string key) => int.Parse(expected[key], CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("customer-care-sms", CallbackOutcome.Failed)]
    [InlineData("promo-sms", CallbackOutcome.FinishedUnknown)]
    [InlineData("viber", CallbackOutcome.Delivered)]
    [InlineData("zns", CallbackOutcome.Failed)]
    [InlineData("zns-by-uid", CallbackOutcome.Delivered)]
    [InlineData("zalo-consulting", CallbackOutcome.Delivered)]
    [InlineData("zalo-transaction", CallbackOutcome.Delivered)]
    [InlineData("zalo-user-info-request", CallbackOutcome.Delivered)]
    [InlineData("zns-journey", CallbackOutcome.Delivered)]
    [InlineData("voice-call-by-template", CallbackOutcome.Failed)]
    [InlineData("voice-call-from-recording", CallbackOutcome.Failed)]
    public void DocumentedQuery_HasTheOutcomeOfItsCounters(string kind, CallbackOutcome outcome) =>
        Assert.All(
            Vectors.Callbacks.Where(s => s.Kind == kind),
            sample => Assert.Equal(outcome, EsmsCallbackReader.Read(sample.Query).Outcome));

    [Fact]
    public void ZnsSamples_TellZalosRefusal_EncodedAndRaw()
    {
        foreach (var sample in Vectors.Callbacks.Where(s => s.Kind == "zns"))
        {
            var info = EsmsCallbackReader.Read(sample.Query).ErrorInfo;

            Assert.Equal(-114, info.Error);
            Assert.StartsWith("User is inactive, or reject the message", info.Message, StringComparison.Ordinal);
            Assert.StartsWith("""{"error":-114,"message":"User""", info.Json, StringComparison.Ordinal);
            Assert.Null(info.Time);
            Assert.Null(info.TrailingText);
        }
    }

    [Fact]
    public void ByUidSample_TellsTheDeliveryData()
    {
        var reading = EsmsCallbackReader.Read(Assert.Single(Vectors.Callbacks, s => s.Kind == "zns-by-uid").Query);

        Assert.Equal(0, reading.ErrorInfo.Error);
        Assert.Equal("Success", reading.ErrorInfo.Message);
        Assert.Equal("The message was delivered to the user's phone", reading.ErrorInfo.DataMessage);
        Assert.Equal(1, reading.ErrorInfo.Status);
        Assert.Null(reading.ErrorInfo.DeliveryTime);
    }

    [Fact]
    public void FollowerSample_TellsIdsAndTime()
    {
        foreach (var sample in Vectors.Callbacks.Where(s => s.Kind == "zalo-consulting"))
        {
            var reading = EsmsCallbackReader.Read(sample.Query);

            Assert.Equal("e1a60e8890be9de4c4ab", reading.ErrorInfo.MessageId);
            Assert.Equal("31215806834323092", reading.ErrorInfo.UserId);
            Assert.Equal(new DateTime(2024, 4, 24, 16, 58, 1), reading.Facts.ErrorInfoTime);
            Assert.Equal(
                """{"data":{"message_id":"e1a60e8890be9de4c4ab","user_id":"31215806834323092"},"error":0,"message":"Success"}""",
                reading.Facts.ErrorInfo);
        }
    }

    [Fact]
    public void VoiceSamples_AreReadToTheRightFacts()
    {
        foreach (var sample in Vectors.Callbacks.Where(s => s.Kind is "voice-call-by-template" or "voice-call-from-recording"))
        {
            var facts = EsmsCallbackReader.Read(sample.Query).Facts;

            Assert.Equal("066107ee-6ec4-4283-b595-aa74977c65c5", facts.SmsId);
            Assert.Equal(SendStatus.Finished, facts.SendStatus);
            Assert.Equal(0m, facts.TotalPrice);
            Assert.Equal(new VoiceCallFacts(0, "", "", SentResult: false, "02871002454"), facts.Voice);
        }
    }

    [Theory]
    [MemberData(nameof(Sendable))]
    public void FactsOfADocumentedQuery_AreWrittenByteForByte(int index, string name)
    {
        Assert.NotNull(name);
        var query = Vectors.Callbacks[index].Query;
        var facts = EsmsCallbackReader.Read(query).Facts;

        Assert.Equal(query, EsmsCallbackWriter.WriteQuery(facts, CallbackProfile.ByteExact));
    }

    [Theory]
    [MemberData(nameof(Sendable))]
    public void DefaultProfile_IsTheDocumentedQueryWithBracesEncoded(int index, string name)
    {
        Assert.NotNull(name);
        var query = Vectors.Callbacks[index].Query;
        var facts = EsmsCallbackReader.Read(query).Facts;

        Assert.Equal(
            query.Replace("{", "%7B", StringComparison.Ordinal).Replace("}", "%7D", StringComparison.Ordinal),
            EsmsCallbackWriter.WriteQuery(facts, CallbackProfile.Default));
    }

    [Fact]
    public void HandMadeFacts_AreWrittenAsTheSampleOfZnsByUid()
    {
        var facts = new CallbackFacts
        {
            Kind = MessageKind.ZnsByUid,
            SmsId = "5450d5579bfa466a9f2a5911c82f4037",
            SendStatus = SendStatus.Finished,
            SendSuccess = 1,
            TotalPrice = 2104,
            TotalReceiver = 1,
            TotalSent = 1,
            PhoneNumber = "5308693166941955879",
            PartnerIds = "416f53d0cf0ec7569e19",
            ErrorInfo = """{"error":0,"message":"Success","data":{"delivery_time":null,"message":"The message was delivered to the user's phone","status":1}}""",
            OaId = "3639635426588416370",
            TempId = "523194",
        };

        Assert.Equal(Vectors.Callbacks.Single(s => s.Kind == "zns-by-uid").Query, EsmsCallbackWriter.WriteQuery(facts, CallbackProfile.ByteExact));
    }

    private static MessageKind ExpectedKind(string kind) => kind switch
    {
        "customer-care-sms" => MessageKind.CustomerCareSms,
        "promo-sms" => MessageKind.PromoSms,
        "viber" => MessageKind.Viber,
        "zns" => MessageKind.Zns,
        "zns-by-uid" => MessageKind.ZnsByUid,
        "zalo-consulting" or "zalo-transaction" or "zalo-user-info-request" => MessageKind.ZaloFollower,
        "zns-journey" => MessageKind.ZnsJourney,
        _ => MessageKind.VoiceCall,
    };

    private static TheoryData<int, string> Select(Func<CallbackSample, bool> which)
    {
        var data = new TheoryData<int, string>();
        foreach (var sample in Vectors.Callbacks.Where(which))
        {
            data.Add(sample.Index, $"{sample.Source} {sample.Kind}");
        }

        return data;
    }
}
