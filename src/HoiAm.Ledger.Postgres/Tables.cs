using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;
using static HoiAm.Ledger.Postgres.Columns;

namespace HoiAm.Ledger.Postgres;

/// <summary>A recipient of a message that has several.</summary>
internal readonly record struct RecipientOf(long Message, RecipientRow Row);

/// <summary>A way to find a message, or an early report.</summary>
internal readonly record struct KeyOf(long Key, long Id);

/// <summary>A callback that waits on disk.</summary>
internal readonly record struct ParkedKey(int Owner, int Hook, long DueAtMs, long Callback);

/// <summary>Where a callback stands after its first try.</summary>
internal readonly record struct Settled(long Id, int State, int Reason, int Tries, int Attempts, byte[] Log);

/// <summary>The tables of the path of a report, as rows are written to them. Names and meanings are those of Migrations/0001.sql.</summary>
internal static class Tables
{

    public static readonly RowTable<MessageRow> Message = new(
        "message",
        1,
        "",
        Long<MessageRow>("id", m => m.Id),
        Text<MessageRow>("smsid", m => m.SmsId),
        Int<MessageRow>("leg", m => m.Leg),
        Int<MessageRow>("account", m => m.Account),
        Int<MessageRow>("kind", m => (int)m.Kind),
        Int<MessageRow>("vendor", m => m.Vendor),
        Long<MessageRow>("created_at", m => m.CreatedAtMs),
        Text<MessageRow>("request_id", m => m.RequestId),
        Text<MessageRow>("vendor_request_id", m => m.VendorRequestId),
        Text<MessageRow>("referent_id", m => m.ReferentId),
        Text<MessageRow>("callback_url", m => m.CallbackUrl),
        Text<MessageRow>("oa_id", m => m.OaId),
        Text<MessageRow>("temp_id", m => m.TempId),
        Text<MessageRow>("extra", m => m.Extra),
        Long<MessageRow>("fingerprint", m => m.Fingerprint),
        Int<MessageRow>("total", m => m.Total),
        Int<MessageRow>("state", m => (int)m.State).Mutable,
        Int<MessageRow>("finals", m => m.Finals).Mutable,
        Int<MessageRow>("successes", m => m.Successes).Mutable,
        Int<MessageRow>("rejections", m => m.Rejections).Mutable,
        Int<MessageRow>("handed_over", m => m.HandedOver).Mutable,
        Int<MessageRow>("presumed", m => m.Presumed).Mutable,
        Int<MessageRow>("contradictions", m => m.Contradictions).Mutable,
        Long<MessageRow>("charged", m => m.Charged).Mutable,
        Long<MessageRow>("last_report", m => m.LastReport).Mutable,
        Long<MessageRow>("last_callback", m => m.LastCallback).Mutable,
        Text<MessageRow>("r_address", m => m.First.Address),
        Int<MessageRow>("r_state", m => (int)m.First.State).Mutable,
        Int<MessageRow>("r_telco", m => m.First.TelcoId).Mutable,
        Int<MessageRow>("r_flags", m => StoredRows.Flags(m.First)).Mutable,
        Long<MessageRow>("r_price", m => m.First.Price).Mutable,
        Long<MessageRow>("r_charged", m => m.First.Charged).Mutable,
        Long<MessageRow>("r_statuses", m => m.First.SeenStatuses).Mutable,
        Int<MessageRow>("r_segments", m => m.First.Segments).Mutable,
        Long<MessageRow>("r_event_at", m => m.First.EventAtMs).Mutable,
        Text<MessageRow>("r_partner_id", m => m.First.PartnerId).Mutable,
        Text<MessageRow>("r_error_info", m => m.First.ErrorInfo).Mutable);

    public static readonly RowTable<RecipientOf> Recipient = new(
        "recipient",
        2,
        "",
        Long<RecipientOf>("message", r => r.Message),
        Text<RecipientOf>("address", r => r.Row.Address),
        Int<RecipientOf>("idx", r => r.Row.Index),
        Int<RecipientOf>("state", r => (int)r.Row.State).Mutable,
        Int<RecipientOf>("telco", r => r.Row.TelcoId).Mutable,
        Int<RecipientOf>("flags", r => StoredRows.Flags(r.Row)).Mutable,
        Long<RecipientOf>("price", r => r.Row.Price).Mutable,
        Long<RecipientOf>("charged", r => r.Row.Charged).Mutable,
        Long<RecipientOf>("statuses", r => r.Row.SeenStatuses).Mutable,
        Int<RecipientOf>("segments", r => r.Row.Segments).Mutable,
        Long<RecipientOf>("event_at", r => r.Row.EventAtMs).Mutable,
        Text<RecipientOf>("partner_id", r => r.Row.PartnerId).Mutable,
        Text<RecipientOf>("error_info", r => r.Row.ErrorInfo).Mutable);

    public static readonly RowTable<KeyOf> Reference = new(
        "reference", 2, "ON CONFLICT (key, message) DO NOTHING", Long<KeyOf>("key", r => r.Key), Long<KeyOf>("message", r => r.Id));

    public static readonly RowTable<ReportRow> Report = new(
        "report",
        1,
        "",
        Long<ReportRow>("id", r => r.Id),
        Long<ReportRow>("message", r => r.MessageId),
        Long<ReportRow>("previous", r => r.Previous),
        Long<ReportRow>("at", r => r.AtMs),
        Int<ReportRow>("source", r => (int)r.Source),
        Int<ReportRow>("vendor", r => r.Vendor),
        IntOrNull<ReportRow>("status", r => r.StatusCode),
        Int<ReportRow>("effect", r => (int)r.Effect),
        Text<ReportRow>("address", r => r.Address),
        Bytes<ReportRow>("raw", r => r.Raw.ToArray()));

    public static readonly RowTable<OrphanRow> Orphan = new(
        "orphan",
        1,
        "",
        Long<OrphanRow>("id", o => o.Id),
        Long<OrphanRow>("at", o => o.AtMs),
        Int<OrphanRow>("source", o => (int)o.Report.Source),
        Int<OrphanRow>("vendor", o => o.Report.Vendor),
        Text<OrphanRow>("address", o => o.Report.Address),
        Text<OrphanRow>("referent_id", o => o.Report.ReferentId),
        Text<OrphanRow>("request_id", o => o.Report.RequestId),
        IntOrNull<OrphanRow>("status_code", o => o.Report.StatusCode),
        Int<OrphanRow>("status", o => (int)o.Report.Status),
        Text<OrphanRow>("error_info", o => o.Report.ErrorInfo),
        Text<OrphanRow>("partner_id", o => o.Report.PartnerId),
        Int<OrphanRow>("refusal", o => o.Report.IsRefusal ? 1 : 0),
        IntOrNull<OrphanRow>("telco", o => o.Report.TelcoId),
        IntOrNull<OrphanRow>("segments", o => o.Report.Segments),
        LongOrNull<OrphanRow>("price", o => o.Report.Price is { } price ? ReportFold.ToUnits(price) : null),
        LongOrNull<OrphanRow>("event_at", o => o.Report.EventTime?.ToUnixTimeMilliseconds()),
        Bytes<OrphanRow>("raw", o => o.Report.Raw.ToArray()));

    public static readonly RowTable<KeyOf> OrphanReference = new(
        "orphan_reference", 2, "ON CONFLICT (key, orphan) DO NOTHING", Long<KeyOf>("key", r => r.Key), Long<KeyOf>("orphan", r => r.Id));

    public static readonly RowTable<CallbackRow> Callback = new(
        "callback",
        1,
        "",
        Long<CallbackRow>("id", c => c.Id),
        Long<CallbackRow>("message", c => c.MessageId),
        Long<CallbackRow>("previous", c => c.Previous),
        Int<CallbackRow>("account", c => c.Account),
        Int<CallbackRow>("hook", c => c.Hook),
        Int<CallbackRow>("owner", c => c.Owner).Mutable,
        Int<CallbackRow>("state", c => (int)c.State).Mutable,
        Int<CallbackRow>("reason", c => (int)c.Reason).Mutable,
        Long<CallbackRow>("created_at", c => c.CreatedAtMs),
        Long<CallbackRow>("event_at", c => c.EventAtMs),
        Long<CallbackRow>("due_at", c => c.DueAtMs).Mutable,
        Int<CallbackRow>("tries", c => c.Tries).Mutable,
        Int<CallbackRow>("attempts", c => c.Attempts).Mutable,
        Int<CallbackRow>("replay", c => c.IsReplay ? 1 : 0).Mutable,
        Int<CallbackRow>("format", c => (int)c.Format),
        Text<CallbackRow>("query", c => c.Query),
        Bytes<CallbackRow>("body", c => c.Body),
        Bytes<CallbackRow>("log", c => c.Log).Mutable);

    /// <summary>Only what a first and last try changes.</summary>
    public static readonly RowTable<Settled> Settlement = new(
        "callback",
        1,
        "",
        Long<Settled>("id", s => s.Id),
        Int<Settled>("state", s => s.State).Mutable,
        Int<Settled>("reason", s => s.Reason).Mutable,
        Int<Settled>("tries", s => s.Tries).Mutable,
        Int<Settled>("attempts", s => s.Attempts).Mutable,
        Bytes<Settled>("log", s => s.Log).Mutable);

    public static readonly RowTable<ParkedKey> Parked = new(
        "parked",
        4,
        "ON CONFLICT (owner, hook, due_at, callback) DO NOTHING",
        Int<ParkedKey>("owner", p => p.Owner),
        Int<ParkedKey>("hook", p => p.Hook),
        Long<ParkedKey>("due_at", p => p.DueAtMs),
        Long<ParkedKey>("callback", p => p.Callback));

    public static readonly RowTable<KeyOf> Held = new("held", 1, "", Long<KeyOf>("behind", h => h.Key), Long<KeyOf>("callback", h => h.Id));
}
