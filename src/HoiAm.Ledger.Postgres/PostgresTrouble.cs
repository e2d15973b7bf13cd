namespace HoiAm.Ledger.Postgres;

/// <summary>What an error of the driver means to those who only read.</summary>
public static class PostgresTrouble
{
    /// <summary>A sentence for errors that mean "not now"; null for all others.</summary>
    public static string? Explain(Exception error) => PostgresErrors.Explain(error);
}
