using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Model;

namespace HoiAm.Ledger.Writing;

/// <summary>Enters messages, and gives them the reports that came before them.</summary>
internal sealed class RegisterCommand(IReadOnlyList<MessageDraft> drafts, DateTimeOffset now) : WaitedCommand<IReadOnlyList<Registration>>
{
    // Made once, so that a second application of the command gives the same ids.
    private readonly string[] _smsIds = [.. drafts.Select(d => d.SmsId ?? MessageId.New(now))];

    internal override int Weight => drafts.Count * 512;

    internal override void Announce(GroupKeys keys)
    {
        for (var i = 0; i < drafts.Count; i++)
        {
            keys.AddMessage(drafts[i], _smsIds[i]);
        }
    }

    protected override IReadOnlyList<Registration> Run(GroupContext group)
    {
        var results = new Registration[drafts.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Enter(group, drafts[i], _smsIds[i]);
        }

        return results;
    }

    /// <summary>Enters one message unless its SMSID is taken.</summary>
    public static Registration Enter(GroupContext group, MessageDraft draft, string smsId)
    {
        if (draft.SmsId is not null && FindBySmsId(group, smsId, draft.Leg) is { } existing)
        {
            var same = existing.Account == draft.Account && existing.Fingerprint == draft.Fingerprint;
            return new(same ? RegistrationResult.Unchanged : RegistrationResult.Conflict, smsId, existing.Id);
        }

        var message = Insert(group, draft, smsId);
        if (group.Store.HasOrphans)
        {
            Adopt(group, message);
        }

        return new(RegistrationResult.Created, smsId, message.Id);
    }

    /// <summary>The message with this SMSID and leg; null when there is none.</summary>
    public static MessageRow? FindBySmsId(GroupContext group, string smsId, int leg)
    {
        var ids = group.Ids;
        ids.Clear();
        group.Store.FindMessages(ReferenceKey.Of(ReferenceKind.SmsId, 0, smsId), ids);
        foreach (var id in ids)
        {
            if (group.Store.GetMessage(id) is { } message && message.SmsId == smsId && message.Leg == leg)
            {
                return message;
            }
        }

        return null;
    }

    private static MessageRow Insert(GroupContext group, MessageDraft draft, string smsId)
    {
        var message = new MessageRow
        {
            Id = group.Store.NextId(),
            SmsId = smsId,
            Leg = draft.Leg,
            Account = draft.Account,
            Kind = draft.Kind,
            Vendor = draft.Vendor,
            CreatedAtMs = group.NowMs,
            RequestId = draft.RequestId,
            VendorRequestId = draft.VendorRequestId == smsId ? null : draft.VendorRequestId,
            ReferentId = draft.ReferentId == smsId ? null : draft.ReferentId,
            CallbackUrl = draft.CallbackUrl,
            OaId = draft.OaId,
            TempId = draft.TempId,
            Extra = draft.Extra,
            Fingerprint = draft.Fingerprint,
            Total = draft.Recipients.Count,
            State = draft.State,
            First = ToRow(draft.Recipients[0], 0, draft.State),
        };
        group.Store.InsertMessage(message);
        AddReferences(group.Store, message);
        for (var i = 0; i < draft.Recipients.Count; i++)
        {
            if (message.Total > 1)
            {
                group.Store.InsertRecipient(message.Id, ToRow(draft.Recipients[i], i, draft.State));
            }

            group.Store.AddReference(ReferenceKey.Of(ReferenceKind.Address, 0, draft.Recipients[i].Address), message.Id);
        }

        return message;
    }

    private static void AddReferences(ILedgerStore store, MessageRow message)
    {
        store.AddReference(ReferenceKey.Of(ReferenceKind.SmsId, 0, message.SmsId), message.Id);
        if (message.ReferentId is { } referent)
        {
            store.AddReference(ReferenceKey.Of(ReferenceKind.Referent, 0, referent), message.Id);
        }

        if (message.VendorRequestId is { } vendorRequest)
        {
            store.AddReference(ReferenceKey.Of(ReferenceKind.VendorRequest, 0, vendorRequest), message.Id);
        }

        if (message.RequestId is { } request)
        {
            store.AddReference(ReferenceKey.Of(ReferenceKind.Request, message.Account, request), message.Id);
        }
    }

    private static RecipientRow ToRow(RecipientDraft draft, int index, RecipientState state) => new()
    {
        Address = draft.Address,
        Index = index,
        State = state,
        TelcoId = draft.TelcoId == 0 ? Msisdn.Telco(draft.Address) : draft.TelcoId,
        Price = ReportFold.ToUnits(draft.Price),
    };

    // Early reports find their message the moment it is there, in the order in which they came, by the rules for every other report.
    private static void Adopt(GroupContext group, MessageRow message)
    {
        var orphans = new List<long>();
        group.Store.FindOrphans(ReferenceKey.Of(ReferenceKind.Referent, 0, message.ReferentId ?? message.SmsId), orphans);
        group.Store.FindOrphans(ReferenceKey.Of(ReferenceKind.VendorRequest, 0, message.VendorRequestId ?? message.SmsId), orphans);
        orphans.Sort();
        var last = 0L;
        foreach (var id in orphans)
        {
            if (id != last && group.Store.GetOrphan(id) is { } orphan
                && Correlation.Find(group, orphan.Report) is var (found, recipient) && found.Id == message.Id)
            {
                ReportCommand.Append(group, found, recipient, orphan.Report, orphan.AtMs);
                group.Store.DeleteOrphan(id);
            }

            last = id;
        }
    }
}
