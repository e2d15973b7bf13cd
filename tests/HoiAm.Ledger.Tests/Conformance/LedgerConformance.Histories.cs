using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Tests.Folding;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Conformance;

public abstract partial class LedgerConformance
{
    private int _story;

    [Fact]
    public void RandomHistories_WhateverTheMomentOfRegistration_EndAsTheModelSays() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(150),
        Prop.ForAll(Histories.Any(), history => PlayAsync(history).GetAwaiter().GetResult()));

    // Some reports come before the registration, a callback is settled now and then, and all of it is one message of a ledger that other
    // histories share.
    private async Task PlayAsync(History history)
    {
        var smsId = string.Create(CultureInfo.InvariantCulture, $"story-{++_story}");
        var model = new FoldModel(history.Recipients, history.IsZalo, 850m, knowsRareNumbers: true);
        var early = _story % 3 == 0 ? history.Steps.Count / 2 : 0;
        var expected = history.Steps.Select(model.Apply).ToList();
        var seen = Bench.Queue.Enqueued.Count;
        for (var i = 0; i <= history.Steps.Count; i++)
        {
            if (i == early)
            {
                await Bench.RegisterAsync(Make.Message(
                    smsId, account: 3, kind: history.IsZalo ? MessageKind.Zns : MessageKind.CustomerCareSms, recipients: history.Recipients,
                    address: Make.PhoneOf(0)));
            }

            if (i < history.Steps.Count)
            {
                await TakeStepAsync(smsId, history.Steps[i], i < early ? null : expected[i]);
            }

            if (i % 5 == 4)
            {
                seen = await SettleOneAsync(seen, delivered: i % 2 == 0);
            }
        }

        Assert.Equal(model.States, (await Bench.RecipientsAsync(smsId)).Select(r => r.State));
        AssertCounters(model, await Bench.MessageAsync(smsId));
        Assert.Equal(expected.Count(e => e != ReportEffect.Repeated), (await Bench.ReportsAsync(smsId)).Count);
        await AssertOrderAsync(smsId, seen);
    }

    private async Task TakeStepAsync(string smsId, Step step, ReportEffect? expected)
    {
        var effect = await Ledger.AppendAsync(Make.Report(
            step.Code, smsId, address: Make.PhoneOf(step.Recipient), means: step.Status, source: step.Source, price: step.Price,
            isRefusal: step.Refusal, partnerId: step.PartnerId));
        if (expected is not null)
        {
            Assert.Equal(expected, effect);
        }
        else
        {
            Assert.True(effect is ReportEffect.Parked or ReportEffect.Repeated);
        }
    }

    private static void AssertCounters(FoldModel model, MessageRow message)
    {
        Assert.Equal(
            (model.Status, model.Finals, model.Successes, model.Rejections, model.HandedOver, model.Presumed, model.Contradictions),
            (message.SendStatus, message.Finals, message.Successes, message.Rejections, message.HandedOver, message.Presumed, message.Contradictions));
        Assert.Equal((long)(model.Charged * 10_000), message.Charged);
    }

    // Settles what is under way until nothing is: at any time just one callback of the message is out, and they leave by their ids.
    private async Task AssertOrderAsync(string smsId, int seen)
    {
        var callbacks = await Bench.CallbacksAsync(smsId);
        Assert.Equal(callbacks.Select(c => c.Id).Order(), callbacks.Select(c => c.Id));
        while (true)
        {
            var open = (await Bench.CallbacksAsync(smsId)).Where(c => c.State <= CallbackState.Held).ToList();
            Assert.True(open.Count == 0 || open[0].State == CallbackState.Live);
            Assert.All(open.Skip(1), c => Assert.Equal(CallbackState.Held, c.State));
            if (open.Count == 0)
            {
                break;
            }

            seen = await SettleOneAsync(seen, delivered: true);
        }

        var left = Bench.Queue.Enqueued.Select(c => c.Id).ToHashSet();
        Assert.All(callbacks, c => Assert.Contains(c.Id, left));
    }

    private async Task<int> SettleOneAsync(int seen, bool delivered)
    {
        var enqueued = Bench.Queue.Enqueued;
        if (seen == enqueued.Count)
        {
            return seen;
        }

        var id = enqueued[seen].Id;
        await Bench.SettleAsync(delivered ? Make.Delivered(id) : Make.Exhausted(id));
        return seen + 1;
    }
}
