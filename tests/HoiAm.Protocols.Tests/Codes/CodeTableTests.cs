using HoiAm.Protocols.Codes;

namespace HoiAm.Protocols.Tests.Codes;

public sealed class CodeTableTests
{
    [Fact]
    public void EveryDocumentedResultCode_IsThere() =>
        Assert.Equal(
            [
                99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 110, 115, 117, 118, 120, 124, 140, 143, 146, 160, 161, 162, 163, 171, 177, 199,
                201, 204, 210, 300, 301, 687, 789, 790, 791, 799, 801, 802, 851, 852, 853, 854,
            ],
            EsmsResultCodes.All.Select(c => c.Code));

    [Theory]
    [InlineData(101, "Authorize Failed")]
    [InlineData(104, "Brand name code is not exist")]
    [InlineData(107, "Each request has at least 30 numbers to be approved")]
    [InlineData(124, "Request exist 1")]
    [InlineData(146, "Sai template Brandname CSKH")]
    [InlineData(789, "TemplateId is not config")]
    [InlineData(852, "Zalo UID Invalid")]
    [InlineData(853, "Missing ZaloUid")]
    public void DocumentedTexts_AreVerbatim(int code, string text) => Assert.Equal(text, EsmsResultCodes.Find(code)?.Text);

    [Fact]
    public void UndocumentedResultCode_IsNull() => Assert.Null(EsmsResultCodes.Find(98));

    [Theory]
    [InlineData(0, ZaloRetryClass.None)]
    [InlineData(-100, ZaloRetryClass.Transient)]
    [InlineData(-108, ZaloRetryClass.Permanent)]
    [InlineData(-114, ZaloRetryClass.Permanent)]
    [InlineData(-115, ZaloRetryClass.Configuration)]
    [InlineData(-124, ZaloRetryClass.Configuration)]
    [InlineData(-133, ZaloRetryClass.Later)]
    [InlineData(-1471, ZaloRetryClass.Later)]
    [InlineData(-152, ZaloRetryClass.Transient)]
    [InlineData(-213, ZaloRetryClass.Permanent)]
    [InlineData(-222, ZaloRetryClass.Unknown)]
    [InlineData(-9999, ZaloRetryClass.Unknown)]
    [InlineData(1001, ZaloRetryClass.Permanent)]
    public void ZaloCodes_HaveTheirClass(int code, ZaloRetryClass expected) => Assert.Equal(expected, ZaloResultCodes.Find(code).RetryClass);

    [Fact]
    public void EveryZaloCodeOfTheList_HasBothLanguages()
    {
        Assert.All(Enumerable.Range(100, 54).Select(n => -n), code => Assert.Contains(ZaloResultCodes.All, c => c.Code == code));
        Assert.All(ZaloResultCodes.All, c =>
        {
            Assert.NotEmpty(c.English);
            Assert.NotEmpty(c.Vietnamese);
            Assert.NotEqual(ZaloRetryClass.Unknown, c.RetryClass);
        });
    }

    [Theory]
    [InlineData(1, "Viettel")]
    [InlineData(2, "MobiFone")]
    [InlineData(3, "VinaPhone")]
    [InlineData(4, "Vietnamobile")]
    [InlineData(5, "Gmobile")]
    [InlineData(6, "iTel")]
    [InlineData(7, "Wintel")]
    [InlineData(0, "")]
    [InlineData(9, "")]
    [InlineData(-1, "")]
    public void Carriers_HaveNames(int telcoId, string name) => Assert.Equal(name, TelcoNames.Name(telcoId));
}
