using System.Text;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Relaying;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Protocols.CallbackBodies;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Server.Admin;
using HoiAm.Server.Delivery;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Privacy;

namespace HoiAm.Server.Queries;

/// <summary>How messages, recipients, reports and callbacks are shown to administrators.</summary>
internal sealed class Views(HubSnapshot snapshot, AdminPrincipal principal)
{
    public object Message(MessageRow m) => new
    {
        smsId = m.SmsId,
        leg = m.Leg,
        account = snapshot.AccountsByNumber.GetValueOrDefault(m.Account)?.Id,
        typeId = m.Kind.TypeId(),
        kind = Word(m.Kind.ToString()),
        state = State(m),
        sendStatus = (int)m.SendStatus,
        phone = Address(m.First.Address),
        requestId = Text(m.RequestId),
        callbackUrl = MaskUrl(m.CallbackUrl ?? snapshot.AccountsByNumber.GetValueOrDefault(m.Account)?.Settings.CallbackUrl),
        vendor = Vendor(m.Vendor),
        vendorRequestId = Text(m.VendorRequestId) ?? m.SmsId,
        referentId = Text(m.ReferentId) ?? m.SmsId,
        oaId = m.OaId,
        tempId = m.TempId,
        createdAt = Answers.Time(m.CreatedAtMs),
        totalReceiver = m.Total,
        totalSent = m.HandedOver,
        sendSuccess = m.Successes,
        sendFailed = m.Finals - m.Successes,
        totalPrice = ReportFold.FromUnits(m.Charged),
        presumed = m.Presumed > 0,
        contradictions = m.Contradictions,
        told = SentFacts.ToldOf(m.Extra) is { } t
            ? new { sendStatus = t.Status, sendSuccess = t.Success, sendFailed = t.Failed, totalReceiver = t.Receivers, totalSent = t.Sent, totalPrice = ReportFold.FromUnits(t.Price) }
            : null,
        relayed = SentFacts.IsRelayed(m.Extra),
    };

    public object Recipient(RecipientRow r) => new
    {
        phone = Address(r.Address),
        state = Word(r.State.ToString()),
        telcoId = r.TelcoId == 0 ? (int?)null : r.TelcoId,
        price = ReportFold.FromUnits(r.Price),
        charged = ReportFold.FromUnits(r.Charged),
        handedOver = r.HandedOver,
        seen = r.Seen,
        presumed = r.Presumed,
        segments = r.Segments == 0 ? (int?)null : r.Segments,
        partnerId = Text(r.PartnerId),
        errorInfo = Text(r.ErrorInfo),
        at = Answers.Time(r.EventAtMs),
    };

    public object Report(ReportRow r) => new
    {
        id = Id("rp", r.Id),
        at = Answers.Time(r.AtMs),
        source = Word(r.Source.ToString()),
        vendor = Vendor(r.Vendor),
        status = r.StatusCode,
        effect = Word(r.Effect.ToString()),
        phone = r.Address.Length == 0 ? null : Address(r.Address),
        raw = Raw(r.Raw),
    };

    public object Callback(StoredCallback c, string? smsId = null)
    {
        var row = c.Row;
        return new
        {
            id = CallbackIds.Format(row.Id),
            smsId,
            account = snapshot.AccountsByNumber.GetValueOrDefault(row.Account)?.Id,
            state = StateWord(row.State),
            reason = row.Reason == ExhaustedReason.None ? null : Word(row.Reason.ToString()),
            waitsFor = row.State switch
            {
                CallbackState.Held => "earlier callback of this message",
                CallbackState.Live or CallbackState.Parked => row.Attempts == 0 ? "first try" : "retry",
                _ => null,
            },
            format = CallbackView.Word(row.Format),
            method = CallbackView.Method(row.Format),
            url = MaskUrl(c.Url),
            contentType = CallbackView.MediaType(row.Format),
            body = principal.MasksNumbers ? null : CallbackView.Body(row),
            createdAt = Answers.Time(row.CreatedAtMs),
            eventTime = Answers.Time(row.EventAtMs),
            dueAt = row.State <= CallbackState.Held ? Answers.Time(row.DueAtMs) : null,
            attemptCount = row.Attempts,
            attempts = AttemptLog.Read(row.Log).Select(a => Attempt(a, isText: row.MessageId == 0)).ToList(),
        };
    }

    /// <summary>A try; <paramref name="isText"/> when it may have pushed the text of a person, whose answer stands in the receiver's (protocol A.9).</summary>
    public object Attempt(Attempt a, bool isText = false)
    {
        var reply = isText ? MoReply.TryRead(a.ResponseSnippet ?? "") : null;
        return new
        {
            number = a.Number,
            at = Answers.Time(a.At),
            durationMs = a.DurationMs,
            outcome = Word(a.Outcome.ToString()),
            httpStatus = a.HttpStatus == 0 ? (int?)null : a.HttpStatus,
            error = Text(a.Error),
            responseSnippet = reply is not null && principal.MasksNumbers ? null : Text(a.ResponseSnippet),
            reply = reply is null ? null : new { message = reply.Message, smsId = reply.SmsId, receiver = Address(reply.Receiver) },
        };
    }

    public object Orphan(OrphanRow o) => new
    {
        id = Id("or", o.Id),
        vendor = Vendor(o.Report.Vendor),
        referentId = Text(o.Report.ReferentId),
        requestId = Text(o.Report.RequestId),
        msisdn = Address(o.Report.Address),
        status = o.Report.StatusCode,
        at = Answers.Time(o.AtMs),
        raw = Raw(o.Report.Raw),
    };

    /// <summary>An upstream's callback that matches no message yet, beside the orphans of vendors.</summary>
    public object Early(long id, long atMs, UpstreamCallback c) => new
    {
        id = Id("or", id),
        vendor = (string?)null,
        account = snapshot.AccountsByNumber.GetValueOrDefault(c.Account)?.Id,
        referentId = c.Facts.SmsId,
        requestId = c.Facts.RequestId.Length == 0 ? null : c.Facts.RequestId,
        msisdn = c.Facts.PhoneNumber.Length == 0 ? null : Address(c.Facts.PhoneNumber),
        status = (int?)c.Facts.SendStatus,
        at = Answers.Time(atMs),
        raw = principal.MasksNumbers ? null : c.Raw,
    };

    /// <summary>A send that was passed on to an upstream and of which nobody knows yet what became.</summary>
    public object Uncertain(RelayRecord r) => new
    {
        id = Id("un", r.Id),
        kind = "relay",
        account = snapshot.AccountsByNumber.GetValueOrDefault(r.Account)?.Id,
        operation = r.Operation,
        state = Word(r.State.ToString()),
        at = Answers.Time(r.AtMs),
        tries = r.Tries,
        safeToRepeat = r.IsRepeatable,
        detail = r.Detail ?? "The hub stopped before the upstream's answer was stored.",
        sends = r.Sends.Select(s => new
        {
            typeId = s.Kind.TypeId(),
            requestId = s.RequestId,
            upstreamRequestId = s.UpstreamRequestId,
            callbackUrl = MaskUrl(s.CallbackUrl),
            phones = s.Recipients.Take(20).Select(Address),
            receivers = s.Recipients.Count,
        }),
    };

    /// <summary>A message that a route handed over without a clear answer.</summary>
    public object Uncertain(long message, string route, string smsId, int account, long createdAtMs, int tries, string? detail) => new
    {
        id = Id("un", message),
        kind = "submission",
        account = snapshot.AccountsByNumber.GetValueOrDefault(account)?.Id,
        smsId,
        route,
        state = "uncertain",
        at = Answers.Time(createdAtMs),
        tries,
        safeToRepeat = false,
        detail,
    };

    /// <summary>The word for where a callback stands (contract section 4).</summary>
    public static string StateWord(CallbackState state) => state switch
    {
        CallbackState.Delivered => "delivered",
        CallbackState.Exhausted => "exhausted",
        CallbackState.Cancelled => "cancelled",
        _ => "pending",
    };

    /// <summary>The word for where a whole message stands.</summary>
    public static string State(MessageRow m) => CallbackBodyRenderer.Outcome(m).Word();

    /// <summary>A prefixed id in hex.</summary>
    public static string Id(string prefix, long id) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{prefix}_{id:x16}");

    private string? Vendor(int number) => number == 0 ? null : snapshot.VendorsByNumber.GetValueOrDefault(number)?.Id;

    private string Address(string address) => principal.MasksNumbers ? Msisdn.Mask(address) : address;

    // What was received may hold the number in any spelling, so read-only staff does not see it at all.
    private string? Raw(ReadOnlyMemory<byte> raw) => principal.MasksNumbers ? null : Encoding.UTF8.GetString(raw.Span);

    /// <summary>A text that somebody else wrote: for read-only staff without whatever may be a number in it.</summary>
    public string? Text(string? text) => principal.MasksNumbers ? NumberText.Hide(text) : text;

    /// <summary>A hook's URL; its query carries the number, its path may.</summary>
    public string? MaskUrl(string? url)
    {
        if (url is null || !principal.MasksNumbers)
        {
            return url;
        }

        var query = url.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? NumberText.Hide(url) : NumberText.Hide(url[..query]) + "?…";
    }

    private static string Word(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
