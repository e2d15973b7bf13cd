using System.Text;
using System.Text.RegularExpressions;
using HoiAm.Protocols.Codes;
using HoiAm.Protocols.Explaining;
using HoiAm.Protocols.Tests.Support;
using HoiAm.Testing;

namespace HoiAm.Protocols.Tests.Explaining;

/// <summary>The Vietnamese of the explanations: nothing that an explainer can say stays English.</summary>
public sealed partial class VietnameseMeaningsTests
{
    [Fact]
    public void Refusal_IsSaidInVietnamese()
    {
        var explanation = CallbackExplainer.Explain(
            "?SMSID=7d9c&SendFailed=1&SendStatus=5&SendSuccess=0&TotalReceiver=1&TypeId=25&telcoid=2&phonenumber=0901234567&error_info=%7B%22error%22%3A-114%7D").InVietnamese();

        Assert.Equal("ZNS chăm sóc khách hàng 7d9c thất bại (Zalo -114: người nhận không hoạt động, từ chối nhận tin hoặc dùng Zalo bản cũ).", explanation.Summary);
        Assert.Contains(explanation.Fields, f => f is { Field: "phonenumber", Meaning: "số điện thoại 0901234567, đầu số MobiFone" });
        Assert.Contains(explanation.Fields, f => f.Field == "error_info.error" && f.Meaning.EndsWith("; không thể gửi cho người nhận hoặc nội dung này", StringComparison.Ordinal));
    }

    [Fact]
    public void VendorReport_IsSaidInVietnamese() => Assert.Equal(
        "Báo cáo của nhà cung cấp cho 0900000001 ghi trạng thái 2 (đã tới).",
        CallbackExplainer.Explain(Encoding.UTF8.GetString(Vectors.Bytes("vendor/constructed-vendor-request-vmg-style.json"))).InVietnamese().Summary);

    [Fact]
    public void DocumentedCallbacks_LeaveNoEnglish() => Assert.All(Vectors.Callbacks, sample =>
    {
        var english = CallbackExplainer.Explain(sample.Query);
        var vietnamese = english.InVietnamese();

        Assert.Equal(english.Fields.Select(f => (f.Field, f.Raw, f.Decoded)), vietnamese.Fields.Select(f => (f.Field, f.Raw, f.Decoded)));
        Assert.All([vietnamese.Summary, .. vietnamese.Fields.Select(f => f.Meaning), .. vietnamese.Problems], text => Assert.DoesNotMatch(EnglishWord(), text));
    });

    [Fact]
    public void EveryZaloCode_HasBothLanguages() => Assert.All(ZaloResultCodes.All, code =>
    {
        var meaning = CallbackExplainer.Explain($"SMSID=1&SendStatus=5&TypeId=25&error_info=%7B%22error%22%3A{code.Code}%7D").InVietnamese()
            .Fields.Single(f => f.Field == "error_info.error").Meaning;

        Assert.StartsWith(ZaloResultCodes.All.First(c => c.English == code.English).Vietnamese, meaning, StringComparison.Ordinal);
    });

    // A text that is added to an explainer and forgotten in the dictionary fails here.
    [Theory]
    [InlineData("Meanings")]
    [InlineData("CallbackExplainer")]
    [InlineData("VendorExplainer")]
    [InlineData("PostedExplainer")]
    public void EveryFixedTextOfAnExplainer_IsInTheDictionary(string file)
    {
        var source = File.ReadAllText(RepositoryRoot.File($"src/HoiAm.Protocols/Explaining/{file}.cs"));
        var texts = FixedText().Matches(source).Select(m => m.Groups[1].Value.TrimStart(';', ' '))
            .Where(t => t.Any(char.IsLower) && !t.Contains('{', StringComparison.Ordinal) && !Neutral().IsMatch(t)).Distinct().ToList();

        Assert.NotEmpty(texts);
        Assert.All(texts, text => Assert.NotEqual(text, new Explanation(ExplainedForm.Unknown, text, [], []).InVietnamese().Summary));
    }

    [GeneratedRegex(@"\b(the|is|was|of|not|no|waiting|receivers?|message|unknown|failed|phone|handed)\b", RegexOptions.IgnoreCase)]
    private static partial Regex EnglishWord();

    [GeneratedRegex("(?:=>|\\?|:|NotOurs =) \"([^\"]+)\"")]
    private static partial Regex FixedText();

    // Names, and formats of times and numbers.
    [GeneratedRegex("^(Zalo user id|yyyy-.*)$")]
    private static partial Regex Neutral();
}
