using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using HoiAm.Client;
using HoiAm.Ledger;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Server.Directory;
using HoiAm.Server.Observability;
using HoiAm.Server.Queries;

namespace HoiAm.Server.Reconciling;

/// <summary>Why a sweep ended before everything was asked.</summary>
/// <param name="State">One word for the admin API.</param>
/// <param name="Sentence">What happened, for people.</param>
/// <param name="Pause">What the provider asks for, or what fits the failure; null for the usual pause that grows.</param>
internal sealed record SweepEnd(string State, string Sentence, TimeSpan? Pause);

/// <summary>A message, or the part of it that the provider knows by an id of its own, with its place on the list.</summary>
/// <param name="Row">Its place.</param>
/// <param name="Message">The message.</param>
/// <param name="Recipients">Whom the id stands for.</param>
/// <param name="ProviderId">The id by which the provider knows it.</param>
internal sealed record OpenMessage(AskRow Row, MessageRow Message, IReadOnlyList<RecipientRow> Recipients, string ProviderId);

/// <summary>
/// Asks one account's provider about everything that is due: Zalo kinds in batches by GetCallback, what that leaves open by QueryZnsStatus,
/// SMS and Viber one by one by GetSendStatus and, where receivers differ, GetSmsReceiverStatus. Each answer is written with what it means
/// for the next question before the next page is read. Ends with the first failure: nothing that was not answered is moved.
/// </summary>
internal sealed class Sweep(Account account, UpstreamLine line, MessageLedger ledger, LedgerQueries queries, HubMetrics metrics, TimeProvider time)
{
    // Short rounds, so that what comes due meanwhile is soon asked about too.
    private const int ZaloPage = 1_000;
    private const int OthersPage = 80;
    private const int WriteSize = 40;

    private static readonly TimeSpan s_keysPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_hoursPause = TimeSpan.FromMinutes(10);

    private SweepEnd? _end;
    private long _run;

    /// <summary>Asks until nothing is due, the hours end or something fails; null when everything was asked.</summary>
    public async Task<SweepEnd?> RunAsync(CancellationToken stop)
    {
        while (_end is null && !stop.IsCancellationRequested)
        {
            if (!line.Edition.IsOpen(time.GetUtcNow()))
            {
                return null;
            }

            var due = Load();
            if (due.Gone.Count > 0)
            {
                await ledger.WriteAsync(c => AskBook.Strike(c, due.Gone)).ConfigureAwait(false);
            }

            if (due.Open.Count == 0)
            {
                if (due.Gone.Count > 0)
                {
                    continue;
                }

                return null;
            }

            var now = time.GetUtcNow();
            _run = await ledger.WriteAsync(c => AskBook.Run(c, account.Number, line.Edition.Name, line.Edition.RunStart(now), now)).ConfigureAwait(false);
            await AskZaloAsync([.. due.Open.Where(m => m.Message.Kind.IsZalo())], stop).ConfigureAwait(false);
            await EachAsync([.. due.Open.Where(m => !m.Message.Kind.IsZalo())], AskStatusAsync, stop).ConfigureAwait(false);
        }

        return _end;
    }

    private (List<OpenMessage> Open, List<long> Gone) Load()
    {
        var now = time.GetUtcNow();
        var open = new List<OpenMessage>();
        var gone = new List<long>();
        using var connection = queries.Open();
        foreach (var row in (IEnumerable<AskRow>)[.. Due(isZalo: true, ZaloPage), .. Due(isZalo: false, OthersPage)])
        {
            var message = LedgerQueries.ById(connection, row.Message);
            var kept = message?.Kind.IsZalo() == true ? Edition.CallbackKept : Edition.StatusKept;
            if (message is null || message.State.IsFinal() || message.CreatedAtMs < (now - kept).ToUnixTimeMilliseconds())
            {
                gone.Add(row.Message);
            }
            else
            {
                open.AddRange(Parts(connection, row, message));
            }
        }

        return (open, gone);

        List<AskRow> Due(bool isZalo, int max) => AskBook.Due(connection, account.Number, isZalo, now.ToUnixTimeMilliseconds(), max);
    }

    // What a route handed over has the ids that the provider gave it: one for all receivers, or one for each.
    private static List<OpenMessage> Parts(DbConnection connection, AskRow row, MessageRow message)
    {
        var recipients = LedgerQueries.Recipients(connection, message);
        var given = SentFacts.IsBilled(message.Extra) ? AskBook.ProviderIds(connection, message.Id) : [];
        if (given.Count == 0)
        {
            return [new OpenMessage(row, message, recipients, message.ReferentId ?? message.SmsId)];
        }

        if (given.TryGetValue("", out var whole))
        {
            return [new OpenMessage(row, message, recipients, whole)];
        }

        var parts = recipients.Where(r => !r.State.IsFinal() && given.ContainsKey(r.Address))
            .Select((r, i) => new OpenMessage(row with { IsFurtherPart = i > 0 }, message, [r], given[r.Address])).ToList();
        return parts.Count > 0 ? parts : [new OpenMessage(row, message, recipients, message.SmsId)];
    }

    private async Task AskZaloAsync(List<OpenMessage> messages, CancellationToken stop)
    {
        var rest = new List<(OpenMessage Message, CallbackFacts? Pulled, string Raw)>();
        foreach (var batch in messages.GroupBy(m => m.Message.OaId ?? "").SelectMany(g => g.Chunk(line.Edition.Limits.MaxIds)))
        {
            if (!await MayAskAsync(stop).ConfigureAwait(false))
            {
                return;
            }

            var reply = await line.Client.GetCallbackAsync([.. batch.Select(m => m.ProviderId).Distinct()], batch[0].Message.OaId, stop).ConfigureAwait(false);
            line.Pace.Done();

            // 791: this provider insists on an Official Account, and the message was entered without one. The other call needs none.
            if (!reply.IsSuccess && reply.Code != "791")
            {
                await FailAsync("GetCallback", reply).ConfigureAwait(false);
                return;
            }

            await CountAsync().ConfigureAwait(false);
            rest.AddRange(await TakeAsync(batch, reply).ConfigureAwait(false));
        }

        await EachAsync(rest, AskCloserAsync, stop).ConfigureAwait(false);
    }

    // What an answer settles is written; what it leaves open and another call may know better comes back.
    private async Task<List<(OpenMessage Message, CallbackFacts? Pulled, string Raw)>> TakeAsync(OpenMessage[] batch, EsmsPullReply reply)
    {
        var raws = Items(reply.RawBody);
        var known = new Dictionary<string, (CallbackFacts Facts, string Raw)>(StringComparer.Ordinal);
        for (var i = 0; i < reply.Items.Length; i++)
        {
            var facts = reply.Items[i].Callback.Facts;
            known.TryAdd(facts.SmsId, (facts, i < raws.Count ? raws[i] : ""));
        }

        var rest = new List<(OpenMessage, CallbackFacts?, string)>();
        var settled = new List<(OpenMessage Message, bool Answered, List<IncomingReport> Reports)>();
        foreach (var message in batch)
        {
            var isKnown = known.TryGetValue(message.ProviderId, out var told);

            // The pull says 2 for every state before the end, and 5 with all failed for a rejection; the status calls tell them apart.
            var isEnd = isKnown && PulledReports.Meaning(told.Facts) is ReportedStatus.Delivered or ReportedStatus.Failed;
            var isVague = isEnd && told.Facts is { TotalSent: 0, SendSuccess: 0 };
            if (!isKnown || isVague)
            {
                rest.Add((message, isVague ? told.Facts : null, isVague ? told.Raw : ""));
            }
            else
            {
                settled.Add((message, isKnown, isEnd ? PulledReports.ForAll(message.Message, message.Recipients, told.Facts, told.Raw) : []));
            }
        }

        await SettleAsync(settled).ConfigureAwait(false);
        return rest;
    }

    // What the pull told stays; only whether it was a failure or a rejection is asked, or everything where the pull knew nothing.
    private async Task AskCloserAsync((OpenMessage Message, CallbackFacts? Pulled, string Raw) asked, CancellationToken stop)
    {
        var (open, facts, raw) = asked;
        MessageCounters? counters;
        CallbackFacts? told;
        EsmsReply reply;
        if (open.Message.Kind is MessageKind.Zns or MessageKind.ZnsPriority or MessageKind.ZnsByUid)
        {
            var kind = open.Message.Kind == MessageKind.ZnsPriority ? MessageKind.ZnsPriority : MessageKind.Zns;
            var zns = await line.Client.QueryZnsStatusAsync(open.ProviderId, kind, stop).ConfigureAwait(false);
            (reply, counters) = (zns, zns.Value?.Counters);
            told = zns.Value is { } value ? PulledReports.Facts(open.Message, value) : null;
        }
        else
        {
            var status = await line.Client.GetSendStatusAsync(open.ProviderId, stop).ConfigureAwait(false);
            (reply, counters) = (status, status.Value);
            told = status.Value is { } value ? PulledReports.Facts(open.Message, value) : null;
        }

        line.Pace.Done();
        if (await IsFailureAsync("The status call", reply).ConfigureAwait(false))
        {
            return;
        }

        if (facts is null)
        {
            (facts, raw) = (told, reply.RawBody);
        }
        else if (counters is { SendStatus: (int)SendStatus.Rejected })
        {
            facts = facts with { SendStatus = SendStatus.Rejected };
        }

        var reports = facts is null ? [] : PulledReports.ForAll(open.Message, open.Recipients, facts, raw);
        await SettleAsync([(open, facts is not null, reports)]).ConfigureAwait(false);
    }

    private async Task AskStatusAsync(OpenMessage open, CancellationToken stop)
    {
        var reply = await line.Client.GetSendStatusAsync(open.ProviderId, stop).ConfigureAwait(false);
        line.Pace.Done();
        if (await IsFailureAsync("GetSendStatus", reply).ConfigureAwait(false))
        {
            return;
        }

        var facts = reply.Value is { } counters ? PulledReports.Facts(open.Message, counters) : null;
        List<IncomingReport> reports = [];
        if (facts is not null && PulledReports.NeedsReceivers(facts))
        {
            if (!await MayAskAsync(stop).ConfigureAwait(false))
            {
                return;
            }

            var receivers = await line.Client.GetReceiverStatusAsync(open.ProviderId, stop).ConfigureAwait(false);
            line.Pace.Done();
            if (await IsFailureAsync("GetSmsReceiverStatus", receivers).ConfigureAwait(false))
            {
                return;
            }

            reports = receivers.Value is { } list ? PulledReports.ForEach(open.Message, open.Recipients, facts, list.Items, receivers.RawBody) : [];
        }
        else if (facts is not null)
        {
            reports = PulledReports.ForAll(open.Message, open.Recipients, facts, reply.RawBody);
        }

        await SettleAsync([(open, reply.IsSuccess, reports)]).ConfigureAwait(false);
    }

    private async Task EachAsync<T>(List<T> messages, Func<T, CancellationToken, Task> ask, CancellationToken stop) =>
        await Parallel.ForEachAsync(
            messages,
            new ParallelOptions { MaxDegreeOfParallelism = line.Pace.AtOnce, CancellationToken = stop },
            async (message, cancel) =>
            {
                if (await MayAskAsync(cancel).ConfigureAwait(false))
                {
                    await ask(message, cancel).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);

    // Waits for its turn; after the wait the hours may be over, or another question may have failed.
    private async Task<bool> MayAskAsync(CancellationToken stop)
    {
        if (_end is not null)
        {
            return false;
        }

        await line.Pace.WaitAsync(stop).ConfigureAwait(false);
        return _end is null && line.Edition.IsOpen(time.GetUtcNow());
    }

    private async Task SettleAsync(List<(OpenMessage Message, bool Answered, List<IncomingReport> Reports)> settled)
    {
        foreach (var part in settled.Chunk(WriteSize))
        {
            var now = time.GetUtcNow();
            var messages = part.GroupBy(s => s.Message.Message.Id).ToList();
            var asked = messages.ConvertAll(m => new Asked(m.First().Message.Row, m.Any(s => s.Answered)));
            var (answered, recovered) = await ledger.AppendToAsync(
                [.. messages.Select(m => (m.Key, (IReadOnlyList<IncomingReport>)[.. m.SelectMany(s => s.Reports)]))],
                (connection, results) => AskBook.Settle(connection, _run, asked, results, asks => line.Edition.NextAsk(now, asks), now)).ConfigureAwait(false);
            metrics.Reconciled(messages.Count, answered, recovered);
        }
    }

    // A refusal that concerns the message (105, 854: not known), or a provider that lacks the call, is an answer, though not one that helps.
    private async Task<bool> IsFailureAsync(string call, EsmsReply reply)
    {
        var isAnswer = reply.IsSuccess
            || (reply.Outcome == EsmsOutcome.Refused && (reply.Code.Length > 0 ? !IsAboutAccount(reply.Code) : reply.HttpStatus == 404));
        if (isAnswer)
        {
            await CountAsync().ConfigureAwait(false);
            return false;
        }

        await FailAsync(call, reply).ConfigureAwait(false);
        return true;
    }

    private async Task CountAsync()
    {
        metrics.ReconcileRequest("answered");
        await ledger.WriteAsync(c => AskBook.Count(c, _run, 1, null, time.GetUtcNow())).ConfigureAwait(false);
    }

    private async Task FailAsync(string call, EsmsReply reply)
    {
        var end = Judge(call, reply);
        _end = end;
        metrics.ReconcileRequest(end.State);
        await ledger.WriteAsync(c => AskBook.Count(c, _run, reply.Attempts, end.Sentence, time.GetUtcNow())).ConfigureAwait(false);
    }

    private static bool IsAboutAccount(string code) => code is "101" or "110" or "140" or "143" or "160";

    private static SweepEnd Judge(string call, EsmsReply reply) => reply switch
    {
        { Outcome: EsmsOutcome.RateLimited } => new("rateLimited", $"{call}: over the provider's rate.", reply.RetryAfter ?? TimeSpan.FromSeconds(2)),
        { Outcome: EsmsOutcome.Withheld } => new("outsideHours", $"{call}: outside the edition's hours.", reply.RetryAfter),
        { Outcome: EsmsOutcome.Refused, Code: "101" or "143" or "140" } => new("keysRefused", $"{call}: refused with {reply.Code}: {reply.Meaning}", s_keysPause),
        { Outcome: EsmsOutcome.Refused, Code: "110" } => new("outsideHours", $"{call}: refused with 110: {reply.Message}", s_hoursPause),
        { Outcome: EsmsOutcome.Refused } => new(
            "refused",
            reply.Code.Length > 0
                ? $"{call}: refused with {reply.Code}: {reply.Meaning}"
                : string.Create(CultureInfo.InvariantCulture, $"{call}: HTTP {reply.HttpStatus}."),
            null),
        { Outcome: EsmsOutcome.Unreadable } => new("unreadable", $"{call}: the answer is none of eSMS's.", null),
        { Outcome: EsmsOutcome.TimedOut } => new("unreachable", $"{call}: no answer in time.", null),
        _ => new("unreachable", $"{call}: {reply.Message}", reply.RetryAfter),
    };

    // Each message's own part of an answer, kept with its report.
    private static List<string> Items(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body.TrimStart('\uFEFF'));
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name.Equals("Data_callback", StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.Array)
                {
                    return [.. member.Value.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Select(e => e.GetRawText())];
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The reader is more forgiving than the parser; then the reports go without.
        }

        return [];
    }
}
