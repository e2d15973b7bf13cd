using System.Data.Common;
using System.Text.Json;
using HoiAm.Dispatch.Sending;
using HoiAm.Ledger;
using HoiAm.Ledger.Outgoing;
using HoiAm.Protocols.EsmsApi;
using HoiAm.Sending;
using HoiAm.Server.Directory;

namespace HoiAm.Server.Sending;

/// <summary>A registration as stored.</summary>
internal sealed record RegistrationRow(long Id, int Account, long AtMs, string Operation, string Document, string? CallbackUrl, int State);

/// <summary>
/// Registrations of templates and packages: recorded for an operator, who settles them. What became of one is pushed to its CallbackUrl
/// through the same engine as every callback.
/// </summary>
internal sealed class Registrations(MessageLedger ledger, TimeProvider time)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Records one and answers; 199 while an equal one is open.</summary>
    public async Task<byte[]> RegisterAsync(Account account, Register register, SendContext context)
    {
        var request = register.Request;
        if (request.CallbackUrl.Length > 0 && context.RefuseCallbackUrl(request.CallbackUrl) is { } refusal)
        {
            return EsmsResponses.Refused(request.Operation, EsmsResults.DataInvalid("CallbackUrl cannot be used: " + refusal));
        }

        long id = 0;
        await ledger.EmitAsync(account.Number, connection =>
        {
            id = 0;
            if (connection.Scalar(
                "SELECT COUNT(*) FROM registration WHERE account = @p0 AND key = @p1 AND state = 1", account.Number, register.Key) > 0)
            {
                return null;
            }

            var document = JsonSerializer.Serialize(request with { ApiKey = "", SecretKey = "" }, s_json);
            id = connection.Scalar(
                """
                INSERT INTO registration (account, at, operation, key, document, callback_url, state)
                VALUES (@p0, @p1, @p2, @p3, @p4, @p5, 1) RETURNING id
                """,
                account.Number,
                time.GetUtcNow(),
                request.Operation.ToString(),
                register.Key,
                document,
                request.CallbackUrl.Length == 0 ? null : request.CallbackUrl);
            return Push(request.CallbackUrl, id, RegistrationPush.Received, account);
        }).WaitAsync(EsmsEndpointLimits.LedgerWait).ConfigureAwait(false);
        return id == 0
            ? EsmsResponses.Refused(request.Operation, EsmsResults.RegistrationRunning)
            : EsmsResponses.Registered(register.AnswerText, id);
    }

    /// <summary>Settles an open one and tells its customer; false when it is not open.</summary>
    public async Task<bool> SettleAsync(RegistrationRow row, Account account, bool registered, Action<DbConnection> also)
    {
        var settled = false;
        var result = registered ? RegistrationPush.Registered : RegistrationPush.Failed;
        await ledger.EmitAsync(account.Number, connection =>
        {
            settled = connection.Execute("UPDATE registration SET state = @p1 WHERE id = @p0 AND state = 1", row.Id, result) > 0;
            if (!settled)
            {
                return null;
            }

            also(connection);
            return Push(row.CallbackUrl ?? "", row.Id, result, account);
        }).ConfigureAwait(false);
        return settled;
    }

    /// <summary>Reads registrations, newest first below an id; of one account or all.</summary>
    public static List<RegistrationRow> Page(DbConnection connection, int account, long before, int limit) => connection.Query(
        """
        SELECT id, account, at, operation, document, callback_url, state FROM registration
        WHERE id < @p0 AND (@p1 = 0 OR account = @p1) ORDER BY id DESC LIMIT @p2
        """,
        r => new RegistrationRow(
            r.GetInt64(0), r.GetInt32(1), r.GetInt64(2), r.GetString(3), r.GetString(4), r.TextOrNull(5), r.GetInt32(6)),
        before,
        account,
        limit);

    private static FreeCallback? Push(string url, long id, int result, Account account) =>
        ToCallback(url, RegistrationPush.Query(id, result), account);

    /// <summary>A callback of our own query behind the customer's; null when there is no URL.</summary>
    public static FreeCallback? ToCallback(string url, string query, Account account)
    {
        if (url.Length == 0)
        {
            return null;
        }

        var verdict = HookUrl.Check(url, account.Policy.AllowPrivateHooks);
        return verdict.IsAccepted
            ? new FreeCallback(
                Protocols.EsmsCallback.CallbackUrls.HookOf(url),
                Delivery.CallbackRenderer.HostKey(verdict.Url),
                (verdict.Query.Length > 1 ? verdict.Query.TrimEnd('&') + "&" : "?") + query)
            : null;
    }
}
