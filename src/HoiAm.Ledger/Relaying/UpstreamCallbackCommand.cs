using System.Globalization;
using System.Text;
using HoiAm.Ledger.Counting;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Ledger.Relaying;

/// <summary>
/// Takes a status callback of an upstream: finds the account's message, folds what is said of the whole message into its recipients, keeps
/// the totals as told, and passes the callback on as it came. What comes before its message is kept for it.
/// </summary>
internal static class UpstreamCallbackCommand
{
    /// <summary>Takes one that has just come.</summary>
    public static ReportEffect Take(GroupContext group, UpstreamCallback callback, PassOn passOn, long receivedAtMs)
    {
        if (Find(group, callback) is { } message)
        {
            return Append(group, message, callback, passOn, receivedAtMs);
        }

        if (RelayCommands.Resolve(group, callback, passOn) && Find(group, callback) is { } resolved)
        {
            return Append(group, resolved, callback, passOn, receivedAtMs);
        }

        if (RelayBook.IsParked(group.Store.Connection, callback))
        {
            return ReportEffect.Repeated;
        }

        RelayBook.Park(group.Store.Connection, group.Store.NextId(), receivedAtMs, callback);
        return ReportEffect.Parked;
    }

    /// <summary>Gives a message that was just entered what came before it.</summary>
    public static void AdoptEarly(GroupContext group, int account, string smsId, PassOn passOn)
    {
        foreach (var (id, atMs, callback) in RelayBook.EarlyOf(group.Store.Connection, account, smsId))
        {
            Adopt(group, id, atMs, callback, passOn);
        }
    }

    /// <summary>Looks once more for the message of a callback that waits; gives whether it was found.</summary>
    public static bool Retry(GroupContext group, long id, PassOn passOn) =>
        RelayBook.EarlyById(group.Store.Connection, id) is var (_, atMs, callback)
        && (Find(group, callback) is not null || RelayCommands.Resolve(group, callback, passOn))
        && Adopt(group, id, atMs, callback, passOn);

    /// <summary>Gives one that waits to the message that a person names.</summary>
    public static ReportEffect? Attach(GroupContext group, long id, string smsId, PassOn passOn)
    {
        if (RelayBook.EarlyById(group.Store.Connection, id) is not var (_, atMs, callback) || OfAccount(group, callback, smsId) is not { } message)
        {
            return null;
        }

        RelayBook.DeleteEarly(group.Store.Connection, id);
        return Append(group, message, callback, passOn, atMs);
    }

    private static bool Adopt(GroupContext group, long id, long atMs, UpstreamCallback callback, PassOn passOn)
    {
        // Entering a message adopts what waits for it, so this one may be gone already.
        if (RelayBook.EarlyById(group.Store.Connection, id) is null)
        {
            return true;
        }

        if (Find(group, callback) is not { } message)
        {
            return false;
        }

        RelayBook.DeleteEarly(group.Store.Connection, id);
        Append(group, message, callback, passOn, atMs);
        return true;
    }

    private static MessageRow? Find(GroupContext group, UpstreamCallback callback)
    {
        var facts = callback.Facts;
        if (OfAccount(group, callback, facts.SmsId) is { } bySmsId)
        {
            return bySmsId;
        }

        // A provider may give the second channel an SMSID of its own and name the first one's (protocol G 28, 29).
        if (facts.SwitchSmsId.Length > 0 && OfAccount(group, callback, facts.SwitchSmsId) is { } switched)
        {
            return switched;
        }

        // A message that a route submitted bears an SMSID of ours as its RequestId.
        var (submitted, _) = Submitted(facts.RequestId);
        return submitted.Length > 0
            && OfAccount(group, callback, submitted) is { } byRequest && SentFacts.IsBilled(byRequest.Extra) ? byRequest : null;
    }

    // What a route gives as RequestId: the SMSID, ".1" for a second channel, "_" and a number for one receiver of several.
    private static (string SmsId, int? Receiver) Submitted(string requestId)
    {
        var mark = requestId.LastIndexOf('_');
        int? receiver = mark > 0 && int.TryParse(requestId.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
        var smsId = receiver is null ? requestId : requestId[..mark];
        return (smsId.EndsWith(".1", StringComparison.Ordinal) ? smsId[..^2] : smsId, receiver);
    }

    private static MessageRow? OfAccount(GroupContext group, UpstreamCallback callback, string smsId)
    {
        if (RegisterCommand.FindBySmsId(group, smsId, 0) is not { } first || first.Account != callback.Account)
        {
            return null;
        }

        if (callback.Facts.Kind.IsZalo() == first.Kind.IsZalo() || callback.Facts.Kind == MessageKind.VoiceCall)
        {
            return first;
        }

        if (RegisterCommand.FindBySmsId(group, smsId, 1) is { } second)
        {
            return second;
        }

        if (SentFacts.Read(first.Extra).Relay?.Second is not { } send)
        {
            return first;
        }

        RegisterCommand.Enter(group, RelayCommands.ToDraft(callback.Account, send, smsId, leg: 1), smsId);
        return RegisterCommand.FindBySmsId(group, smsId, 1);
    }

    // The caller who gave no RequestId gets none back: the one in the upstream's callback was made here, to tell the send apart.
    private static string WithoutMadeId(string query, MessageRow message)
    {
        const string name = "RequestId=";
        var start = 0;
        while (message.RequestId is null && start < query.Length)
        {
            var end = query.IndexOf('&', start) is >= 0 and var found ? found : query.Length;
            if (query.AsSpan(start, end - start).StartsWith(name + RelayedSend.MadeIdPrefix, StringComparison.OrdinalIgnoreCase))
            {
                return query.Remove(start + name.Length, end - start - name.Length);
            }

            start = end + 1;
        }

        return query;
    }

    private static ReportEffect Append(GroupContext group, MessageRow message, UpstreamCallback callback, PassOn passOn, long receivedAtMs)
    {
        var facts = callback.Facts;
        var stateBefore = message.State;
        var eventAtMs = facts.ErrorInfoTime is { } local
            ? new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), TimeSpan.FromHours(7)).ToUnixTimeMilliseconds()
            : receivedAtMs;
        var isBilled = SentFacts.IsBilled(message.Extra);
        var recipients = group.Store.ListRecipients(message);
        if (isBilled && recipients.Count > 1 && Submitted(facts.RequestId).Receiver is { } receiver)
        {
            recipients = [.. recipients.Where(r => r.Index == receiver)];
        }

        var booked = isBilled ? recipients.Select(Billing.Booked).ToList() : [];
        var effect = Fold(message, recipients, callback, isBilled, eventAtMs);
        if (effect == ReportEffect.Repeated)
        {
            return effect;
        }

        Keep(group, message, callback, effect, receivedAtMs);
        group.Count(StatSeries.Reports, message.Tag, (byte)effect);
        foreach (var ended in effect is ReportEffect.Advanced or ReportEffect.ReplacedPresumed ? recipients.Where(r => r.State.IsFinal()) : [])
        {
            group.Count(StatSeries.Outcomes, message.Tag with { Telco = ended.TelcoId }, (byte)ended.State);
        }

        for (var i = 0; isBilled && i < recipients.Count; i++)
        {
            Billing.Settle(group, message, recipients[i], booked[i]);
        }

        if (!isBilled && effect is ReportEffect.Advanced or ReportEffect.ReplacedPresumed)
        {
            Tell(group, message, facts);
        }

        if (message.Leg > 0 || SentFacts.HasLegs(message.Extra) || SentFacts.Read(message.Extra).Relay?.Second is not null)
        {
            ReportCommand.FollowOtherLeg(group, message);
        }

        // What a route submitted bears the upstream's SMSID, which the customer does not know: that is told in our own words.
        var asReceived = !isBilled && callback.Query is { } query ? url => passOn(WithoutMadeId(query, message), url) : (Func<string?, RenderedCallback>?)null;
        CallbackEmitter.Follow(group, message, recipients, stateBefore, effect, eventAtMs, asReceived);
        if (message.Total > 1)
        {
            foreach (var recipient in recipients)
            {
                group.Store.UpdateRecipient(message.Id, recipient);
            }
        }

        group.Store.UpdateMessage(message);
        if (isBilled && message.State.IsFinal() && !stateBefore.IsFinal() && SentFacts.HasLegs(message.Extra))
        {
            SendCommand.AfterFirstLeg(group, message, mayFollow: true);
        }

        return effect;
    }

    private static ReportEffect Fold(
        MessageRow message, IReadOnlyList<RecipientRow> recipients, UpstreamCallback callback, bool isBilled, long eventAtMs)
    {
        var facts = callback.Facts;
        if (recipients.Count == 0)
        {
            return ReportEffect.Ignored;
        }

        if (recipients.Count > 1 && message.State.IsFinal() && message.Presumed == 0)
        {
            return AfterEnd(message, callback);
        }

        if (recipients.Count > 1 && facts is { SendStatus: SendStatus.Finished, SendSuccess: > 0 }
            && facts.SendSuccess < Math.Max(recipients.Count, facts.SendSuccess + facts.SendFailed))
        {
            var charged = isBilled ? Share(recipients, facts) : ReportFold.ToUnits(facts.TotalPrice);
            return ReportFold.ApplyTotals(message, recipients, facts.SendSuccess, facts.TotalSent, charged);
        }

        var effects = new HashSet<ReportEffect>();
        for (var i = 0; i < recipients.Count; i++)
        {
            effects.Add(ReportFold.Apply(message, recipients[i], ToReport(recipients[i], i, recipients.Count, callback, isBilled), eventAtMs));
        }

        if (!isBilled && message.State.IsFinal() && effects.Overlaps([ReportEffect.Advanced, ReportEffect.ReplacedPresumed]))
        {
            message.Charged = ReportFold.ToUnits(facts.TotalPrice);
        }

        // The effect that says most: what moved, before what did not.
        return effects.OrderBy(e => e switch
        {
            ReportEffect.ReplacedPresumed => 0,
            ReportEffect.Advanced => 1,
            ReportEffect.Contradiction => 2,
            ReportEffect.Repeated => 9,
            _ => 3,
        }).First();
    }

    // What was not delivered costs nothing, and nobody says which receivers these are: each pays the same part of its price.
    private static long Share(IReadOnlyList<RecipientRow> recipients, CallbackFacts facts)
    {
        var told = Math.Max(recipients.Count, facts.SendSuccess + facts.SendFailed);
        var (full, paid) = (0L, 0L);
        foreach (var recipient in recipients)
        {
            // Counted over the running sum, so that what is rounded off at one is made up at the next.
            full += recipient.Price;
            recipient.Price = (full * facts.SendSuccess / told) - paid;
            paid += recipient.Price;
        }

        return paid;
    }

    // The end of a message with several recipients stands, whether their states tell it or only the totals.
    private static ReportEffect AfterEnd(MessageRow message, UpstreamCallback callback)
    {
        var facts = callback.Facts;
        if (facts.SendStatus is not (SendStatus.Finished or SendStatus.Rejected))
        {
            return ReportEffect.Late;
        }

        var same = SentFacts.ToldOf(message.Extra) is { } told
            ? told.Status == (int)facts.SendStatus && told.Success == facts.SendSuccess && told.Failed == facts.SendFailed
            : message.SendStatus == facts.SendStatus && message.Successes == facts.SendSuccess;
        message.Contradictions += same ? 0 : 1;
        return same ? ReportEffect.Repeated : ReportEffect.Contradiction;
    }

    // The price is one for the whole message: it is shared out evenly, and what is left over falls to the first.
    private static IncomingReport ToReport(RecipientRow recipient, int index, int count, UpstreamCallback callback, bool isBilled)
    {
        var facts = callback.Facts;
        var total = ReportFold.ToUnits(facts.TotalPrice);
        var share = (total / count) + (index == 0 ? total % count : 0);
        return new IncomingReport
        {
            Source = ReportSource.EsmsCallback,
            Vendor = 0,
            Address = recipient.Address,
            ReferentId = facts.SmsId,
            RequestId = facts.RequestId.Length == 0 ? null : facts.RequestId,
            StatusCode = (int)facts.SendStatus,
            Status = callback.Meaning,
            ErrorInfo = facts.ErrorInfo.Length == 0 ? null : facts.ErrorInfo,
            PartnerId = facts.PartnerIds.Length == 0 ? null : facts.PartnerIds,
            IsRefusal = facts.TotalSent == 0 && facts.PartnerIds.Length == 0,
            TelcoId = facts.TelcoId is >= 1 and <= 7 && count == 1 ? facts.TelcoId : null,
            Price = isBilled ? null : ReportFold.FromUnits(share),
            Raw = ReadOnlyMemory<byte>.Empty,
        };
    }

    private static void Keep(GroupContext group, MessageRow message, UpstreamCallback callback, ReportEffect effect, long receivedAtMs)
    {
        var row = new ReportRow
        {
            Id = group.Store.NextId(),
            MessageId = message.Id,
            Previous = message.LastReport,
            AtMs = receivedAtMs,
            Source = ReportSource.EsmsCallback,
            Vendor = 0,
            StatusCode = (int)callback.Facts.SendStatus,
            Effect = effect,
            Address = "",
            Raw = Encoding.UTF8.GetBytes(callback.Raw),
        };
        group.Store.InsertReport(row);
        message.LastReport = row.Id;
        if (callback.Facts.PartnerIds is { Length: > 0 } partner)
        {
            group.Store.AddReference(ReferenceKey.Of(ReferenceKind.Partner, message.Account, partner), message.Id);
        }
    }

    private static void Tell(GroupContext group, MessageRow message, CallbackFacts facts)
    {
        var told = new ToldTotals(
            facts.Kind.TypeId(),
            (int)facts.SendStatus,
            facts.SendSuccess,
            facts.SendFailed,
            facts.TotalReceiver,
            facts.TotalSent,
            ReportFold.ToUnits(facts.TotalPrice),
            facts.SwitchSmsId.Length == 0 ? null : facts.SwitchSmsId);
        message.Extra = (SentFacts.Read(message.Extra) with { Told = told }).ToJson();
        group.Store.Connection.Execute("UPDATE message SET extra = @p1 WHERE id = @p0", message.Id, message.Extra);
    }
}
