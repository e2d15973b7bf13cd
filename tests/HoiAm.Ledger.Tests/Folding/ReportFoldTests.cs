using FsCheck;
using FsCheck.Fluent;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Folding;

/// <summary>The fold against the plain model, over random histories.</summary>
public sealed class ReportFoldTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(1_000);

    [Fact]
    public void RandomHistories_HaveTheEffectsAndStatesOfTheModel() => Check.One(s_config, Prop.ForAll(Histories.Any(), history =>
    {
        var model = new FoldModel(history.Recipients, history.IsZalo, 850m);
        var (message, recipients) = Rows(history);
        foreach (var step in history.Steps)
        {
            Assert.Equal(model.Apply(step), Apply(message, recipients, step));
        }

        Assert.Equal(model.States, recipients.Select(r => r.State));
        Assert.Equal(model.Status, message.SendStatus);
        Assert.Equal(model.Contradictions, message.Contradictions);
        Assert.Equal(model.HandedOver, message.HandedOver);
        Assert.Equal(model.Charged, ReportFold.FromUnits(message.Charged));
    }));

    [Fact]
    public void RandomHistories_NeverGoBackAndCountersEqualARecount() => Check.One(s_config, Prop.ForAll(Histories.Any(), history =>
    {
        var (message, recipients) = Rows(history);
        foreach (var step in history.Steps)
        {
            var before = (message.State, Recipient: recipients[step.Recipient].State, recipients[step.Recipient].Presumed);
            var effect = Apply(message, recipients, step);
            var after = recipients[step.Recipient].State;

            Assert.True(before.Recipient == after
                || (effect == ReportEffect.Advanced && after > before.Recipient && !before.Recipient.IsFinal())
                || (effect == ReportEffect.ReplacedPresumed && before.Presumed && after.IsFinal()));
            Assert.True(!before.State.IsFinal() || message.State.IsFinal());
            Assert.True(before.State.IsFinal() || message.State >= before.State);
            Assert.Equal(recipients.Count(r => r.State.IsFinal()), message.Finals);
            Assert.Equal(recipients.Count(r => r.State == RecipientState.Delivered), message.Successes);
            Assert.Equal(recipients.Count(r => r.State == RecipientState.Rejected), message.Rejections);
            Assert.Equal(recipients.Count(r => r.HandedOver), message.HandedOver);
            Assert.Equal(recipients.Count(r => r.Presumed), message.Presumed);
            Assert.Equal(recipients.Sum(r => r.Charged), message.Charged);
            Assert.Equal(message.Finals == message.Total, message.State.IsFinal());
        }
    }));

    [Fact]
    public void FinalMark_FollowsTheCountersWhenAPresumedExpiryIsReplaced()
    {
        var (message, recipients) = Rows(new History(1, false, []));
        Apply(message, recipients, new Step(0, ReportSource.Presumed, null, ReportedStatus.Expired, null, false, null));
        Apply(message, recipients, new Step(0, ReportSource.Vendor, 2, ReportedStatus.Delivered, null, false, null));

        Assert.Equal(RecipientState.Delivered, message.State);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.00004", 0)]
    [InlineData("0.00005", 1)]
    [InlineData("-0.00005", -1)]
    [InlineData("850", 8_500_000)]
    [InlineData("1000000000", 10_000_000_000_000)]
    public void Money_IsKeptInTenThousandths(string vnd, long units) =>
        Assert.Equal(units, ReportFold.ToUnits(decimal.Parse(vnd, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Money_ComesBackWithFourDigits() => Assert.Equal("850.0000", $"{ReportFold.FromUnits(8_500_000):F4}".Replace(',', '.'));

    private static ReportEffect Apply(MessageRow message, RecipientRow[] recipients, Step step) => ReportFold.Apply(
        message,
        recipients[step.Recipient],
        Make.Report(
            step.Code, means: step.Status, source: step.Source, price: step.Price, isRefusal: step.Refusal, partnerId: step.PartnerId),
        eventAtMs: 1);

    private static (MessageRow Message, RecipientRow[] Recipients) Rows(History history)
    {
        var recipients = Enumerable.Range(0, history.Recipients)
            .Select(i => new RecipientRow { Address = Make.PhoneOf(i), Index = i, Price = 8_500_000 })
            .ToArray();
        var message = new MessageRow
        {
            SmsId = "x",
            Vendor = Make.Vendor,
            Kind = history.IsZalo ? MessageKind.Zns : MessageKind.CustomerCareSms,
            Total = history.Recipients,
            First = recipients[0],
        };
        return (message, recipients);
    }
}
