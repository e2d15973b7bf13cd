using System.Net.Sockets;
using Npgsql;

namespace HoiAm.Ledger.Postgres;

/// <summary>Tells a database that is away (down, failing over, full, a standby) from a mistake of ours.</summary>
internal static class PostgresErrors
{
    /// <summary>A sentence for errors that mean "not now"; null for all others.</summary>
    public static string? Explain(Exception error) => error switch
    {
        PostgresException refused => Explain(refused.SqlState),
        NpgsqlException { InnerException: TimeoutException } => "PostgreSQL does not answer in time.",
        NpgsqlException or SocketException or TimeoutException or EndOfStreamException =>
            $"PostgreSQL cannot be reached ({error.Message.TrimEnd('.')}).",
        _ => null,
    };

    /// <summary>The loser of a lock cycle, of a serialization or of a wager: nothing of it was written, and it may begin again.</summary>
    public static bool IsConflict(Exception error) => error is PostgresException { SqlState: "40001" or "40P01" or WagerLost };

    /// <summary>What was taken for granted does not hold (Migrations/0005.sql).</summary>
    public const string WagerLost = "HA001";

    /// <summary>
    /// False only when the server has said that the transaction is not committed: an answer to an error of it. A server that goes down may
    /// have committed and then been told to stop waiting for its standby.
    /// </summary>
    public static bool IsCommitUncertain(Exception error) => error is not PostgresException refused || refused.SqlState.StartsWith("57P", StringComparison.Ordinal);

    private static string? Explain(string state) => state switch
    {
        "25006" => "PostgreSQL is a read-only standby here.",
        "25P03" => "PostgreSQL ended a transaction that this node left idle.",
        "53100" => "The disk of PostgreSQL is full.",
        "53300" => "PostgreSQL has no connections left.",
        "55P03" or "57014" => "PostgreSQL did not get to it in time.",
        "57P01" or "57P02" or "57P03" or "57P05" => "PostgreSQL is starting or stopping.",
        "40001" or "40P01" or WagerLost => "PostgreSQL has too many conflicts between nodes.",
        "23514" => "PostgreSQL has no partition for this time yet.",
        _ when state.StartsWith("08", StringComparison.Ordinal) => "The connection to PostgreSQL broke.",
        _ when state.StartsWith("53", StringComparison.Ordinal) => "PostgreSQL is out of resources.",
        _ when state.StartsWith("58", StringComparison.Ordinal) => "The disk of PostgreSQL fails.",
        _ => null,
    };
}
