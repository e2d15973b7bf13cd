using System.Globalization;
using HoiAm.Bench.Fill;
using HoiAm.Ledger.Sqlite;

if (FillOptions.Read(args) is not { } options)
{
    await Console.Error.WriteLineAsync(FillOptions.Usage).ConfigureAwait(false);
    return 2;
}

var database = new SqliteDatabase(options.Folder);
if (!File.Exists(database.File))
{
    await Console.Error.WriteLineAsync($"There is no store in {options.Folder}.").ConfigureAwait(false);
    return 2;
}

Customers customers;
using (var connection = database.OpenReader())
{
    customers = Customers.Read(connection);
}

var began = TimeProvider.System.GetTimestamp();
await using (var known = new StreamWriter(options.Known))
await using (var history = new History(options, customers, clock => new SqliteStore(database, clock)))
{
    await history.EnterAsync(known).ConfigureAwait(false);
}

var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
await Console.Error.WriteLineAsync(string.Create(
    CultureInfo.InvariantCulture, $"  {options.Messages:N0} entered in {seconds:F0} s, {options.Messages / seconds:N0} a second")).ConfigureAwait(false);
return 0;
