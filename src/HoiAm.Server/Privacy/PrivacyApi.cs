using System.Security.Cryptography;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Keeping;
using HoiAm.Model;
using HoiAm.Server.Admin;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Privacy;

/// <summary>What a person may ask of who keeps their number: everything that is kept, and that it be taken out. For administrators only.</summary>
internal sealed class PrivacyApi(HubDirectory directory, HoiAm.Ledger.MessageLedger ledger, LedgerQueries queries, TimeProvider time)
{
    private const int MessagePage = 100;
    private const int ChargePage = 500;

    public void Map(AdminRoutes routes)
    {
        routes.Map("POST", "/privacy/export", Permission.Administer, scoped: false, ExportAsync);
        routes.Map("POST", "/privacy/erase", Permission.Administer, scoped: false, EraseAsync);
    }

    private static async Task<(Person? Person, long After, IResult? Refusal)> ReadAsync(AdminCall call)
    {
        var (document, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return (null, 0, refusal);
        }

        using (document)
        {
            var input = new JsonInput(document!.RootElement);
            var text = input.Text("phone", 1, 64, required: true);
            var cursor = input.Text("cursor", 1, 16);
            input.RefuseUnknown();
            var after = 0L;
            if (cursor is not null && !long.TryParse(cursor, System.Globalization.NumberStyles.AllowHexSpecifier, null, out after))
            {
                input.Fault("cursor", "must be the \"next\" of an earlier answer");
            }

            var form = AddressForm.Phone;
            var address = text is null ? null : RecipientAddress.Normalize(text, out form);
            if (text is not null && address is null)
            {
                input.Fault("phone", "must be a Vietnamese mobile number in any spelling, a Zalo user id or a SHA-256");
            }

            return input.IsValid ? (new Person(address!, form), after, null) : (null, 0, Answers.Invalid(input.Faults));
        }
    }

    private async Task<IResult> ExportAsync(AdminCall call)
    {
        var (person, after, refusal) = await ReadAsync(call).ConfigureAwait(false);
        if (person is null)
        {
            return refusal!;
        }

        var views = new Views(directory.Current, call.Principal);
        using var connection = queries.Open();
        var ids = MessageIds(connection, person, after, MessagePage + 1);
        var next = ids.Count > MessagePage ? ids[MessagePage - 1].ToString("x", System.Globalization.CultureInfo.InvariantCulture) : null;
        var items = ids.Take(MessagePage).Select(id => LedgerQueries.ById(connection, id)).OfType<HoiAm.Ledger.Rows.MessageRow>().Select(m => new
        {
            message = views.Message(m),
            text = HoiAm.Ledger.Outgoing.SentFacts.Read(m.Extra).Content,
            recipients = LedgerQueries.Recipients(connection, m).Where(r => person.Addresses.Contains(r.Address)).Select(views.Recipient).ToList(),
            reports = LedgerQueries.Reports(connection, m).Where(r => m.Total == 1 || person.Addresses.Contains(r.Address)).Select(views.Report).ToList(),
            callbacks = m.Total > 1 ? null : LedgerQueries.Callbacks(connection, m).Select(c => views.Callback(c)).ToList(),
        }).ToList();
        object? orphans = null;
        object? charges = null;
        object? codes = null;
        if (after == 0)
        {
            orphans = OrphanIds(connection, person).SelectMany(id => LedgerQueries.Orphans(connection, id - 1, 1)).Select(views.Orphan).ToList();
            charges = ChargeIds(connection, person, 0, int.MaxValue).SelectMany(id => connection.Query(
                "SELECT at, smsid, amount, reason FROM charge WHERE id = @p0",
                r => new { at = Answers.Time(r.GetInt64(0)), smsId = r.GetString(1), amount = ReportFold.FromUnits(r.GetInt64(2)), reason = r.GetString(3) },
                id)).ToList();
            codes = connection.Scalar("SELECT COUNT(*) FROM otp WHERE phone = @p0", person.Address);
            await ledger.WriteAsync(c =>
            {
                Audit.Write(c, call.Principal, "privacy.export", Subject(person), time.GetUtcNow());
                return true;
            }).ConfigureAwait(false);
        }

        return Answers.Ok(new { phone = person.Address, items, next, orphans, charges, codes });
    }

    private async Task<IResult> EraseAsync(AdminCall call)
    {
        var (person, _, refusal) = await ReadAsync(call).ConfigureAwait(false);
        if (person is null)
        {
            return refusal!;
        }

        var mark = "erased-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
        var order = new ErasureOrder(person.Addresses, mark, NumberText.Scrubber(person.Address, person.Form, mark));
        var erased = await EraseMessagesAsync(person, order).ConfigureAwait(false);
        var orphans = await ledger.DropOrphansAsync(Read(c => OrphanIds(c, person)), long.MaxValue).ConfigureAwait(false);
        var charges = await EraseChargesAsync(person, mark).ConfigureAwait(false);
        var codes = await ledger.WriteAsync(c =>
        {
            var gone = c.Execute("DELETE FROM otp WHERE phone = @p0", person.Address);
            Audit.Write(c, call.Principal, "privacy.erase", Subject(person), time.GetUtcNow(), FormattableString.Invariant(
                $"{erased.Messages} messages, {erased.Reports} reports, {erased.Callbacks} callbacks, {orphans} orphans, {charges} charges, {gone} codes; {erased.Pending} pending; {mark}"));
            return gone;
        }).ConfigureAwait(false);
        return Answers.Ok(new
        {
            erased = new
            {
                messages = erased.Messages,
                recipients = erased.Recipients,
                reports = erased.Reports,
                callbacks = erased.Callbacks,
                orphans,
                charges,
                codes,
            },
            pending = erased.Pending,
            complete = erased.Pending == 0,
            mark,
        });
    }

    private async Task<ErasedMessage> EraseMessagesAsync(Person person, ErasureOrder order)
    {
        var sum = default(ErasedMessage);
        var after = 0L;
        while (true)
        {
            var page = Read(c => MessageIds(c, person, after, MessagePage));
            if (page.Count == 0)
            {
                return sum;
            }

            // Together, so that they share the syncs of a few commits.
            foreach (var one in await Task.WhenAll(page.Select(id => ledger.EraseAsync(id, order))).ConfigureAwait(false))
            {
                sum = new ErasedMessage(
                    sum.Messages + one.Messages, sum.Recipients + one.Recipients, sum.Reports + one.Reports, sum.Callbacks + one.Callbacks, sum.Pending + one.Pending);
            }

            after = page[^1];
        }
    }

    private async Task<int> EraseChargesAsync(Person person, string mark)
    {
        var count = 0;
        var after = 0L;
        while (true)
        {
            var page = Read(c => ChargeIds(c, person, after, ChargePage));
            if (page.Count == 0)
            {
                return count;
            }

            count += await ledger.WriteAsync(c => page.Sum(id => c.Execute("UPDATE charge SET recipient = @p1 WHERE id = @p0", id, mark))).ConfigureAwait(false);
            after = page[^1];
        }
    }

    private List<long> Read(Func<System.Data.Common.DbConnection, List<long>> read)
    {
        using var connection = queries.Open();
        return read(connection);
    }

    private static List<long> MessageIds(System.Data.Common.DbConnection connection, Person person, long after, int limit) =>
    [
        .. person.Addresses.SelectMany(a => connection.Query(
            "SELECT message FROM reference WHERE key = @p0 AND message > @p1 ORDER BY message LIMIT @p2",
            r => r.GetInt64(0),
            ReferenceKey.Of(ReferenceKind.Address, 0, a),
            after,
            limit)).Distinct().Order().Take(limit),
    ];

    private static List<long> OrphanIds(System.Data.Common.DbConnection connection, Person person) =>
        [.. person.Addresses.SelectMany(a => connection.Query("SELECT id FROM orphan WHERE address = @p0 ORDER BY id", r => r.GetInt64(0), a)).Order()];

    private static List<long> ChargeIds(System.Data.Common.DbConnection connection, Person person, long after, int limit) =>
    [
        .. person.Addresses.SelectMany(a => connection.Query(
            "SELECT id FROM charge WHERE id > @p1 AND recipient = @p0 ORDER BY id LIMIT @p2", r => r.GetInt64(0), a, after, limit)).Order().Take(limit),
    ];

    // Keyed, so that who asks for the same number again finds the entry, and nobody can try numbers against the log.
    private string Subject(Person person) => "number " + directory.Keys.Digest(person.Address).Short();

    private sealed record Person(string Address, AddressForm Form)
    {
        public IReadOnlySet<string> Addresses { get; } = NumberText.Addresses(Address, Form);
    }
}
