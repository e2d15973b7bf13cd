using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using HoiAm.Model;
using HoiAm.Protocols.CallbackBodies;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.Explaining;
using HoiAm.Protocols.Tests.Support;

namespace HoiAm.Protocols.Tests.CallbackBodies;

public sealed class CallbackBodiesTests
{
    private static readonly Gen<(CallbackFacts Facts, CallbackProfile Profile)> s_told =
        from facts in Generators.Facts
        from profile in Gen.Elements(Enum.GetValues<CallbackProfile>())
        select (facts, profile);

    private static readonly Gen<MessageEvent> s_events =
        from facts in Generators.Facts
        from outcome in Gen.Elements(Enum.GetValues<MessageOutcome>())
        from flags in Gen.Choose(0, 3)
        from leg in Gen.Choose(0, 1)
        from ms in Gen.Choose(0, int.MaxValue)
        select new MessageEvent
        {
            CallbackId = "cb_00000000000000ff",
            Source = "/hoiam/accounts/shop",
            Account = "shop",
            Facts = facts,
            Outcome = outcome,
            Presumed = (flags & 1) != 0,
            Seen = (flags & 2) != 0,
            Leg = leg,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + ms),
            OccurredAt = facts.ErrorInfoTime is { } local
                ? new DateTimeOffset(local, TimeSpan.FromHours(7)).ToUniversalTime()
                : DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000L + (2L * ms)),
        };

    [Fact]
    public void EveryFormat_TellsTheFactsOfTheQuery() => Always.Holds(s_told, told =>
    {
        var query = EsmsCallbackReader.Read(EsmsCallbackWriter.WriteQuery(told.Facts, told.Profile)).Facts;
        var form = EsmsCallbackBodies.Read(EsmsCallbackBodies.Form(told.Facts, told.Profile)).Facts;
        var json = EsmsCallbackBodies.Read(EsmsCallbackBodies.Json(told.Facts, told.Profile)).Facts;

        Assert.Equal(query, form);
        Assert.Equal(query, json);
    });

    [Fact]
    public void AnEvent_TellsTheFacts() => Always.Holds(s_events, told =>
    {
        var read = CloudEventReader.Read(CloudEventWriter.Write(told));

        Assert.NotNull(read);
        Assert.Equal(Clear(told), Clear(read));
        if (told.Facts.ErrorInfoTime is { } time)
        {
            Assert.Equal(time, read.Facts.ErrorInfoTime);
        }
    });

    [Fact]
    public void FormAndQuery_DifferOnlyInTheEncodingOfTheirValues()
    {
        foreach (var sample in Vectors.Callbacks)
        {
            var facts = EsmsCallbackReader.Read(sample.Query).Facts;
            var names = EsmsCallbackWriter.Pairs(facts, CallbackProfile.Default).Select(p => p.Key);

            var form = Encoding.ASCII.GetString(EsmsCallbackBodies.Form(facts, CallbackProfile.Default));
            Assert.Equal(names, form.Split('&').Select(p => p.Split('=')[0]));
            using var json = JsonDocument.Parse(EsmsCallbackBodies.Json(facts, CallbackProfile.Default));
            Assert.Equal(names, json.RootElement.EnumerateObject().Select(m => m.Name));
            Assert.All(json.RootElement.EnumerateObject(), m => Assert.Equal(JsonValueKind.String, m.Value.ValueKind));
        }
    }

    [Fact]
    public void AZaloRefusal_IsDecodedInTheEvent()
    {
        var sample = Vectors.Callbacks.First(c => c.Query.Contains("-114", StringComparison.Ordinal));
        var facts = EsmsCallbackReader.Read(sample.Query).Facts;

        using var json = JsonDocument.Parse(CloudEventWriter.Write(Event(facts, MessageOutcome.Failed)));

        var data = json.RootElement.GetProperty("data");
        Assert.Equal("1.0", json.RootElement.GetProperty("specversion").GetString());
        Assert.Equal(facts.SmsId, json.RootElement.GetProperty("subject").GetString());
        Assert.Equal("failed", data.GetProperty("outcome").GetString());
        Assert.Equal(-114, data.GetProperty("zalo").GetProperty("code").GetInt32());
        Assert.Equal("permanent", data.GetProperty("zalo").GetProperty("class").GetString());
        Assert.Equal("MobiFone", data.GetProperty("telco").GetProperty("name").GetString());
        Assert.Equal("0.0000", data.GetProperty("price").GetProperty("amount").GetRawText());
        Assert.Equal("2026-01-31T08:00:00.250Z", data.GetProperty("occurredAt").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"SMSID\":{}}")]
    [InlineData("{\"SMSID\":\"\\ud800\"}")]
    [InlineData("{\"type\":\"hoiam.message.status.v1\",\"id\":\"x\",\"time\":\"never\",\"data\":{\"smsId\":\"a\",\"outcome\":\"delivered\",\"kind\":\"zns\"}}")]
    [InlineData("{\"type\":\"hoiam.message.status.v1\",\"id\":\"x\",\"data\":{\"leg\":1e99}}")]
    public void Rubbish_IsNoCallback(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);

        Assert.False(EsmsCallbackBodies.Read(bytes).IsRecognized);
        Assert.Null(CloudEventReader.Read(bytes));
    }

    [Fact]
    public void NumbersInAJsonCallback_CountAsTheirText()
    {
        var reading = EsmsCallbackBodies.Read("""{"SMSID":"a","SendStatus":5,"SendSuccess":1,"TypeId":2,"TotalPrice":850.5,"RequestId":null}"""u8);

        Assert.Equal(CallbackOutcome.Delivered, reading.Outcome);
        Assert.Equal(850.5m, reading.Facts.TotalPrice);
        Assert.Equal("", reading.Facts.RequestId);
    }

    [Fact]
    public void PostedBodies_AreExplained()
    {
        var facts = EsmsCallbackReader.Read(Vectors.Callbacks[0].Query).Facts;

        var json = CallbackExplainer.Explain(Encoding.UTF8.GetString(EsmsCallbackBodies.Json(facts, CallbackProfile.Default)));
        var told = CallbackExplainer.Explain(Encoding.UTF8.GetString(CloudEventWriter.Write(Event(facts, MessageOutcome.Failed))));

        Assert.Equal(ExplainedForm.EsmsCallback, json.Form);
        Assert.Equal(ExplainedForm.CloudEvent, told.Form);
        Assert.Equal(json.Summary, told.Summary);
        Assert.Contains(told.Fields, f => f is { Field: "outcome", Decoded: "failed" });
    }

    private static MessageEvent Clear(MessageEvent told) => told with { Facts = told.Facts with { ErrorInfoTime = null } };

    private static MessageEvent Event(CallbackFacts facts, MessageOutcome outcome) => new()
    {
        CallbackId = "cb_00000000000000ff",
        Source = "/hoiam/accounts/shop",
        Facts = facts,
        Outcome = outcome,
        CreatedAt = new DateTimeOffset(2026, 1, 31, 7, 59, 0, TimeSpan.Zero),
        OccurredAt = new DateTimeOffset(2026, 1, 31, 8, 0, 0, 250, TimeSpan.Zero),
    };
}
