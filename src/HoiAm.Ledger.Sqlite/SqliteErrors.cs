using HoiAm.Ledger.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HoiAm.Ledger.Sqlite;

/// <summary>Tells a store that is away (full disk, read-only, I/O error, locked) from a mistake of ours.</summary>
internal static class SqliteErrors
{
    public static void Check(sqlite3 db, int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            Throw(db, code);
        }
    }

    public static void Throw(sqlite3 db, int code)
    {
        var text = raw.sqlite3_errmsg(db).utf8_to_string();
        throw Explain(code) is { } reason
            ? new StoreUnavailableException($"{reason} ({text})")
            : new SqliteException($"SQLite error {code}: {text}", code & 0xFF, code);
    }

    /// <summary>A sentence for the codes that mean "not now"; null for all others.</summary>
    public static string? Explain(int code) => (code & 0xFF) switch
    {
        raw.SQLITE_FULL => "The disk of the data folder is full.",
        raw.SQLITE_READONLY => "The data folder is read-only.",
        raw.SQLITE_IOERR => "The disk of the data folder fails.",
        raw.SQLITE_CANTOPEN => "The store cannot be opened.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "Another process holds the store.",
        raw.SQLITE_NOMEM => "There is no memory left.",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "The store is damaged.",
        _ => null,
    };
}
