using System.Text;
using FsCheck.Fluent;
using HoiAm.Protocols.Explaining;
using HoiAm.Protocols.Tests.Support;

namespace HoiAm.Protocols.Tests.Explaining;

public sealed class CallbackExplainerTests
{
    [Fact]
    public void EveryDocumentedCallback_IsExplainedFieldByField() =>
        Assert.All(Vectors.Callbacks, sample =>
        {
            var explanation = CallbackExplainer.Explain($"https://shop.example/hook?{sample.Query}#x");

            Assert.Equal(
                sample.Kind.StartsWith("voice", StringComparison.Ordinal) ? ExplainedForm.VoiceCallback : ExplainedForm.EsmsCallback,
                explanation.Form);
            Assert.Equal(
                sample.Query.Split('&').Select(p => p.Split('=')[0]),
                explanation.Fields.Select(f => f.Field).Where(f => !f.Contains('.', StringComparison.Ordinal)));
            Assert.NotEmpty(explanation.Summary);
        });

    [Fact]
    public void ZnsRefusal_IsPutIntoWords()
    {
        var explanation = CallbackExplainer.Explain(Vectors.Callbacks.First(s => s is { Kind: "zns", IsUnencoded: false }).Query);

        Assert.Equal(
            "The ZNS for customer care f66545d2-c7e2-4603-984e-d2238c363c8292 failed (Zalo -114: receiver inactive, refuses messages or uses an outdated Zalo).",
            explanation.Summary);
        Assert.Contains(explanation.Fields, f => f is { Field: "error_info.error", Decoded: "-114" } && f.Meaning.Contains("permanent", StringComparison.Ordinal));
        Assert.Contains(explanation.Fields, f => f is { Field: "telcoid", Meaning: "MobiFone" });
        Assert.Contains(explanation.Fields, f => f.Field == "partnerids" && f.Meaning.Contains("refused before hand-over", StringComparison.Ordinal));
    }

    [Fact]
    public void VendorBody_IsExplained()
    {
        var explanation = CallbackExplainer.Explain(Encoding.UTF8.GetString(Vectors.Bytes("vendor/constructed-vendor-request-vmg-style.json")));

        Assert.Equal(ExplainedForm.VendorReport, explanation.Form);
        Assert.Equal("A vendor's report for 0900000001 says status 2 (delivered).", explanation.Summary);
        Assert.Contains(explanation.Fields, f => f is { Field: "sendTime", Meaning: "2026-04-07 16:46:05 +07:00" });
        Assert.Empty(explanation.Problems);
    }

    [Fact]
    public void FaultyVendorBody_SaysWhy()
    {
        var explanation = CallbackExplainer.Explain("""{"msisdn":"x","status":2}""");

        Assert.Equal(ExplainedForm.VendorReport, explanation.Form);
        Assert.Equal(2, explanation.Problems.Count);
    }

    [Fact]
    public void PullAnswer_IsExplained()
    {
        var explanation = CallbackExplainer.Explain(Encoding.UTF8.GetString(Vectors.Bytes("getcallback/getcallback-response.seed-002.json")));

        Assert.Equal(ExplainedForm.GetCallbackAnswer, explanation.Form);
        Assert.Contains(explanation.Fields, f => f is { Field: "Data_callback[0].ErrorInfo.error", Decoded: "-124" });
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("https://shop.example/")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("{\"a\":")]
    public void AnythingElse_IsUnknownAndSaysSo(string text)
    {
        var explanation = CallbackExplainer.Explain(text);

        Assert.Equal(ExplainedForm.Unknown, explanation.Form);
        Assert.NotEmpty(explanation.Problems);
    }

    [Fact]
    public void RandomText_NeverThrows() => Always.Holds(
        Gen.OneOf(Generators.Text, Generators.Text.Select(t => "{" + t), ArbMap.Default.GeneratorFor<string?>().Select(t => t ?? "")),
        text => Assert.NotNull(CallbackExplainer.Explain(text)),
        cases: 1000);
}
