using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Fluent;
using HoiAm.Model;
using HoiAm.Protocols.CallbackBodies;
using HoiAm.Protocols.EsmsCallback;
using HoiAm.Protocols.Tests.Support;
using HoiAm.Protocols.VendorSms;
using HoiAm.Testing;

namespace HoiAm.Protocols.Tests.CallbackBodies;

/// <summary>docs/formats.md shows what the writers write, and the schema says what an event holds.</summary>
public sealed class FormatsPageTests
{
    private static readonly string s_page = File.ReadAllText(RepositoryRoot.File("docs/formats.md"));

    private static readonly JsonObject s_schema = JsonNode.Parse(File.ReadAllText(RepositoryRoot.File("docs/schemas/message-status.json")))!.AsObject();

    private static readonly CallbackFacts s_sample =
        EsmsCallbackReader.Read(Vectors.Callbacks.First(c => !c.IsUnencoded && c.Query.Contains("-114", StringComparison.Ordinal)).Query).Facts;

    [Fact]
    public void FormAndJson_AreThoseOfThePage()
    {
        Assert.Contains("\n" + Encoding.ASCII.GetString(EsmsCallbackBodies.Form(s_sample, CallbackProfile.Default)) + "\n", s_page, StringComparison.Ordinal);
        Assert.Contains("\n" + Encoding.UTF8.GetString(EsmsCallbackBodies.Json(s_sample, CallbackProfile.Default)) + "\n", s_page, StringComparison.Ordinal);
    }

    [Fact]
    public void TheEvent_IsThatOfThePage()
    {
        var start = s_page.IndexOf("```json", StringComparison.Ordinal) + "```json".Length;
        var shown = JsonNode.Parse(s_page[start..s_page.IndexOf("```", start, StringComparison.Ordinal)]);

        Assert.Equal(shown!.ToJsonString(), JsonNode.Parse(CloudEventWriter.Write(Event(s_sample, MessageOutcome.Failed)))!.ToJsonString());
    }

    [Fact]
    public void TheVendorsReport_IsThatOfThePage()
    {
        var output = new ArrayBufferWriter<byte>();
        VendorReportWriter.Write(
            new VendorReport
            {
                Msisdn = s_sample.PhoneNumber,
                Address = s_sample.PhoneNumber,
                RequestId = "order-17",
                ReferentId = s_sample.SmsId,
                SendTime = new DateTimeOffset(2026, 1, 31, 7, 59, 0, TimeSpan.Zero),
                ResponseTimeTelco = new DateTimeOffset(2026, 1, 31, 8, 0, 0, 250, TimeSpan.Zero),
                Status = -2,
                RetryCount = 0,
                ErrorInfo = s_sample.ErrorInfo,
                TelcoId = s_sample.TelcoId,
                Price = 0,
            },
            output);

        Assert.Contains("\n" + Encoding.UTF8.GetString(output.WrittenSpan) + "\n", s_page, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryEvent_HasTheMembersOfTheSchema() => Always.Holds(
        from facts in Generators.Facts
        from outcome in Gen.Elements(Enum.GetValues<MessageOutcome>())
        select Event(facts, outcome),
        told => AssertShape(s_schema, JsonNode.Parse(CloudEventWriter.Write(told))!["data"], "data"));

    private static MessageEvent Event(CallbackFacts facts, MessageOutcome outcome) => new()
    {
        CallbackId = "cb_00000000000000ff",
        Source = "/hoiam/accounts/shop",
        Account = "shop",
        Facts = facts,
        Outcome = outcome,
        CreatedAt = new DateTimeOffset(2026, 1, 31, 7, 59, 0, TimeSpan.Zero),
        OccurredAt = new DateTimeOffset(2026, 1, 31, 8, 0, 0, 250, TimeSpan.Zero),
    };

    // The part of JSON Schema that ours uses: members, their types, words and alternatives.
    private static void AssertShape(JsonObject schema, JsonNode? value, string path)
    {
        if (schema["oneOf"] is JsonArray alternatives)
        {
            if (value is not null)
            {
                AssertShape(alternatives[0]!.AsObject(), value, path);
            }
        }
        else if (schema["enum"] is JsonArray words)
        {
            Assert.Contains(value?.ToJsonString() ?? "null", words.Select(w => w?.ToJsonString() ?? "null"));
        }
        else if (schema["properties"] is JsonObject properties)
        {
            var members = Assert.IsType<JsonObject>(value);
            Assert.Equal(properties.Select(p => p.Key), members.Select(m => m.Key));
            Assert.Equal(properties.Select(p => p.Key), schema["required"]!.AsArray().Select(r => (string)r!));
            Assert.All(properties, p => AssertShape(p.Value!.AsObject(), members[p.Key], path + "." + p.Key));
        }
        else if (schema["type"] is { } type)
        {
            var allowed = type is JsonArray many ? many.Select(t => (string)t!).ToList() : [(string)type!];
            Assert.Contains(allowed, t => Fits(t, value));
        }
    }

    private static bool Fits(string type, JsonNode? value) => (type, value?.GetValueKind()) switch
    {
        ("null", null) => true,
        ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => long.TryParse(value!.ToJsonString(), out _),
        _ => false,
    };
}
