using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    [Fact]
    public async Task NewMessage_IsCreatedWithEverythingItWasGiven()
    {
        var draft = new MessageDraft
        {
            Account = 1,
            SmsId = "sms-1",
            Leg = 1,
            Kind = MessageKind.Zns,
            RequestId = "đơn 1",
            CallbackUrl = "https://shop.example/own",
            Vendor = 3,
            VendorRequestId = "vr",
            ReferentId = "ref",
            OaId = "4097311281936189049",
            TempId = "205644",
            Recipients = [new("0912345678", 330.25m, 0)],
            State = RecipientState.PendingApproval,
            Extra = """{"campaign":"Tết"}""",
            Fingerprint = -5,
        };

        await Bench.RegisterAsync(draft);
        await Bench.ReopenAsync();

        var row = await Bench.MessageAsync("sms-1", leg: 1);
        Assert.Equal(MessageKind.Zns, row.Kind);
        Assert.Equal("đơn 1", row.RequestId);
        Assert.Equal("https://shop.example/own", row.CallbackUrl);
        Assert.Equal(3, row.Vendor);
        Assert.Equal(("vr", "ref"), (row.VendorRequestId, row.ReferentId));
        Assert.Equal(("4097311281936189049", "205644"), (row.OaId, row.TempId));
        Assert.Equal("""{"campaign":"Tết"}""", row.Extra);
        Assert.Equal(-5, row.Fingerprint);
        Assert.Equal((1, RecipientState.PendingApproval), (row.Total, row.State));
        Assert.Equal(SendStatus.PendingApproval, row.SendStatus);
        Assert.Equal(Bench.Time.GetUtcNow().ToUnixTimeMilliseconds(), row.CreatedAtMs);
        Assert.Equal("0912345678", row.First.Address);
        Assert.Equal(3, row.First.TelcoId);
        Assert.Equal(3_302_500, row.First.Price);
    }

    [Fact]
    public async Task SameMessageAgain_IsUnchanged()
    {
        var first = await Ledger.RegisterAsync(Make.Message(fingerprint: 9));
        var second = await Ledger.RegisterAsync(Make.Message(fingerprint: 9));

        Assert.Equal(RegistrationResult.Unchanged, second.Result);
        Assert.Equal(first.MessageId, second.MessageId);
        Assert.Equal(1, await Bench.CountAsync("message"));
    }

    [Fact]
    public async Task OtherBodyUnderTheSameId_IsConflict()
    {
        await Bench.RegisterAsync(Make.Message(fingerprint: 9));

        var other = await Ledger.RegisterAsync(Make.Message(fingerprint: 10));

        Assert.Equal(RegistrationResult.Conflict, other.Result);
        Assert.Equal(1, await Bench.CountAsync("message"));
    }

    [Fact]
    public async Task OtherAccountUnderTheSameId_IsConflict()
    {
        await Bench.RegisterAsync(Make.Message(fingerprint: 9));

        Assert.Equal(RegistrationResult.Conflict, (await Ledger.RegisterAsync(Make.Message(account: 2, fingerprint: 9))).Result);
    }

    [Fact]
    public async Task OtherLegUnderTheSameId_IsAMessageOfItsOwn()
    {
        await Bench.RegisterAsync(Make.Message());

        Assert.Equal(RegistrationResult.Created, (await Ledger.RegisterAsync(Make.Message(leg: 1))).Result);
    }

    [Fact]
    public async Task SameIdTwiceInOneBatch_SecondRowSeesTheFirst()
    {
        var results = await Ledger.RegisterAsync(
            [Make.Message("a", fingerprint: 1), Make.Message("a", fingerprint: 1), Make.Message("a", fingerprint: 2), Make.Message("b")]);

        Assert.Equal(
            [RegistrationResult.Created, RegistrationResult.Unchanged, RegistrationResult.Conflict, RegistrationResult.Created],
            results.Select(r => r.Result));
    }

    [Fact]
    public async Task GeneratedIds_AreUniqueAndOrderedByTime()
    {
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var batch = await Ledger.RegisterAsync([.. Enumerable.Range(0, 20).Select(n => Make.Message(null, address: Make.PhoneOf(n)))]);
            Assert.All(batch, r => Assert.Equal(38, r.SmsId.Length));
            ids.Add(batch[0].SmsId);
            ids.Add(batch[19].SmsId);
            Bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(40, ids.Distinct().Count());
        Assert.Equal(400, await Bench.CountAsync("message"));

        // Ids of one millisecond have no order among themselves; those of different ones have.
        var moments = ids.Select(id => id[..13]).ToList();
        Assert.Equal(moments.Order(StringComparer.Ordinal), moments);
    }

    [Fact]
    public async Task LedgerIds_GrowThroughRestartAndAClockThatGoesBack()
    {
        var before = (await Ledger.RegisterAsync(Make.Message("a"))).MessageId;
        Bench.Time.Advance(TimeSpan.FromHours(1));
        var later = (await Ledger.RegisterAsync(Make.Message("b"))).MessageId;
        Bench.Time.Advance(TimeSpan.FromHours(-2));
        await Bench.ReopenAsync();
        var after = (await Ledger.RegisterAsync(Make.Message("c"))).MessageId;

        Assert.True(before < later && later < after, $"{before} {later} {after}");
    }

    [Fact]
    public async Task SeveralRecipients_KeepTheirOrder()
    {
        await Bench.RegisterAsync(Make.Message(recipients: 12));

        var recipients = await Bench.RecipientsAsync();

        Assert.Equal(Enumerable.Range(0, 12).Select(Make.PhoneOf), recipients.Select(r => r.Address));
        Assert.Equal(Enumerable.Range(0, 12), recipients.Select(r => r.Index));
        Assert.All(recipients, r => Assert.Equal(8_500_000, r.Price));
    }

    [Fact]
    public async Task GivenTelco_WinsOverThePrefix()
    {
        var draft = Make.Message();
        await Bench.RegisterAsync(new MessageDraft
        {
            Account = 1, SmsId = "x", Kind = draft.Kind, Vendor = 1, Recipients = [new("0901234567", 1m, 5)],
        });

        Assert.Equal(5, (await Bench.RecipientAsync("x")).TelcoId);
    }
}
