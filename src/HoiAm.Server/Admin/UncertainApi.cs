using System.Globalization;
using HoiAm.Ledger;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Relaying;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using HoiAm.Server.Relaying;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary>Sends of which nobody knows whether a provider has them: passed on to an upstream, or handed over by a route.</summary>
internal sealed class UncertainApi(HubDirectory directory, MessageLedger ledger, RelayLedger relay, LedgerQueries queries, TimeProvider time)
{
    private static readonly Dictionary<string, bool> s_outcomes = new(StringComparer.Ordinal) { ["sent"] = true, ["notSent"] = false };

    public void Map(AdminRoutes routes)
    {
        routes.Get("/uncertain", ListAsync);
        routes.Map("POST", "/uncertain/{id}/settle", Permission.Operate, scoped: false, SettleAsync);
    }

    private Task<IResult> ListAsync(AdminCall call)
    {
        var paging = Paging.Read(call);
        var snapshot = directory.Current;
        var account = call.Query("account") is not { } id ? 0
            : snapshot.Accounts.TryGetValue(id, out var known) ? known.Number
            : throw new AdminRefusal(Answers.Invalid("account", $"'{id}' does not exist"));
        using var connection = queries.Open();
        var views = new Views(snapshot, call.Principal);
        var after = paging.Cursor ?? 0;

        // An intent that is younger than a call may take is under way and not uncertain.
        var rows = RelayBook.Uncertain(connection, account, time.GetUtcNow() - RelayService.UpstreamWait, after, paging.Limit + 1)
            .Select(r => (r.Id, Show: views.Uncertain(r)))
            .Concat(connection.Query(
                """
                SELECT o.message, o.route, m.smsid, m.account, m.created_at, o.tries, o.detail FROM outbox o JOIN message m ON m.id = o.message
                WHERE o.state = 4 AND o.message > @p0 AND m.state < 4 AND (@p1 = 0 OR m.account = @p1) ORDER BY o.message LIMIT @p2
                """,
                r => (Id: r.GetInt64(0), Show: views.Uncertain(
                    r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetInt32(3), r.GetInt64(4), r.GetInt32(5), r.TextOrNull(6))),
                after,
                account,
                paging.Limit + 1))
            .OrderBy(r => r.Id).Take(paging.Limit + 1).ToList();
        return Task.FromResult(Answers.Ok(paging.Page(rows, r => r.Id, r => r.Show)));
    }

    private async Task<IResult> SettleAsync(AdminCall call)
    {
        var (document, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (document)
        {
            var input = new JsonInput(document!.RootElement);
            var isSent = input.Choice("outcome", s_outcomes, required: true);
            var smsId = input.Text("smsId", 1, Model.MessageId.LengthMax);
            input.RefuseUnknown();
            if (!input.IsValid)
            {
                return Answers.Invalid(input.Faults);
            }

            var text = call.Route("id");
            if (!text.StartsWith("un_", StringComparison.Ordinal)
                || !long.TryParse(text.AsSpan(3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
                || await SettleAsync(id, isSent!.Value, smsId).ConfigureAwait(false) is not { } result)
            {
                return Answers.NotFound($"There is no uncertain send '{text}'.");
            }

            await ledger.WriteAsync(connection =>
            {
                Audit.Write(connection, call.Principal, "uncertain.settle", text, time.GetUtcNow(), isSent.Value ? "sent" : "notSent");
                return true;
            }).ConfigureAwait(false);
            return result;
        }
    }

    private async Task<IResult?> SettleAsync(long id, bool isSent, string? smsId)
    {
        RelayRecord? record;
        using (var connection = queries.Open())
        {
            record = RelayBook.Find(connection, id);
        }

        if (record is null)
        {
            return await SettleSubmissionAsync(id, isSent).ConfigureAwait(false) ? Answers.Ok(new { id = Views.Id("un", id), outcome = isSent ? "sent" : "notSent" }) : null;
        }

        if (!isSent)
        {
            await relay.ForgetAsync(id).ConfigureAwait(false);
            return Answers.Ok(new { id = Views.Id("un", id), outcome = "notSent" });
        }

        if (smsId is null || record.Sends.Count != 1)
        {
            return Answers.Invalid("smsId", smsId is null ? "is required: the id under which the provider has the message" : "cannot stand for the rows of a bulk send; register its messages instead");
        }

        return await relay.SettleAsync(id, smsId).ConfigureAwait(false) switch
        {
            null => null,
            false => Answers.Conflict($"There is another message with the smsId '{smsId}'."),
            _ => Answers.Ok(new { id = Views.Id("un", id), outcome = "sent", smsId }),
        };
    }

    // Sent: its route has it. Not sent: its route takes it once more.
    private Task<bool> SettleSubmissionAsync(long message, bool isSent) => ledger.WriteAsync(connection =>
    {
        if (isSent)
        {
            return connection.Execute("DELETE FROM outbox WHERE message = @p0 AND state = @p1", message, (int)OutboxState.Uncertain) > 0;
        }

        connection.Execute("DELETE FROM submission WHERE message = @p0 AND state IN (1, 4)", message);
        return connection.Execute(
            "UPDATE outbox SET state = @p1, due_at = @p3 WHERE message = @p0 AND state = @p2",
            message,
            (int)OutboxState.Ready,
            (int)OutboxState.Uncertain,
            time.GetUtcNow()) > 0;
    });
}
