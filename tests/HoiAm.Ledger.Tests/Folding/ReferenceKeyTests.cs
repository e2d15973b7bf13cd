using FsCheck;
using FsCheck.Fluent;
using HoiAm.Ledger.Folding;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Folding;

/// <summary>Keys are written to disk: they must be the same for ever, and time-ordered ids must stay beside each other.</summary>
public sealed class ReferenceKeyTests
{
    // Taken from a second implementation of the same definition, in another language.
    [Theory]
    [InlineData(ReferenceKind.SmsId, 0, "", 7176549699439445187)]
    [InlineData(ReferenceKind.SmsId, 0, "sms-1", 306263987642826327)]
    [InlineData(ReferenceKind.Referent, 7, "sms-1", -5005628138647569498)]
    [InlineData(ReferenceKind.VendorRequest, -1, "Đơn 1", 8276953645075049770)]
    [InlineData(ReferenceKind.Request, int.MaxValue, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -7153513212278303496)]
    [InlineData(ReferenceKind.Address, 0, "0901234567", -3907559674110140884)]
    [InlineData(ReferenceKind.SmsId, 0, "019bf0a0-1234-7abc-8def-0123456789ab42", 115950785718972074)]
    [InlineData(ReferenceKind.Referent, 0, "019bf0a0-1234-7abc-8def-0123456789ab42", 115950785718938992)]
    [InlineData(ReferenceKind.SmsId, 0, "019bf0a0-1234-4abc-8def-0123456789ab42", 9161876364113037527)]
    [InlineData(ReferenceKind.SmsId, 0, "ffffffff-ffff-7abc-8def-0123456789ab", -42839)]
    [InlineData(ReferenceKind.SmsId, 0, "zzzzzzzz-1234-7abc-8def-0123456789ab42", -5557641736238176583)]
    public void Key_IsTheSameForEver(ReferenceKind kind, int scope, string text, long key) =>
        Assert.Equal(key, ReferenceKey.Of(kind, scope, text));

    [Fact]
    public void KindAndScope_SeparateEqualTexts()
    {
        var keys = Enum.GetValues<ReferenceKind>().SelectMany(k => new[] { 0, 1, 2, -1 }.Select(s => ReferenceKey.Of(k, s, "same"))).ToList();

        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    [Fact]
    public void OwnIds_HaveKeysInTheOrderOfTime()
    {
        var start = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
        var keys = Enumerable.Range(0, 1_000)
            .Select(i => ReferenceKey.Of(ReferenceKind.SmsId, 0, MessageId.New(start.AddMilliseconds(i * 7)))).ToList();

        Assert.Equal(keys.Order(), keys);
        Assert.All(keys, k => Assert.True(k > 0));
    }

    [Fact]
    public void OwnIds_CarryTheirMillisecondInTheUpperBits()
    {
        var moment = new DateTimeOffset(2026, 11, 21, 1, 2, 3, 456, TimeSpan.Zero);

        Assert.Equal(moment.ToUnixTimeMilliseconds(), ReferenceKey.Of(ReferenceKind.SmsId, 0, MessageId.New(moment)) >> 16);
    }

    [Fact]
    public void OwnIdsOfOneMillisecond_RarelyShareAKey()
    {
        var moment = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
        var keys = Enumerable.Range(0, 1_000).Select(_ => ReferenceKey.Of(ReferenceKind.SmsId, 0, MessageId.New(moment))).ToList();

        // Sixteen bits tell them apart: about 8 pairs in a thousand are expected to meet.
        Assert.InRange(keys.Distinct().Count(), 960, 1_000);
    }

    [Fact]
    public void AnyText_HasAKey() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
            ReferenceKey.Of(ReferenceKind.Referent, 3, text) == ReferenceKey.Of(ReferenceKind.Referent, 3, text)));
}
