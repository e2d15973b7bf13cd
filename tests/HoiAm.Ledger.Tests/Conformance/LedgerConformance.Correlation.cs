using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    [Fact]
    public async Task ReferentIdAndNumber_FindTheMessage()
    {
        await Bench.RegisterAsync(Make.Message("a", referent: "ref"));

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, "ref")));
        Assert.Equal(SendStatus.Finished, (await Bench.MessageAsync("a")).SendStatus);
    }

    [Theory]
    [InlineData("0901234567")]
    [InlineData("84901234567")]
    [InlineData("+84 (0)90.123-45 67")]
    [InlineData("901234567")]
    public async Task AnySpellingOfTheNumber_FindsTheMessageOnceNormalised(string spelling)
    {
        await Bench.RegisterAsync(Make.Message());

        var report = Make.Report(2, address: RecipientAddress.Normalize(spelling, out _)!);
        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(report));
    }

    [Fact]
    public async Task SmsIdStandsIn_WhereNoOtherIdWasGiven()
    {
        await Bench.RegisterAsync(Make.Message("a", address: Make.PhoneOf(1)));
        await Bench.RegisterAsync(Make.Message("b", address: Make.PhoneOf(2)));

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, "a", address: Make.PhoneOf(1))));
        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, null, "b", Make.PhoneOf(2))));
    }

    [Fact]
    public async Task SmsIdDoesNotStandIn_WhereAnotherIdWasGiven()
    {
        await Bench.RegisterAsync(Make.Message("a", referent: "ref", vendorRequest: "req"));

        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, "a")));
        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, null, "a")));
    }

    [Fact]
    public async Task ReferentIdWithAnotherNumber_FindsNothing()
    {
        await Bench.RegisterAsync(Make.Message(referent: "ref"));

        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, "ref", address: "0987654321")));
    }

    [Fact]
    public async Task RequestId_FindsTheOnlyRecipientWhateverTheNumber()
    {
        await Bench.RegisterAsync(Make.Message(vendorRequest: "req"));

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, "unknown", "req", "0987654321")));
    }

    [Fact]
    public async Task RequestIdOfSeveralRecipients_NeedsTheNumber()
    {
        await Bench.RegisterAsync(Make.Message(vendorRequest: "req", recipients: 3));

        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, null, "req", "0987654321")));
        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, null, "req", Make.PhoneOf(1))));
        Assert.Equal(
            [RecipientState.Accepted, RecipientState.Delivered, RecipientState.Accepted],
            (await Bench.RecipientsAsync()).Select(r => r.State));
    }

    [Fact]
    public async Task ReferentIdGoesBeforeRequestId()
    {
        await Bench.RegisterAsync(Make.Message("by-request", vendorRequest: "req"));
        await Bench.RegisterAsync(Make.Message("by-referent", referent: "ref"));

        await Ledger.AppendAsync(Make.Report(2, "ref", "req"));

        Assert.Equal(RecipientState.Delivered, (await Bench.MessageAsync("by-referent")).State);
        Assert.Equal(RecipientState.Accepted, (await Bench.MessageAsync("by-request")).State);
    }

    [Fact]
    public async Task NumberAlone_NeverMatches()
    {
        await Bench.RegisterAsync(Make.Message());

        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, "other", "another")));
        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, null)));
        Assert.Equal(RecipientState.Accepted, (await Bench.MessageAsync()).State);
    }

    [Fact]
    public async Task CustomersOwnRequestId_IsNoReferenceOfTheVendor()
    {
        await Bench.RegisterAsync(Make.Message(requestId: "mine"));

        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, "mine", "mine")));
    }

    [Fact]
    public async Task ReportOfAnotherVendor_IsNotMatched()
    {
        await Bench.RegisterAsync(Make.Message(vendor: 7));

        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, vendor: 8)));
        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, vendor: 7)));
    }

    [Fact]
    public async Task MessageWithoutVendor_AcceptsAny()
    {
        await Bench.RegisterAsync(Make.Message(vendor: 0));

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, vendor: 8)));
    }

    [Fact]
    public async Task SameReferenceAtTwoVendors_EachReportFindsItsOwn()
    {
        await Bench.RegisterAsync(Make.Message("a", vendor: 1, vendorRequest: "req"));
        await Bench.RegisterAsync(Make.Message("b", vendor: 2, vendorRequest: "req"));

        // The number differs: with one candidate of this vendor the requestId alone decides, whatever another vendor's messages are called.
        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, null, "req", "0987654321", vendor: 1)));
        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(-2, null, "req", "0987654321", vendor: 2)));
        Assert.Equal(RecipientState.Delivered, (await Bench.MessageAsync("a")).State);
        Assert.Equal(RecipientState.Failed, (await Bench.MessageAsync("b")).State);
    }

    [Fact]
    public async Task SameRequestIdForSeveralMessages_NumberDecides()
    {
        await Bench.RegisterAsync(Make.Message("a", vendorRequest: "req", address: Make.PhoneOf(1)));
        await Bench.RegisterAsync(Make.Message("b", vendorRequest: "req", address: Make.PhoneOf(2)));

        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, null, "req", Make.PhoneOf(3))));
        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, null, "req", Make.PhoneOf(1))));
        Assert.Equal(RecipientState.Delivered, (await Bench.MessageAsync("a")).State);
        Assert.Equal(RecipientState.Accepted, (await Bench.MessageAsync("b")).State);
    }

    [Fact]
    public async Task OneReferentIdForHundredsOfMessages_NumberFindsEachOfThem()
    {
        await Ledger.RegisterAsync([.. Enumerable.Range(0, 300).Select(i =>
            Make.Message("m" + i, referent: "campaign", address: Make.PhoneOf(i)))]);

        foreach (var i in new[] { 0, 1, 150, 235, 236, 299 })
        {
            Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, "campaign", address: Make.PhoneOf(i))));
            Assert.Equal(RecipientState.Delivered, (await Bench.MessageAsync("m" + i)).State);
        }
    }

    [Fact]
    public async Task OneRequestIdForHundredsOfMessages_NumberFindsEachOfThem()
    {
        await Ledger.RegisterAsync([.. Enumerable.Range(0, 200).Select(i =>
            Make.Message("m" + i, vendorRequest: "campaign", address: Make.PhoneOf(i)))]);

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, null, "campaign", Make.PhoneOf(0))));
        Assert.Equal(RecipientState.Delivered, (await Bench.MessageAsync("m0")).State);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task HashedPhoneInTheMessage_IsFoundByThePhone(int recipients)
    {
        await Bench.RegisterAsync(WithHash(recipients));

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, address: Make.Phone)));
        Assert.Equal(RecipientState.Delivered, (await Bench.RecipientsAsync())[0].State);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task PhoneInTheMessage_IsFoundByItsHash(int recipients)
    {
        await Bench.RegisterAsync(Make.Message(recipients: recipients));
        var phone = (await Bench.RecipientsAsync())[^1].Address;

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, address: Make.Hash(phone))));
        Assert.Equal(RecipientState.Delivered, (await Bench.RecipientsAsync())[^1].State);
    }

    [Fact]
    public async Task HashOfAnotherPhone_FindsNothing()
    {
        await Bench.RegisterAsync(Make.Message());

        Assert.Equal(ReportEffect.Parked, await Ledger.AppendAsync(Make.Report(2, address: Make.Hash("0987654321"))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("Đơn hàng số 1 — 🎉")]
    [InlineData("019bf0a0-1234-7abc-8def-0123456789ab42")]
    public async Task AnyTextAsReference_IsFoundAgain(string text)
    {
        await Bench.RegisterAsync(Make.Message("s-" + text, referent: text + "r", vendorRequest: text + "v"));

        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(1, text + "r")));
        Assert.Equal(ReportEffect.Advanced, await Ledger.AppendAsync(Make.Report(2, null, text + "v")));
        Assert.Equal("s-" + text, (await Bench.MessageAsync("s-" + text)).SmsId);
    }

    private static MessageDraft WithHash(int recipients)
    {
        var draft = Make.Message(recipients: recipients, kind: MessageKind.Zns);
        return new MessageDraft
        {
            Account = draft.Account,
            SmsId = draft.SmsId,
            Kind = draft.Kind,
            Vendor = draft.Vendor,
            Recipients = [new(Make.Hash(Make.Phone), 1m, 0), .. draft.Recipients.Skip(1)],
        };
    }
}
