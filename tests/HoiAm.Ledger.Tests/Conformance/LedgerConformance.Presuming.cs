using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    private static readonly TimeSpan s_silence = TimeSpan.FromHours(72);

    [Fact]
    public async Task SilentMessage_EndsAtItsTime_AndNotBefore()
    {
        await Bench.RegisterAsync(Make.Message());
        Bench.Time.Advance(s_silence - TimeSpan.FromSeconds(1));
        await ListSilentAsync("sms-1");

        Assert.Equal(0, await PresumeAsync(s_silence));
        Assert.False((await Bench.MessageAsync()).State.IsFinal());
        Bench.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await PresumeAsync(s_silence));

        var message = await Bench.MessageAsync();
        Assert.Equal((RecipientState.Expired, 1, 0L), (message.First.State, message.Presumed, message.Charged));
        Assert.Equal(0, await Bench.CountAsync("silent"));
        Assert.Equal(1, await Bench.CountAsync("callback"));
    }

    [Fact]
    public async Task Silence_CountsFromTheLastReport()
    {
        await Bench.RegisterAsync(Make.Message());
        Bench.Time.Advance(TimeSpan.FromHours(10));
        await Ledger.AppendAsync(Make.Report(1));
        Bench.Time.Advance(TimeSpan.FromHours(63));
        await ListSilentAsync("sms-1");

        Assert.Equal(0, await PresumeAsync(s_silence));
        var expiresAt = await Ledger.WriteAsync(c => c.Scalar("SELECT expire_at FROM silent"));
        Assert.Equal(Bench.Time.GetUtcNow() + TimeSpan.FromHours(9), DateTimeOffset.FromUnixTimeMilliseconds(expiresAt));
    }

    [Fact]
    public async Task WhatIsInTheOutbox_IsNotSilent()
    {
        await GiveAsync(10_000);
        await Ledger.SendAsync([Order("a")]);
        Bench.Time.Advance(s_silence + s_silence);
        await ListSilentAsync("a");

        Assert.Equal(0, await PresumeAsync(s_silence));
        await Ledger.WriteAsync(c => c.Execute("DELETE FROM outbox"));
        Assert.Equal(1, await PresumeAsync(s_silence));
        await AssertMoneyAsync(10_000);
    }

    [Fact]
    public async Task AccountThatNeverPresumes_KeepsItsMessagesOpen()
    {
        await Bench.RegisterAsync(Make.Message());
        Bench.Time.Advance(s_silence + s_silence);
        await ListSilentAsync("sms-1");

        Assert.Equal(0, await PresumeAsync(null));
        Assert.Equal(1, await Ledger.WriteAsync(c => c.Scalar("SELECT COUNT(*) FROM silent WHERE expire_at IS NULL AND after_s = -1")));
    }

    [Fact]
    public async Task ManyRecipients_EndInSmallWrites_AndOnlyThoseThatAreOpen()
    {
        const int count = (2 * Presumption.RecipientsMax) + 50;
        await Bench.RegisterAsync(Make.Message(recipients: count));
        await Ledger.AppendAsync(Make.Report(2, address: Make.PhoneOf(0)));
        Bench.Time.Advance(s_silence + s_silence);
        await ListSilentAsync("sms-1");

        Assert.Equal(0, await PresumeAsync(s_silence));
        Assert.Equal(1 + Presumption.RecipientsMax, (await Bench.MessageAsync()).Finals);
        Assert.Equal(0, await PresumeAsync(s_silence));
        Assert.Equal(1, await PresumeAsync(s_silence));
        var message = await Bench.MessageAsync();
        Assert.Equal((count, count - 1, 1, 1), (message.Finals, message.Presumed, message.Successes, await Bench.CountAsync("callback")));
    }

    [Fact]
    public async Task VendorsFormat_TellsOfEachRecipient()
    {
        Bench.Accounts.Set(new(1, ScriptedAccounts.Hook, Delivery.CallbackFormat.Vendor, CallbackProfile.Default, AccountProfile.FinalStates, TimeSpan.Zero));
        await Bench.RegisterAsync(Make.Message(recipients: 3));

        await Ledger.AppendAsync(Make.Report(1, address: Make.PhoneOf(0)));
        Assert.Equal(0, await Bench.CountAsync("callback"));
        await Ledger.AppendAsync(Make.Report(2, address: Make.PhoneOf(0)));
        await Ledger.AppendAsync(Make.Report(-2, address: Make.PhoneOf(2)));

        Assert.Equal(2, await Bench.CountAsync("callback"));
    }

    [Fact]
    public async Task PulledAndPushed_AreTheSameReport()
    {
        await Bench.RegisterAsync(Make.Message());
        var id = (await Bench.MessageAsync()).Id;
        var pulled = Make.Report(5, source: ReportSource.Pull, means: ReportedStatus.Delivered);

        var first = await Ledger.AppendToAsync([(id, [pulled]), (id + 1, [pulled])], (_, results) => results);
        var again = await Ledger.AppendToAsync([(id, [pulled])], (_, results) => results);
        var pushed = await Ledger.AppendAsync(Make.Report(5, source: ReportSource.EsmsCallback, means: ReportedStatus.Delivered));

        Assert.Equal([new AppendedToMessage(1, true, false), null], first);
        Assert.Equal([new AppendedToMessage(0, true, true)], again);
        Assert.Equal(ReportEffect.Repeated, pushed);
        Assert.Equal(1, await Bench.CountAsync("callback"));
    }

    private async Task ListSilentAsync(string smsId)
    {
        var message = await Bench.MessageAsync(smsId);
        await Ledger.WriteAsync(c => c.Execute(
            "INSERT INTO silent (message, account, after_s, expire_at) VALUES (@p0, @p1, 0, 0)", message.Id, message.Account));
    }

    private async Task<int> PresumeAsync(TimeSpan? after)
    {
        var due = await Ledger.WriteAsync(c => c.Query("SELECT message FROM silent", r => r.GetInt64(0)));
        return await Ledger.PresumeExpiredAsync(due, _ => after);
    }
}
