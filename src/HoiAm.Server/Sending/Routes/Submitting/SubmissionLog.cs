using System.Data.Common;
using HoiAm.Ledger;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Server.Queries;

namespace HoiAm.Server.Sending.Routes.Submitting;

/// <summary>Where a request to a provider stands.</summary>
internal enum SubmissionState
{
    /// <summary>About to be made, or cut off.</summary>
    Begun = 1,

    /// <summary>The provider has it.</summary>
    Taken = 2,

    /// <summary>The provider refused it.</summary>
    Refused = 3,

    /// <summary>Nobody knows.</summary>
    Uncertain = 4,
}

/// <summary>A request as it is written down.</summary>
internal sealed record Submission(string Address, SubmissionState State, DateTimeOffset At, string? Detail);

/// <summary>What providers were asked to send, on disk before each request.</summary>
internal sealed class SubmissionLog(LedgerQueries queries, TimeProvider time)
{
    private MessageLedger? _ledger;

    /// <summary>The ledger comes later, since it feeds the routes.</summary>
    public void Attach(MessageLedger ledger) => _ledger = ledger;

    /// <summary>All requests of a message on one route, by receiver.</summary>
    public Dictionary<string, Submission> Of(long message, string route)
    {
        using var connection = queries.Open();
        return connection.Query(
            "SELECT address, state, at, detail FROM submission WHERE message = @p0 AND route = @p1",
            r => new Submission(r.GetString(0), (SubmissionState)r.GetInt32(1), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(2)), r.TextOrNull(3)),
            message,
            route).ToDictionary(s => s.Address, StringComparer.Ordinal);
    }

    /// <summary>Writes down that a request is about to be made; the moment of the first one stays.</summary>
    public Task BeginAsync(long message, string route, string address) => WriteAsync(
        """
        INSERT INTO submission (message, route, address, state, at) VALUES (@p0, @p1, @p2, 1, @p3)
        ON CONFLICT (message, route, address) DO UPDATE SET state = 1
        """,
        message,
        route,
        address,
        time.GetUtcNow());

    /// <summary>Writes down how it ended.</summary>
    public Task EndAsync(long message, string route, string address, SubmissionState state, string? detail, string? referentId) => WriteAsync(
        "UPDATE submission SET state = @p3, detail = @p4, referent_id = @p5 WHERE message = @p0 AND route = @p1 AND address = @p2",
        message,
        route,
        address,
        (int)state,
        detail,
        referentId);

    /// <summary>Nothing was sent: as if it had never begun.</summary>
    public Task ForgetAsync(long message, string route, string address) =>
        WriteAsync("DELETE FROM submission WHERE message = @p0 AND route = @p1 AND address = @p2", message, route, address);

    /// <summary>The provider refused these receivers: that is a report like any other, with the provider's own words.</summary>
    public async Task RejectAsync(MessageRow message, IEnumerable<RecipientRow> recipients, int vendor, byte[] raw)
    {
        foreach (var recipient in recipients)
        {
            await _ledger!.AppendAsync(new IncomingReport
            {
                Source = ReportSource.Operator,
                Vendor = vendor,
                Address = recipient.Address,
                ReferentId = message.ReferentId ?? message.SmsId,
                Status = ReportedStatus.Rejected,
                Raw = raw,
            }).ConfigureAwait(false);
        }
    }

    private Task<int> WriteAsync(string sql, params object?[] values) => _ledger!.WriteAsync((DbConnection c) => c.Execute(sql, values));
}
