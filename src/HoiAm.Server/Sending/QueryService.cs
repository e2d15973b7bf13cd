using System.Data.Common;
using HoiAm.Ledger;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Protocols.ErrorInfos;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Sending;
using HoiAm.Server.Queries;

namespace HoiAm.Server.Sending;

/// <summary>Everything that sends nothing: the rules answer from the catalogue or say what to look up, and here it is looked up.</summary>
internal sealed class QueryService(MessageLedger ledger, LedgerQueries queries, Registrations registrations, TimeProvider time)
{
    /// <summary>An account's balance now, VND.</summary>
    public decimal Balance(int account)
    {
        using var connection = queries.Open();
        return ReportFold.FromUnits(BalanceBook.Read(connection, account));
    }

    /// <summary>The answer's body.</summary>
    public async Task<byte[]> AnswerAsync(EsmsRequest request, EsmsCaller caller, SendContext context)
    {
        var rules = caller.Catalogue?.Rules;
        if (request.Operation == EsmsOperation.GetBalance && rules is not null)
        {
            rules = rules with { Balance = Balance(caller.Account!.Number) };
        }

        var plan = QueryRules.Decide(request, rules, context);
        if (plan is Answered answered)
        {
            return answered.Body;
        }

        var account = caller.Account!.Number;
        switch (plan)
        {
            case CheckCode check:
                return await CheckAsync(account, check).ConfigureAwait(false);
            case Register register:
                return await registrations.RegisterAsync(caller.Account, register, context).ConfigureAwait(false);
        }

        using var connection = queries.Open();
        return plan switch
        {
            FindMessage find => Message(connection, account, request.Operation, find),
            FindCall find => Call(connection, account, find),
            FindZns find => Zns(connection, account, find),
            FindZaloMessage find => ZaloMessage(connection, account, find),
            ListSent list => Sent(connection, account, list),
            _ => throw new InvalidOperationException("No look-up for " + plan.GetType().Name),
        };
    }

    // Of a multi-channel message the leg that is under way, or ended last, is its state.
    private static byte[] Message(DbConnection connection, int account, EsmsOperation operation, FindMessage find)
    {
        var message = Owned(connection, account, find.SmsId).LastOrDefault();
        if (message is null || message.CreatedAtMs < find.NotBefore.ToUnixTimeMilliseconds())
        {
            return find.IfUnknown;
        }

        return operation == EsmsOperation.GetReceiverStatus
            ? EsmsResponses.ReceiverStatus(LedgerQueries.Recipients(connection, message).Select(
                r => new ReceiverAnswer(r.Address, r.TelcoId, r.HandedOver, r.State == RecipientState.Delivered, 0)))
            : EsmsResponses.SendStatus(Counters(message));
    }

    private static byte[] Call(DbConnection connection, int account, FindCall find)
    {
        var message = Owned(connection, account, find.ReferenceId).FirstOrDefault(m => m.Kind == MessageKind.VoiceCall);
        if (message is null)
        {
            return find.IfUnknown;
        }

        var call = VoiceResult.TryRead(message.First.ErrorInfo ?? "");
        return EsmsResponses.VoiceStatus(
            message.SmsId, call?.CallDuration ?? 0, call?.CallStatus ?? "", call?.Ivr ?? "", (int)message.SendStatus, message.Successes > 0);
    }

    private static byte[] Zns(DbConnection connection, int account, FindZns find)
    {
        var message = Owned(connection, account, find.SmsId).FirstOrDefault(m => m.Kind.IsZalo() && m.Kind.TypeId() == find.Kind.TypeId());
        if (message is null)
        {
            return find.IfUnknown;
        }

        var isFinal = message.State.IsFinal();
        var error = !isFinal ? null
            : message.Successes > 0 ? "0"
            : ErrorInfoCodec.Decode(message.First.ErrorInfo ?? "").Error?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return EsmsResponses.ZnsStatus(new ZnsStatusAnswer(Counters(message), error, isFinal, message.First.PartnerId ?? ""));
    }

    private static byte[] ZaloMessage(DbConnection connection, int account, FindZaloMessage find)
    {
        var message = LedgerQueries.ByReference(connection, ReferenceKind.Partner, account, find.PartnerId)
            .FirstOrDefault(m => m.Account == account && m.OaId == find.OaId);
        var recipient = message is null
            ? null
            : LedgerQueries.Recipients(connection, message).FirstOrDefault(r => r.PartnerId == find.PartnerId);
        return recipient switch
        {
            null => EsmsResponses.ZaloMessageStatus(null, -1),
            { State: RecipientState.Delivered } => EsmsResponses.ZaloMessageStatus(DateTimeOffset.FromUnixTimeMilliseconds(recipient.EventAtMs), 1),
            _ => EsmsResponses.ZaloMessageStatus(null, 0),
        };
    }

    private byte[] Sent(DbConnection connection, int account, ListSent list)
    {
        var (total, rows) = SentQuery.Page(connection, queries.Layout, account, list);
        return EsmsResponses.SentData(total, rows);
    }

    private Task<byte[]> CheckAsync(int account, CheckCode check)
    {
        var now = time.GetUtcNow();
        return ledger.WriteAsync(connection =>
        {
            var stored = connection.Query(
                "SELECT code, expires_at, used, wrong FROM otp WHERE account = @p0 AND phone = @p1",
                r => new OtpCode(check.Phone, r.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1)))
                {
                    IsUsed = r.GetInt64(2) != 0,
                    WrongGuesses = r.GetInt32(3),
                },
                account,
                check.Phone).FirstOrDefault();
            var valid = OtpCode.Verify(stored, check.Code, now, out var after);
            if (after is not null)
            {
                connection.Execute(
                    "UPDATE otp SET used = @p2, wrong = @p3 WHERE account = @p0 AND phone = @p1", account, check.Phone, after.IsUsed, after.WrongGuesses);
            }

            return EsmsResponses.CodeCheck(valid, check.PhoneAsWritten, check.Code);
        }).WaitAsync(EsmsEndpointLimits.LedgerWait);
    }

    private static IEnumerable<MessageRow> Owned(DbConnection connection, int account, string smsId) =>
        LedgerQueries.BySmsId(connection, smsId).Where(m => m.Account == account);

    private static MessageCounters Counters(MessageRow m) => new(
        m.SmsId, (int)m.SendStatus, m.Successes, m.Finals - m.Successes, ReportFold.FromUnits(m.Charged), m.Total, m.HandedOver);
}
