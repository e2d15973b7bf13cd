using System.Collections.Immutable;
using HoiAm.Client.Transport;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Client;

/// <summary>
/// Client of the eSMS APIs, or of anything that serves them, such as a HoiAm hub. Thread-safe. A refusal, a dead server or an answer that
/// makes no sense is a reply; thrown are only <see cref="OperationCanceledException"/> for your own token, and
/// <see cref="ArgumentException"/> for what no server could be asked.
/// </summary>
/// <remarks>
/// A call is repeated when that is safe: queries, refusals for the rate, connections that never came about, and sends with a RequestId,
/// which bear the same one on every attempt. The three sends without one (POST form, XML of kind 2, generated codes) are not repeated once
/// they may have arrived.
/// </remarks>
public sealed partial class EsmsClient
{
    private readonly EsmsClientOptions _options;
    private readonly Exchange _exchange;

    /// <summary>Makes a client.</summary>
    /// <param name="http">
    /// Stays yours. Its base address is not used. Its handler should not follow redirects, and nothing that logs whole addresses should sit
    /// in it: eSMS's GET calls carry the keys in the query.
    /// </param>
    /// <param name="options">Account, servers, patience.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public EsmsClient(HttpClient http, EsmsClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _exchange = new Exchange(http, options);
    }

    /// <summary>A RequestId as the client generates them: 32 random hexadecimal digits.</summary>
    public static string NewRequestId() => Guid.NewGuid().ToString("N");

    /// <summary>
    /// Any send in any of its documented forms: the request's <see cref="EsmsRequest.Operation"/> chooses the form, keys and a missing
    /// RequestId are filled in. For <see cref="ZnsBulkRequest"/> use <see cref="SendBulkAsync"/>, which tells every row.
    /// </summary>
    /// <param name="request">What to send.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    /// <exception cref="ArgumentException">The operation does not fit the request, or a RequestId has more than 50 characters.</exception>
    public async Task<EsmsSendReply> SendAsync(SendRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var filled = RequestIds.Fill(request) with { ApiKey = _options.ApiKey, SecretKey = _options.SecretKey };
        var answer = new EsmsAnswer { Parsed = false };
        var plan = new CallPlan(
            EsmsRequestWriter.Write(filled), _options.Gate.Of(filled.Operation), IsSend: !filled.Sandbox, IsRepeatable: RequestIds.AreCarried(filled.Operation) || filled.Sandbox);
        var end = await _exchange.RunAsync(plan, body => Heard(answer = EsmsResponseReader.Read(body)), cancellationToken).ConfigureAwait(false);
        return Fill(
            new EsmsSendReply
            {
                Outcome = end.Outcome,
                SmsId = end.Heard.Parsed ? answer.SmsId : "",
                RequestId = filled.RequestId,
                PartRequestIds = filled is MultiChannelRequest multi ? [.. multi.Parts.Select(p => p.RequestId)] : [],
                FirstSendStatus = answer.SendStatus,
            },
            end);
    }

    /// <summary>One template to many receivers (at most 500 rows), with a result for each row.</summary>
    /// <param name="request">The rows; those without a RequestId get one.</param>
    /// <param name="cancellationToken">Gives up waiting; the send may have been made by then.</param>
    public async Task<EsmsBulkReply> SendBulkAsync(ZnsBulkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var filled = RequestIds.Fill(request with { Operation = EsmsOperation.SendZnsBulk }) with { ApiKey = _options.ApiKey, SecretKey = _options.SecretKey };
        var wire = EsmsRequestWriter.Write(filled);
        var answer = new EsmsAnswer<BulkAnswer> { Parsed = false };
        var plan = new CallPlan(wire, _options.Gate.Of(filled.Operation), IsSend: !filled.Sandbox, IsRepeatable: true);
        var end = await _exchange.RunAsync(plan, body => Heard(answer = EsmsResponseReader.Bulk(body)), cancellationToken).ConfigureAwait(false);
        return Fill(
            new EsmsBulkReply { Outcome = end.Outcome, Rows = BulkRows((ZnsBulkRequest)filled, answer.Value, end.Outcome, end.WasUncertain) },
            end);
    }

    private static ImmutableArray<EsmsBulkRow> BulkRows(ZnsBulkRequest request, BulkAnswer? answer, EsmsOutcome whole, bool unknownBefore)
    {
        // Rows repeat one by one: when an earlier answer was lost, a row that is refused as known was accepted with that one.
        // Rows are answered in the order of the request; an answer of another length cannot be matched, so no row is claimed accepted.
        if (answer is null || answer.Rows.Length != request.Rows.Length)
        {
            var outcome = answer is null ? whole : EsmsOutcome.Unreadable;
            return [.. request.Rows.Select(r => new EsmsBulkRow(r.Phone, r.RequestId, outcome, "", "", ""))];
        }

        return
        [
            .. request.Rows.Zip(answer.Rows, (asked, row) => new EsmsBulkRow(
                asked.Phone,
                asked.RequestId,
                row.Result is null ? EsmsOutcome.Accepted : unknownBefore && row.Result.Code == "124" ? EsmsOutcome.AcceptedEarlier : EsmsOutcome.Refused,
                row.SmsId ?? "",
                row.Result?.Code ?? "100",
                row.Result?.Text ?? "")),
        ];
    }

    private async Task<EsmsReply<T>> QueryAsync<T>(EsmsRequest request, Func<byte[], EsmsAnswer<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        EsmsAnswer<T>? answer = null;
        var end = await CallAsync(request, body => answer = read(body), isSend: false, isRepeatable: true, cancellationToken).ConfigureAwait(false);
        return Fill(new EsmsReply<T> { Outcome = end.Outcome, Value = end.Outcome == EsmsOutcome.Accepted ? answer?.Value : null }, end);
    }

    private Task<CallEnd> CallAsync(EsmsRequest request, Func<byte[], EsmsAnswer> read, bool isSend, bool isRepeatable, CancellationToken cancellationToken)
    {
        var wire = EsmsRequestWriter.Write(request with { ApiKey = _options.ApiKey, SecretKey = _options.SecretKey });
        return _exchange.RunAsync(
            new CallPlan(wire, _options.Gate.Of(request.Operation), isSend, isRepeatable), body => Heard(read(body)), cancellationToken);
    }

    private static Heard Heard(EsmsAnswer answer) => new(answer.Parsed, answer.IsSuccess, answer.Code, answer.Message);

    private static T Fill<T>(T reply, CallEnd end)
        where T : EsmsReply => reply with
        {
            IsUncertain = end.IsUncertain,
            Code = end.Heard.Code,
            Message = Describe(end),
            HttpStatus = end.Last?.HttpStatus,
            RawBody = end.RawBody,
            Attempts = end.Attempts,
            RetryAfter = end.RetryAfter,
        };

    // A refusal by HTTP alone has no text of eSMS; the reader's complaint about its body would mislead.
    private static string Describe(CallEnd end) => end is { Heard.Parsed: false, Last: { Kind: AttemptKind.Answered, HttpStatus: not 200 and { } status } }
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"HTTP {status} without an answer of eSMS.")
        : end.Heard.Message;
}
