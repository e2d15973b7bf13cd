using HoiAm.Ledger.Postgres;

namespace HoiAm.Ledger.Tests.Postgres;

/// <summary>Connection strings as operators write them.</summary>
public sealed class PostgresDatabaseTests
{
    [Theory]
    [InlineData("Host=a,b;Target Session Attributes=standby", "'standby'")]
    [InlineData("Host=a,b;Target Session Attributes=prefer-standby", "'prefer-standby'")]
    [InlineData("Host=a,b;Target Session Attributes=leader", "leader")]
    public void HostThatTakesNoWritesAskedFor_IsRefused(string connection, string says)
    {
        var error = Assert.Throws<UnusableDatabaseException>(() => new PostgresDatabase(connection));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=a,b;Target Session Attributes=primary")]
    [InlineData("Host=a:5433,b:5434;Target Session Attributes=Read-Write")]
    [InlineData("Host=a;Target Session Attributes=any")]
    public void HostThatTakesWritesAskedFor_IsUnderstood(string connection)
    {
        using var database = new PostgresDatabase(connection);
        Assert.Contains(" at a", database.Name, StringComparison.Ordinal);
    }
}
