using FsCheck.Fluent;
using HoiAm.Model;
using HoiAm.Protocols.Tests.Support;

namespace HoiAm.Protocols.Tests.Model;

public sealed class MsisdnTests
{
    [Fact]
    public void EverySpellingOfANumber_IsTheSameNumber() => Always.Holds(
        from phone in Generators.Phone
        from start in Gen.Elements("0", "84", "+84", "0084", "+84 (0)", "840", "")
        from separators in Gen.Elements("", " ", ".", "-", "(", ")", "\u00A0").ListOf(9)
        select (phone, spelling: start + string.Concat(phone[1..].Zip(separators, (digit, separator) => separator + digit))),
        input =>
        {
            Assert.True(Msisdn.TryNormalize(input.spelling, out var normalized), input.spelling);
            Assert.Equal(input.phone, normalized);
            Assert.NotEqual(0, Msisdn.Telco(normalized));
        },
        cases: 1000);

    [Theory]
    [InlineData("0120", "070")]
    [InlineData("0121", "079")]
    [InlineData("0122", "077")]
    [InlineData("0126", "076")]
    [InlineData("0128", "078")]
    [InlineData("0123", "083")]
    [InlineData("0124", "084")]
    [InlineData("0125", "085")]
    [InlineData("0127", "081")]
    [InlineData("0129", "082")]
    [InlineData("0162", "032")]
    [InlineData("0163", "033")]
    [InlineData("0164", "034")]
    [InlineData("0165", "035")]
    [InlineData("0166", "036")]
    [InlineData("0167", "037")]
    [InlineData("0168", "038")]
    [InlineData("0169", "039")]
    [InlineData("0186", "056")]
    [InlineData("0188", "058")]
    [InlineData("0199", "059")]
    public void ElevenDigits_AreRenumberedAsIn2018(string before, string after)
    {
        string[] spellings = [before + "1234567", "84" + before[1..] + "1234567", "+84" + before[1..] + "1234567", "0084" + before[1..] + "1234567"];

        Assert.All(spellings, spelling =>
        {
            Assert.True(Msisdn.TryNormalize(spelling, out var normalized));
            Assert.Equal(after + "1234567", normalized);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("090188848")]
    [InlineData("09018884845")]
    [InlineData("+0901888484")]
    [InlineData("84")]
    [InlineData("0501234567")]
    [InlineData("0281234567")]
    [InlineData("01301234567")]
    [InlineData("+1 555 123 4567")]
    [InlineData("++84901888484")]
    [InlineData("090188848a")]
    [InlineData("０９０１８８８４８４")]
    [InlineData("00849018884840000000")]
    [InlineData("0000000000")]
    public void OtherNumbers_AreRefused(string text) => Assert.False(Msisdn.TryNormalize(text, out _));

    [Theory]
    [InlineData(1, "086 096 097 098 032 033 034 035 036 037 038 039")]
    [InlineData(2, "089 090 093 070 076 077 078 079")]
    [InlineData(3, "088 091 094 081 082 083 084 085")]
    [InlineData(4, "092 052 056 058")]
    [InlineData(5, "099 059")]
    [InlineData(6, "087")]
    [InlineData(7, "055")]
    [InlineData(0, "000 010 020 030 031 040 050 051 053 054 057 060 071 075 080 095")]
    public void Prefix_SuggestsTheCarrier(int telco, string prefixes) =>
        Assert.All(prefixes.Split(' '), prefix => Assert.Equal(telco, Msisdn.Telco(prefix + "1234567")));

    [Theory]
    [InlineData("0/12345678")]
    [InlineData("08A1234567")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("901888484")]
    public void TextThatIsNoNumber_HasNoCarrier(string text) => Assert.Equal(0, Msisdn.Telco(text));

    [Theory]
    [InlineData("0901888484", "0901***484")]
    [InlineData("5308693166941955879", "5308******879")]
    [InlineData("12345", "*****")]
    [InlineData("", "")]
    public void Mask_HidesTheMiddle(string address, string expected) => Assert.Equal(expected, Msisdn.Mask(address));

    [Theory]
    [InlineData("+84 901 888 484", "0901888484", AddressForm.Phone)]
    [InlineData("901888484", "0901888484", AddressForm.Phone)]
    [InlineData(" 5308693166941955879 ", "5308693166941955879", AddressForm.ZaloUid)]
    [InlineData("12345678901234567890", "12345678901234567890", AddressForm.ZaloUid)]
    [InlineData("9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", AddressForm.HashedPhone)]
    public void Recipients_AreNormalised(string text, string expected, AddressForm form)
    {
        Assert.Equal(expected, RecipientAddress.Normalize(text, out var actual));
        Assert.Equal(form, actual);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("123456789012345678901")]
    [InlineData("53086931 66941955879")]
    [InlineData("9g86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("string")]
    public void WhatIsNoRecipient_IsRefused(string text) => Assert.Null(RecipientAddress.Normalize(text, out _));
}
