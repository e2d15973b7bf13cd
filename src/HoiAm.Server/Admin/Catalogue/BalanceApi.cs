using System.Data.Common;
using System.Globalization;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Model;
using HoiAm.Sending;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin.Catalogue;

/// <summary>Balances and statements. A statement is made from the lines of the balance and from nothing else.</summary>
internal sealed class BalanceApi(HubDirectory directory, LedgerQueries queries, TimeProvider time)
{
    private const decimal AmountMax = 1_000_000_000_000m;
    private const int LinePage = 2_000;

    public void Map(AdminRoutes routes)
    {
        routes.Map("POST", "/accounts/{id}/balance", Permission.Administer, false, ChangeAsync);
        routes.Get("/accounts/{id}/balance", call =>
        {
            if (CatalogueApi.Account(call, directory) is not { } account)
            {
                return Task.FromResult(AccountsApi.Unknown(call.Route("id")));
            }

            using var connection = queries.Open();
            return Task.FromResult(Answers.Ok(new { balance = ReportFold.FromUnits(BalanceBook.Read(connection, account.Number)) }));
        }, scoped: true);
        routes.Get("/accounts/{id}/statement", call => Task.FromResult(CatalogueApi.Account(call, directory) is { } account
            ? Statement(call, "account", account.Number, account.Id)
            : AccountsApi.Unknown(call.Route("id"))), scoped: true);
        routes.Get("/vendors/{id}/statement", call => Task.FromResult(directory.Current.Vendors.TryGetValue(call.Route("id"), out var vendor)
            ? Statement(call, "vendor", vendor.Number, vendor.Id)
            : VendorsApi.Unknown(call.Route("id"))));
    }

    private async Task<IResult> ChangeAsync(AdminCall call)
    {
        if (CatalogueApi.Account(call, directory) is not { } account)
        {
            return AccountsApi.Unknown(call.Route("id"));
        }

        var (document, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (document)
        {
            var input = new JsonInput(document!.RootElement);
            var amount = Amount(input);
            var reason = input.Text("reason", 1, 200, required: true);
            input.RefuseUnknown();
            if (!input.IsValid)
            {
                return Answers.Invalid(input.Faults);
            }

            var after = await directory.ChangeAsync(connection => Change(connection, call, account, amount, reason!)).ConfigureAwait(false);
            return Answers.Ok(new { balance = ReportFold.FromUnits(after) });
        }
    }

    private long Change(DbConnection connection, AdminCall call, Account account, long amount, string reason)
    {
        var after = amount < 0
            ? BalanceBook.TryTake(connection, account.Number, -amount)
                ?? throw new AdminRefusal(Answers.Conflict("The balance does not cover that; it never goes below zero."))
            : BalanceBook.Give(connection, account.Number, amount);
        var now = time.GetUtcNow();
        BalanceBook.Add(connection, new BalanceLine
        {
            AtMs = now.ToUnixTimeMilliseconds(),
            Account = account.Number,
            Amount = amount,
            After = after,
            Reason = BalanceBook.Adjustment,
            Note = reason,
        });
        Audit.Write(connection, call.Principal, "balance.change", account.Id, now, string.Create(CultureInfo.InvariantCulture, $"{ReportFold.FromUnits(amount)} VND: {reason}"));
        return after;
    }

    private static long Amount(JsonInput input)
    {
        var element = input.Element("amount");
        if (element is { } value
            && decimal.TryParse(value.ToString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            && amount != 0 && Math.Abs(amount) <= AmountMax && decimal.Round(amount, 4) == amount)
        {
            return ReportFold.ToUnits(amount);
        }

        input.Fault("amount", "must be an amount in VND other than 0, from -1000000000000 to 1000000000000, with at most four fraction digits");
        return 0;
    }

    private IResult Statement(AdminCall call, string column, int number, string id)
    {
        var monthText = call.Query("month") ?? "";
        if (!DateTime.TryParseExact(monthText, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) || month.Year is < 2000 or > 9990)
        {
            return Answers.Invalid("month", "must be a month like 2026-01");
        }

        var detail = call.Query("detail") ?? "groups";
        if (detail is not ("groups" or "lines"))
        {
            return Answers.Invalid("detail", "must be groups or lines");
        }

        // Vietnam's month.
        var from = new DateTimeOffset(month, SendDates.Offset);
        var to = new DateTimeOffset(month.AddMonths(1), SendDates.Offset);
        var name = $"statement-{id}-{monthText}.csv";
        return Results.Stream(
            async stream =>
            {
                await using var text = new StreamWriter(stream, new System.Text.UTF8Encoding(false), leaveOpen: true);
                using var buffer = new StringWriter(CultureInfo.InvariantCulture);
                if (detail == "groups")
                {
                    StatementCsv.WriteGroups(buffer, Groups(column, number, from, to));
                    await text.WriteAsync(buffer.ToString()).ConfigureAwait(false);
                }
                else
                {
                    await WriteLinesAsync(text, column, number, from, to, call.Principal.MasksNumbers).ConfigureAwait(false);
                }
            },
            "text/csv; charset=utf-8",
            name);
    }

    private List<StatementGroup> Groups(string column, int number, DateTimeOffset from, DateTimeOffset to)
    {
        using var connection = queries.Open();
        var sums = connection.Query(
            $"""
            SELECT account, vendor, kind, telco, reason, COUNT(*), SUM(segments), SUM(amount) FROM charge
            WHERE {column} = @p0 AND at >= @p1 AND at < @p2 GROUP BY account, vendor, kind, telco, reason
            """,
            r => (Account: r.GetInt32(0), Vendor: r.GetInt32(1), Kind: r.GetInt32(2), Telco: (byte)r.GetInt32(3), Reason: Reason(r.GetString(4)),
                Lines: r.GetInt32(5), Segments: r.GetInt64(6), Amount: ReportFold.FromUnits(r.GetInt64(7))),
            number,
            from,
            to);
        return
        [
            .. sums.GroupBy(s => (s.Account, s.Vendor, s.Kind, s.Telco))
                .Select(g => new StatementGroup(
                    AccountId(g.Key.Account),
                    VendorId(g.Key.Vendor),
                    Kind(g.Key.Kind),
                    g.Key.Telco,
                    g.Sum(s => s.Lines),
                    g.Sum(s => s.Reason == ChargeReason.Refund ? -s.Segments : s.Segments),
                    g.Where(s => s.Reason == ChargeReason.Charge).Sum(s => s.Amount),
                    g.Where(s => s.Reason == ChargeReason.Refund).Sum(s => s.Amount),
                    g.Where(s => s.Reason == ChargeReason.Adjustment).Sum(s => s.Amount)))
                .OrderBy(g => g.Account, StringComparer.Ordinal).ThenBy(g => g.Vendor, StringComparer.Ordinal)
                .ThenBy(g => g.Kind?.TypeId() ?? int.MaxValue).ThenBy(g => g.TelcoId),
        ];
    }

    // Page by page: a month may have millions of lines.
    private async Task WriteLinesAsync(StreamWriter text, string column, int number, DateTimeOffset from, DateTimeOffset to, bool masked)
    {
        var after = 0L;
        for (var first = true; ; first = false)
        {
            List<(long Id, StatementLine Line)> page;
            using (var connection = queries.Open())
            {
                page = connection.Query(
                    $"""
                    SELECT id, at, account, vendor, smsid, recipient, kind, telco, segments, reason, amount FROM charge
                    WHERE {column} = @p0 AND at >= @p1 AND at < @p2 AND id > @p3 ORDER BY id LIMIT @p4
                    """,
                    r => (r.GetInt64(0), Line(r, masked)),
                    number,
                    from,
                    to,
                    after,
                    LinePage);
            }

            using var buffer = new StringWriter(CultureInfo.InvariantCulture);
            StatementCsv.WriteLines(buffer, page.Select(p => p.Line), withHeader: first);
            await text.WriteAsync(buffer.ToString()).ConfigureAwait(false);
            if (page.Count < LinePage)
            {
                return;
            }

            after = page[^1].Id;
        }
    }

    private StatementLine Line(DbDataReader r, bool masked) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1)),
        AccountId(r.GetInt32(2)),
        VendorId(r.GetInt32(3)),
        r.GetString(4),
        masked ? Msisdn.Mask(r.GetString(5)) : r.GetString(5),
        Kind(r.GetInt32(6)),
        (byte)r.GetInt32(7),
        r.GetInt32(8),
        Reason(r.GetString(9)),
        ReportFold.FromUnits(r.GetInt64(10)));

    // What is held is charged, and given back when it is released.
    private static ChargeReason Reason(string reason) => reason switch
    {
        BalanceBook.Charge or BalanceBook.Hold => ChargeReason.Charge,
        BalanceBook.Adjustment => ChargeReason.Adjustment,
        _ => ChargeReason.Refund,
    };

    private static MessageKind? Kind(int kind) => kind == 0 ? null : (MessageKind)kind;

    private string AccountId(int number) => directory.Current.AccountsByNumber.GetValueOrDefault(number)?.Id ?? "";

    private string VendorId(int number) => number == 0 ? "" : directory.Current.VendorsByNumber.GetValueOrDefault(number)?.Id ?? "";
}
