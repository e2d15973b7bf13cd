using System.Text;
using System.Text.Json;
using HoiAm.Ledger;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary>Messages: register, read the whole story, search, approve and reject (contract section 4).</summary>
internal sealed class MessagesApi(HubDirectory directory, MessageLedger ledger, LedgerQueries queries, TimeProvider time)
{
    public void Map(AdminRoutes routes)
    {
        routes.Map("POST", "/messages", Permission.Administer, scoped: false, RegisterAsync);
        routes.Map("POST", "/messages/batch", Permission.Administer, scoped: false, new MessageBatch(directory, ledger).RegisterAsync);
        routes.Get("/messages", SearchAsync, scoped: true);
        routes.Get("/messages/{smsId}", StoryAsync, scoped: true);
        routes.Map("POST", "/messages/{smsId}/approve", Permission.Operate, false, call => DecideAsync(call, ReportedStatus.Waiting, "approve"));
        routes.Map("POST", "/messages/{smsId}/reject", Permission.Operate, false, call => DecideAsync(call, ReportedStatus.Rejected, "reject"));
    }

    private async Task<IResult> RegisterAsync(AdminCall call)
    {
        var (document, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (document)
        {
            var input = new JsonInput(document!.RootElement);
            if (MessageInput.Read(input, document.RootElement, directory.Current) is not { } draft)
            {
                return Answers.Invalid(input.Faults);
            }

            var registration = await ledger.RegisterAsync(draft).ConfigureAwait(false);
            return registration.Result switch
            {
                RegistrationResult.Created => Answers.Created(new { smsId = registration.SmsId }),
                RegistrationResult.Unchanged => Answers.Ok(new { smsId = registration.SmsId }),
                _ => Answers.Conflict($"There is another message with the smsId '{registration.SmsId}'."),
            };
        }
    }

    private Task<IResult> StoryAsync(AdminCall call)
    {
        using var connection = queries.Open();
        var snapshot = directory.Current;
        var messages = LedgerQueries.BySmsId(connection, call.Route("smsId")).Where(m => call.Principal.Sees(m.Account)).ToList();
        if (messages.Count == 0)
        {
            return Task.FromResult(Answers.NotFound($"There is no message with the smsId '{call.Route("smsId")}'."));
        }

        var views = new Views(snapshot, call.Principal);
        return Task.FromResult(Answers.Ok(new
        {
            message = views.Message(messages[0]),
            legs = messages.Count > 1 ? messages.Skip(1).Select(views.Message).ToList() : null,
            recipients = messages.SelectMany(m => LedgerQueries.Recipients(connection, m)).Select(views.Recipient).ToList(),
            reports = messages.SelectMany(m => LedgerQueries.Reports(connection, m)).OrderBy(r => r.Id).Select(views.Report).ToList(),
            // The callbacks of a second leg follow on those of the first.
            callbacks = messages.SelectMany(m => LedgerQueries.Callbacks(connection, m)).DistinctBy(c => c.Row.Id).OrderBy(c => c.Row.Id).Select(c => views.Callback(c)).ToList(),
        }));
    }

    private Task<IResult> SearchAsync(AdminCall call)
    {
        var snapshot = directory.Current;
        var paging = Paging.Read(call);
        var filter = MessageFilter.Read(call, snapshot, queries.Layout);
        using var connection = queries.Open();
        var before = paging.Cursor ?? long.MaxValue;
        var rows = call.Query("phone") is not null || call.Query("requestId") is not null
            ? Indexed(connection, call, snapshot).Where(m => Fits(m, filter) && m.Id < before).OrderByDescending(m => m.Id).Take(paging.Limit + 1).ToList()
            : LedgerQueries.Page(connection, filter, before, paging.Limit + 1);
        var views = new Views(snapshot, call.Principal);
        return Task.FromResult(Answers.Ok(paging.Page(rows, m => m.Id, views.Message)));
    }

    // Phone and RequestId are looked up by key; the other conditions are then checked on the few that are found.
    private static List<MessageRow> Indexed(System.Data.Common.DbConnection connection, AdminCall call, HubSnapshot snapshot)
    {
        IEnumerable<MessageRow>? found = null;
        if (call.Query("phone") is { } phone)
        {
            var address = RecipientAddress.Normalize(phone, out _)
                ?? throw new AdminRefusal(Answers.Invalid("phone", "must be a Vietnamese mobile number, a Zalo user id or a SHA-256"));
            found = LedgerQueries.ByReference(connection, ReferenceKind.Address, 0, address)
                .Where(m => LedgerQueries.IsTo(connection, m, address));
        }

        if (call.Query("requestId") is { } request)
        {
            found ??= LedgerQueries.ByReferences(
                connection, snapshot.AccountsByNumber.Keys.Select(a => ReferenceKey.Of(ReferenceKind.Request, a, request)));
            found = found.Where(m => m.RequestId == request);
        }

        return found!.ToList();
    }

    private static bool Fits(MessageRow m, MessageFilter filter) =>
        (filter.Account == 0 || m.Account == filter.Account)
        && m.CreatedAtMs >= filter.FromMs
        && m.CreatedAtMs < filter.ToMs
        && (filter.State < 0 || Views.State(m) == StateName(filter.State));

    private static string StateName(int state) => state switch
    {
        0 => "accepted",
        1 => "pendingApproval",
        2 => "waiting",
        3 => "sent",
        100 => "delivered",
        101 => "failed",
        102 => "rejected",
        103 => "expired",
        _ => "partlyDelivered",
    };

    private async Task<IResult> DecideAsync(AdminCall call, ReportedStatus verdict, string action)
    {
        var smsId = call.Route("smsId");
        var raw = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { action, by = call.Principal.Name }, Answers.Json));
        var decided = await ledger.DecideAsync(smsId, verdict, raw).ConfigureAwait(false);
        if (decided is null)
        {
            return Answers.NotFound($"There is no message with the smsId '{smsId}'.");
        }

        if (decided == false)
        {
            return Answers.Conflict("The message does not wait for approval.");
        }

        await ledger.WriteAsync(connection =>
        {
            Audit.Write(connection, call.Principal, "message." + action, smsId, time.GetUtcNow());
            return true;
        }).ConfigureAwait(false);
        return Answers.Ok(new { smsId, decision = action });
    }
}
