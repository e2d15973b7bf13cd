using System.Data.Common;
using System.Globalization;

namespace HoiAm.Server.Alerting;

/// <summary>
/// What was told, in rows of "meta", so that a restart tells nothing twice and forgets nothing that is to be told as over, and so that of
/// several nodes only one speaks. <c>alert/open/KEY</c> is a trouble that was told; <c>alert/sent/TYPE/KEY</c> when its type was last sent;
/// <c>alert/upto/ACCOUNT</c> the minute up to which given-up callbacks were told.
/// </summary>
internal sealed class AlertBook
{
    private const string Open = "alert/open/";
    private const string Upto = "alert/upto/";

    private readonly Dictionary<string, string> _rows;

    private AlertBook(Dictionary<string, string> rows) => _rows = rows;

    /// <summary>Keys of the troubles that were told and not yet told as over.</summary>
    public IEnumerable<string> OpenKeys => _rows.Keys.Where(n => n.StartsWith(Open, StringComparison.Ordinal)).Select(n => n[Open.Length..]);

    public static AlertBook Read(DbConnection connection) => new(connection
        .Query("SELECT name, value FROM meta WHERE name LIKE 'alert/%'", r => KeyValuePair.Create(r.GetString(0), r.GetString(1)))
        .ToDictionary(StringComparer.Ordinal));

    public bool IsOpen(string key) => _rows.ContainsKey(Open + key);

    /// <summary>When a trouble was told, Unix milliseconds; 0 when it was not.</summary>
    public long OpenedMs(string key) => Number(Open + key);

    /// <summary>The first minute whose given-up callbacks of an account were not told yet.</summary>
    public long UptoMinute(int account, long earliest) => Math.Max(Number(Upto + Text(account)), earliest);

    /// <summary>Cheap look before a write: true when the same was sent so lately that it must wait.</summary>
    public bool IsTooSoon(string type, string key, long nowMs, TimeSpan every) => Number(Sent(type, key)) > nowMs - (long)every.TotalMilliseconds;

    /// <summary>Takes the right to send this now; false when somebody did so within the time. To be called in the transaction that sends.</summary>
    public static bool Take(DbConnection connection, string type, string key, long nowMs, TimeSpan every) => connection.Execute(
        "INSERT INTO meta (name, value) VALUES (@p0, @p1) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE meta.value <= @p2",
        Sent(type, key),
        Text(nowMs),
        Text(nowMs - (long)every.TotalMilliseconds)) > 0;

    public static void SetOpen(DbConnection connection, string key, long nowMs) => Put(connection, Open + key, nowMs);

    public static void Close(DbConnection connection, string key) => connection.Execute("DELETE FROM meta WHERE name = @p0", Open + key);

    public static void SetUpto(DbConnection connection, int account, long minute) => Put(connection, Upto + Text(account), minute);

    /// <summary>Forgets what limits nothing any more: the longest pause between two of a kind is a day.</summary>
    public static void Tidy(DbConnection connection, long nowMs) => connection.Execute(
        "DELETE FROM meta WHERE name LIKE 'alert/sent/%' AND value < @p0", Text(nowMs - (long)TimeSpan.FromDays(2).TotalMilliseconds));

    private static string Sent(string type, string key) => $"alert/sent/{type}/{key}";

    private static void Put(DbConnection connection, string name, long value) => connection.Execute(
        "INSERT INTO meta (name, value) VALUES (@p0, @p1) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, Text(value));

    private long Number(string name) =>
        _rows.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // Thirteen digits until the year 2286, so texts compare as the numbers do.
    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
