using System.Globalization;
using HoiAm.Ledger;
using HoiAm.Ledger.Relaying;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary>Vendor reports that match no message yet: list, and give one to a message (contract section 4).</summary>
internal sealed class OrphansApi(HubDirectory directory, MessageLedger ledger, RelayLedger relay, LedgerQueries queries, TimeProvider time)
{
    public void Map(AdminRoutes routes)
    {
        routes.Get("/orphans", ListAsync);
        routes.Get("/orphans/{id}/suggestions", SuggestAsync);
        routes.Map("POST", "/orphans/{id}/attach", Permission.Operate, scoped: false, AttachAsync);
    }

    private Task<IResult> ListAsync(AdminCall call)
    {
        var paging = Paging.Read(call);
        using var connection = queries.Open();
        var views = new Views(directory.Current, call.Principal);

        // Reports of vendors and callbacks of upstreams in one list: their numbers come from one sequence.
        var after = paging.Cursor ?? 0;
        var rows = LedgerQueries.Orphans(connection, after, paging.Limit + 1).Select(o => (o.Id, Show: views.Orphan(o)))
            .Concat(RelayBook.Early(connection, after, paging.Limit + 1).Select(e => (e.Id, Show: views.Early(e.Id, e.AtMs, e.Callback))))
            .OrderBy(r => r.Id).Take(paging.Limit + 1).ToList();
        return Task.FromResult(Answers.Ok(paging.Page(rows, r => r.Id, r => r.Show)));
    }

    private Task<IResult> SuggestAsync(AdminCall call)
    {
        using var connection = queries.Open();
        if (!TryParse(call.Route("id"), out var id) || LedgerQueries.Orphan(connection, id) is not { } orphan)
        {
            return Task.FromResult(Answers.NotFound($"There is no orphan '{call.Route("id")}'."));
        }

        var views = new Views(directory.Current, call.Principal);
        return Task.FromResult(Answers.Ok(new
        {
            orphan = views.Orphan(orphan),
            items = new OrphanSuggestions(directory).Find(connection, orphan)
                .Select(s => new { reason = s.Reason, message = views.Message(s.Message) }).ToList(),
        }));
    }

    private static bool TryParse(string text, out long id)
    {
        id = 0;
        return text.StartsWith("or_", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);
    }

    private async Task<IResult> AttachAsync(AdminCall call)
    {
        var (document, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (document)
        {
            var input = new JsonInput(document!.RootElement);
            var smsId = input.Text("smsId", 1, Model.MessageId.LengthMax, required: true);
            input.RefuseUnknown();
            if (!input.IsValid)
            {
                return Answers.Invalid(input.Faults);
            }

            var text = call.Route("id");
            if (!TryParse(text, out var id)
                || (await ledger.AttachAsync(id, smsId!).ConfigureAwait(false) ?? await relay.AttachAsync(id, smsId!).ConfigureAwait(false)) is not { } effect)
            {
                return Answers.NotFound("There is no such orphan, no message with this smsId, or the message has no such recipient.");
            }

            await ledger.WriteAsync(connection =>
            {
                Audit.Write(connection, call.Principal, "orphan.attach", text, time.GetUtcNow(), smsId);
                return true;
            }).ConfigureAwait(false);
            var word = effect.ToString();
            return Answers.Ok(new { id = text, smsId, effect = char.ToLowerInvariant(word[0]) + word[1..] });
        }
    }
}
