using System.Data.Common;
using HoiAm.Ledger.Facts;
using HoiAm.Server.Sending.Routes.Submitting;

namespace HoiAm.Server.Reconciling;

/// <summary>A message that is to be asked about.</summary>
internal readonly record struct AskRow(long Message, int Asks, long AskedRun, long AnsweredRun)
{
    /// <summary>True for the second and further questions about one message whose receivers have ids of their own: it counts once.</summary>
    public bool IsFurtherPart { get; init; }
}

/// <summary>What came of asking about a message.</summary>
/// <param name="Row">As it stood.</param>
/// <param name="Answered">The provider knew it.</param>
internal readonly record struct Asked(AskRow Row, bool Answered);

/// <summary>A run as it is kept.</summary>
internal sealed record RunRow(
    long Id, int Account, string Edition, long StartedAtMs, long EndedAtMs, long Requests, long Asked, long Answered, long Recovered, long Failures, string? Error)
{
    private const string Columns = "id, account, edition, started_at, ended_at, requests, asked, answered, recovered, failures, error";

    /// <summary>Runs of one account or all (0), newest first below an id.</summary>
    public static List<RunRow> Page(DbConnection connection, int account, long before, int limit) => connection.Query(
        account == 0
            ? $"SELECT {Columns} FROM reconciliation WHERE id < @p0 AND @p1 = 0 ORDER BY id DESC LIMIT @p2"
            : $"SELECT {Columns} FROM reconciliation WHERE id < @p0 AND account = @p1 ORDER BY id DESC LIMIT @p2",
        Read,
        before,
        account,
        limit);

    private static RunRow Read(DbDataReader r) => new(
        r.GetInt64(0),
        r.GetInt32(1),
        r.GetString(2),
        r.GetInt64(3),
        r.GetInt64(4),
        r.GetInt64(5),
        r.GetInt64(6),
        r.GetInt64(7),
        r.GetInt64(8),
        r.GetInt64(9),
        r.TextOrNull(10));
}

/// <summary>The list of messages to ask about and the record of runs, as statements.</summary>
internal static class AskBook
{
    /// <summary>Puts messages on the list, each at its own time.</summary>
    public static bool Enter(DbConnection connection, IEnumerable<(long Message, int Account, bool IsZalo, long AskAtMs)> messages)
    {
        foreach (var (message, account, isZalo, askAt) in messages)
        {
            connection.Execute(
                """
                INSERT INTO asking (message, account, zalo, ask_at, asks, asked_run, answered_run) VALUES (@p0, @p1, @p2, @p3, 0, 0, 0)
                ON CONFLICT (message) DO NOTHING
                """,
                message,
                account,
                isZalo,
                askAt);
        }

        return true;
    }

    /// <summary>Messages of an account whose time has come, the longest due first; Zalo kinds and others apart, so that neither waits for the other.</summary>
    public static List<AskRow> Due(DbConnection connection, int account, bool isZalo, long nowMs, int limit) => connection.Query(
        """
        SELECT message, asks, asked_run, answered_run FROM asking
        WHERE account = @p0 AND zalo = @p1 AND ask_at <= @p2 ORDER BY ask_at LIMIT @p3
        """,
        r => new AskRow(r.GetInt64(0), r.GetInt32(1), r.GetInt64(2), r.GetInt64(3)),
        account,
        isZalo,
        nowMs,
        limit);

    /// <summary>The ids that an upstream gave to what a route handed over to it, by receiver; <c>""</c> stands for all.</summary>
    public static Dictionary<string, string> ProviderIds(DbConnection connection, long message) => connection.Query(
        "SELECT address, referent_id FROM submission WHERE message = @p0 AND route = @p1 AND state = @p2 AND referent_id IS NOT NULL",
        r => KeyValuePair.Create(r.GetString(0), r.GetString(1)),
        message,
        ProviderRoutes.Upstream,
        (int)SubmissionState.Taken).ToDictionary(StringComparer.Ordinal);

    /// <summary>How many messages of an account are on the list, and when the first is due.</summary>
    public static (long Count, long? NextMs) Waiting(DbConnection connection, int account) =>
        (connection.Scalar("SELECT COUNT(*) FROM asking WHERE account = @p0", account),
            connection.ScalarOrNull("SELECT MIN(ask_at) FROM asking WHERE account = @p0", account));

    /// <summary>After a shorter wait was set: what was never asked about is due no later than a fresh message would be.</summary>
    public static int Hasten(DbConnection connection, int account, long latestMs) => connection.Execute(
        "UPDATE asking SET ask_at = @p1 WHERE account = @p0 AND zalo IN (0, 1) AND ask_at > @p1 AND asks = 0", account, latestMs);

    /// <summary>Takes messages off the list: they are final, or too old to be known.</summary>
    public static bool Strike(DbConnection connection, IEnumerable<long> messages)
    {
        foreach (var message in messages)
        {
            connection.Execute("DELETE FROM asking WHERE message = @p0", message);
        }

        return true;
    }

    /// <summary>The account's run of a period, made when there is none.</summary>
    public static long Run(DbConnection connection, int account, string edition, DateTimeOffset periodStart, DateTimeOffset now)
    {
        var id = connection.Scalar(
            "SELECT MAX(id) FROM reconciliation WHERE account = @p0 AND edition = @p1 AND started_at >= @p2", account, edition, periodStart);
        if (id == 0)
        {
            id = connection.Scalar("SELECT MAX(id) FROM reconciliation") + 1;
            connection.Execute(
                """
                INSERT INTO reconciliation (id, account, edition, started_at, ended_at, requests, asked, answered, recovered, failures, error)
                VALUES (@p0, @p1, @p2, @p3, @p3, 0, 0, 0, 0, 0, NULL)
                """,
                id,
                account,
                edition,
                now);
        }

        return id;
    }

    /// <summary>Notes what came of a question in the run and sets when each message is asked about again; final ones leave the list.</summary>
    public static (int Answered, int Recovered) Settle(
        DbConnection connection, long run, IReadOnlyList<Asked> asked, IReadOnlyList<AppendedToMessage?> results, Func<int, DateTimeOffset> nextAsk, DateTimeOffset now)
    {
        var (fresh, answered, recovered) = (0, 0, 0);
        for (var i = 0; i < asked.Count; i++)
        {
            var (row, known) = asked[i];
            fresh += row.AskedRun == run || row.IsFurtherPart ? 0 : 1;
            answered += known && row.AnsweredRun != run && !row.IsFurtherPart ? 1 : 0;
            if (results[i] is not { IsFinal: false } result)
            {
                recovered += results[i] is { WasFinal: false } ? 1 : 0;
                connection.Execute("DELETE FROM asking WHERE message = @p0", row.Message);
                continue;
            }

            connection.Execute(
                "UPDATE asking SET ask_at = @p1, asks = @p4, asked_run = @p2, answered_run = @p3 WHERE message = @p0",
                row.Message,
                nextAsk(row.Asks + 1),
                run,
                known ? run : row.AnsweredRun,
                row.Asks + 1);
        }

        connection.Execute(
            """
            UPDATE reconciliation SET ended_at = @p1, asked = asked + @p2, answered = answered + @p3, recovered = recovered + @p4 WHERE id = @p0
            """,
            run,
            now,
            fresh,
            answered,
            recovered);
        return (answered, recovered);
    }

    /// <summary>Counts requests, and one that failed with its sentence.</summary>
    public static bool Count(DbConnection connection, long run, int requests, string? failure, DateTimeOffset now)
    {
        connection.Execute(
            "UPDATE reconciliation SET ended_at = @p1, requests = requests + @p2, failures = failures + @p3, error = COALESCE(@p4, error) WHERE id = @p0",
            run,
            now,
            requests,
            failure is null ? 0 : 1,
            failure);
        return true;
    }

    /// <summary>Forgets runs that nobody looks at any more, and messages that no provider knows any more.</summary>
    public static bool Tidy(DbConnection connection, DateTimeOffset runsBefore, long messagesBefore)
    {
        connection.Execute("DELETE FROM reconciliation WHERE ended_at < @p0", runsBefore);
        connection.Execute("DELETE FROM asking WHERE message < @p0", messagesBefore);
        return true;
    }
}
