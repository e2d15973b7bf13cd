using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Relaying;

/// <summary>The steps of a send that is passed on, each inside the group's transaction.</summary>
internal static class RelayCommands
{
    /// <summary>Looks whether the RequestId is new; if so, writes the intent down.</summary>
    public static RelayAnswer Begin(GroupContext group, RelayIntent intent)
    {
        var own = intent.OwnIds;
        foreach (var requestId in own)
        {
            if (OpenRecord(group, intent, requestId) is { } open)
            {
                if (open.State == RelayState.Accepted)
                {
                    return new RelayAnswer(RelayPermit.Stored, open.Id, open.Answer);
                }

                if (!open.IsRepeatable)
                {
                    return new RelayAnswer(RelayPermit.Unclear, open.Id);
                }

                group.Store.Connection.Execute("UPDATE relay SET tries = tries + 1 WHERE id = @p0", open.Id);
                return new RelayAnswer(RelayPermit.GoAgain, open.Id, Sends: open.Sends);
            }

            // The rows of a bulk send are judged by the upstream, each for itself.
            if (!intent.IsBulk && SendCommand.FindFirst(group, intent.Account, requestId) is { } first)
            {
                return new RelayAnswer(RelayPermit.Repeated, FirstStatus: (int)first.SendStatus);
            }
        }

        var id = group.Store.NextId();
        RelayBook.Insert(group.Store.Connection, id, intent, group.NowMs);
        return new RelayAnswer(RelayPermit.Go, id);
    }

    /// <summary>Enters the messages that the upstream accepted and keeps its answer until the caller has it.</summary>
    public static bool Accept(GroupContext group, long relayId, int account, IReadOnlyList<(RelayedSend Send, string SmsId)> accepted, byte[] answer, PassOn passOn)
    {
        var conflict = false;
        foreach (var (send, smsId) in accepted)
        {
            conflict |= !Enter(group, account, send, smsId, passOn);
        }

        if (conflict)
        {
            RelayBook.Set(group.Store.Connection, relayId, RelayState.Uncertain, "The upstream gave an SMSID that another message of this hub has.", answer);
        }
        else
        {
            RelayBook.Set(group.Store.Connection, relayId, RelayState.Accepted, null, answer);
        }

        return !conflict;
    }

    /// <summary>A callback with the RequestId of an open send tells its SMSID; gives whether there was one.</summary>
    public static bool Resolve(GroupContext group, UpstreamCallback callback, PassOn passOn)
    {
        if (callback.Facts.RequestId.Length == 0)
        {
            return false;
        }

        var open = RelayBook.ByKey(group.Store.Connection, callback.Account, callback.Facts.RequestId)
            .FirstOrDefault(r => r.State is RelayState.Uncertain or RelayState.Confirmed);
        var send = open?.Sends.FirstOrDefault(
            s => s.UpstreamRequestId == callback.Facts.RequestId || s.Second?.UpstreamRequestId == callback.Facts.RequestId);
        if (send is null || !Enter(group, callback.Account, send, callback.Facts.SmsId, passOn))
        {
            return false;
        }

        if (open!.Sends.Count == 1)
        {
            RelayBook.Delete(group.Store.Connection, open.Id);
        }

        return true;
    }

    /// <summary>Enters a relayed message; false when its SMSID belongs to somebody else's.</summary>
    public static bool Enter(GroupContext group, int account, RelayedSend send, string smsId, PassOn passOn)
    {
        var draft = ToDraft(account, send, smsId, leg: 0);
        var registration = RegisterCommand.Enter(group, draft, smsId);
        if (registration.Result == RegistrationResult.Conflict)
        {
            return false;
        }

        if (registration.Result == RegistrationResult.Created)
        {
            if (send.Second?.RequestId is { } second && second != send.RequestId)
            {
                // The second channel's id is used from now on, although its message may never be entered.
                group.Store.AddReference(ReferenceKey.Of(ReferenceKind.Request, account, second), registration.MessageId);
            }

            UpstreamCallbackCommand.AdoptEarly(group, account, smsId, passOn);
        }

        return true;
    }

    /// <summary>The message of a relayed send.</summary>
    public static MessageDraft ToDraft(int account, RelayedSend send, string smsId, int leg) => new()
    {
        Account = account,
        SmsId = smsId,
        Leg = leg,
        Kind = send.Kind,
        RequestId = send.RequestId,
        VendorRequestId = leg == 0 ? null : smsId + ".1",
        ReferentId = leg == 0 ? null : smsId + ".1",
        CallbackUrl = send.CallbackUrl,
        OaId = send.OaId,
        TempId = send.TempId,
        Recipients = [.. send.Recipients.Select(r => new RecipientDraft(r, 0, 0))],
        Extra = new SentFacts { Relay = send, Campaign = send.Campaign, Brandname = send.Brandname, SendAtMs = send.SendAtMs }.ToJson(),
    };

    private static RelayRecord? OpenRecord(GroupContext group, RelayIntent intent, string requestId)
    {
        var notBefore = group.NowMs - (long)SendCommand.RequestIdKept.TotalMilliseconds;
        return RelayBook.ByKey(group.Store.Connection, intent.Account, requestId).FirstOrDefault(
            r => r.AtMs > notBefore && r.Sends.SelectMany(s => new[] { s.RequestId, s.Second?.RequestId }).OfType<string>()
                .ToHashSet(StringComparer.Ordinal).SetEquals(intent.OwnIds));
    }
}
