using System.Text;
using HoiAm.Ledger.Sqlite;
using HoiAm.Ledger.Storage;

namespace HoiAm.EndToEnd.Tests.Privacy;

/// <summary>Looks through every text and every blob of every table: what an erasure missed is found wherever it is.</summary>
internal static class StoreScan
{
    /// <summary>The tables and columns that hold one of the texts.</summary>
    public static IReadOnlyList<string> Find(string folder, params string[] texts)
    {
        using var connection = new SqliteDatabase(folder).OpenReader();
        var found = new List<string>();
        foreach (var table in connection.Query("SELECT name FROM sqlite_master WHERE type = 'table'", r => r.GetString(0)))
        {
            found.AddRange(connection.Query($"SELECT * FROM {table}", row => Enumerable.Range(0, row.FieldCount)
                .Where(i => !row.IsDBNull(i) && Text(row.GetValue(i)) is { } text && texts.Any(t => text.Contains(t, StringComparison.Ordinal)))
                .Select(i => $"{table}.{row.GetName(i)}: {Text(row.GetValue(i))}").ToList()).SelectMany(f => f));
        }

        return found;
    }

    private static string? Text(object value) => value switch
    {
        string text => text,
        byte[] blob => Encoding.Latin1.GetString(blob),
        _ => null,
    };
}
