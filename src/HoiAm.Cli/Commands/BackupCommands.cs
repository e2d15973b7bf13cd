using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using HoiAm.Cli.Output;
using HoiAm.Server.Moving;
using Spectre.Console;

namespace HoiAm.Cli.Commands;

/// <summary><c>hoiam backup</c> and <c>hoiam restore</c>: the embedded store, saved while its hub runs and put back while none does.</summary>
internal static class BackupCommands
{
    public static Command Backup()
    {
        var target = new Argument<string>("to") { Description = "The file, or a folder in which one with the time in its name is made" };
        var data = Data("Folder of the embedded store; a hub may be running on it");
        var key = new Option<bool>("--with-key") { Description = "Put a copy of hub.key beside it: then the backup alone opens every secret" };
        var force = Force("Replace a file that is there");
        var command = new Command("backup", "Save the embedded store to a file, while its hub runs") { target, data, key, force, Printer.JsonOption };
        command.SetAction(async (parsed, cancel) =>
        {
            var json = parsed.GetValue(Printer.JsonOption);
            BackupMade Make(Action<long, long> told) => StoreBackup.Make(
                parsed.GetValue(data)!, parsed.GetValue(target)!, TimeProvider.System, parsed.GetValue(force), parsed.GetValue(key), told, cancel);

            var made = json || Console.IsOutputRedirected
                ? await Task.Run(() => Make((_, _) => { }), cancel).ConfigureAwait(false)
                : await WithProgressAsync(Make).ConfigureAwait(false);
            if (json)
            {
                Printer.Json(JsonSerializer.SerializeToElement(made, JsonSerializerOptions.Web));
                return 0;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{made.File}: {made.Bytes:#,0} bytes, looked through and on disk."));
            Console.WriteLine(made.Key is null
                ? "hub.key is not in it: without that file no key, token or secret in the backup can be used. Keep a copy of it elsewhere."
                : $"{made.Key}: the hub's key. Who has both files has every secret.");
            return 0;
        });
        return command;
    }

    public static Command Restore()
    {
        var source = new Argument<string>("from") { Description = "A file that hoiam backup made" };
        var data = Data("Folder to put it into; no hub may run on it");
        var key = new Option<string?>("--key") { Description = "A copy of hub.key (default: the one beside the backup, or the one in the folder)" };
        var force = Force("Replace a store that is there; it is kept under another name");
        var command = new Command("restore", "Put a backup of the embedded store back") { source, data, key, force, Printer.JsonOption };
        command.SetAction(async (parsed, cancel) =>
        {
            var done = await Task.Run(
                () => StoreRestore.Run(parsed.GetValue(source)!, parsed.GetValue(data)!, parsed.GetValue(key), TimeProvider.System, parsed.GetValue(force)),
                cancel).ConfigureAwait(false);
            if (parsed.GetValue(Printer.JsonOption))
            {
                Printer.Json(JsonSerializer.SerializeToElement(done, JsonSerializerOptions.Web));
                return 0;
            }

            Console.WriteLine($"{done.File} is the store of the backup" + (done.Summed ? ", and its sum is right." : "; there was no sum beside it to compare."));
            if (done.Replaced is { } replaced)
            {
                Console.WriteLine($"The store that was there is now {replaced}.");
            }

            Console.WriteLine(done.Key == "missing"
                ? "There is no hub.key: put the one that belongs to it into the folder before the hub starts."
                : "Now start the hub. What the backup holds as under way is sent again, under the same ids.");
            return 0;
        });
        return command;
    }

    // The last part, looking through the copy, has no measure: the bar then stands at its end.
    private static Task<BackupMade> WithProgressAsync(Func<Action<long, long>, BackupMade> make) =>
        AnsiConsole.Progress().StartAsync(context =>
        {
            var bar = context.AddTask("pages");
            return Task.Run(() => make((done, total) => (bar.MaxValue, bar.Value) = (Math.Max(1, total), done)));
        });

    private static Option<string> Data(string description) => new("--data") { Description = description, DefaultValueFactory = _ => "./data" };

    private static Option<bool> Force(string description) => new("--force") { Description = description };
}
