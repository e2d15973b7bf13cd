using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using HoiAm.Cli.Output;
using HoiAm.Server.Moving;
using Spectre.Console;

namespace HoiAm.Cli.Commands;

/// <summary><c>hoiam migrate</c>: moves the embedded store to PostgreSQL, goes on where it was broken off, and compares both in the end.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "Folder of the embedded store; no hub may run on it", DefaultValueFactory = _ => "./data" };
        var postgres = new Option<string>("--postgres") { Description = "Connection string of an empty PostgreSQL database", Required = true };
        var command = new Command("migrate", "Move the embedded store to PostgreSQL: resumable, compared in the end; the embedded store stays as it is")
        {
            data, postgres, Printer.JsonOption,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var json = parsed.GetValue(Printer.JsonOption);
            IReadOnlyList<MovedTable> Move(Action<MoveProgress> told) =>
                StoreMove.Run(parsed.GetValue(data)!, parsed.GetValue(postgres)!, TimeProvider.System, told, cancel);

            var moved = json || Console.IsOutputRedirected
                ? await Task.Run(() => Move(_ => { }), cancel).ConfigureAwait(false)
                : await WithProgressAsync(Move).ConfigureAwait(false);
            if (json)
            {
                Printer.Json(JsonSerializer.SerializeToElement(new { tables = moved }, JsonSerializerOptions.Web));
            }
            else
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{moved.Sum(t => t.Rows):#,0} rows in {moved.Count} tables, counts and checksums equal."));
                Console.WriteLine("Now start the hub with --postgres, and never again on the old folder: callbacks would be sent twice.");
            }

            return 0;
        });
        return command;
    }

    private static Task<IReadOnlyList<MovedTable>> WithProgressAsync(Func<Action<MoveProgress>, IReadOnlyList<MovedTable>> move) =>
        AnsiConsole.Progress().StartAsync(context =>
        {
            var bars = new Dictionary<(string, string), ProgressTask>();
            return Task.Run(() => move(progress =>
            {
                if (!bars.TryGetValue((progress.Step, progress.Table), out var bar))
                {
                    bars[(progress.Step, progress.Table)] = bar = context.AddTask($"{progress.Step} {progress.Table}");
                }

                bar.MaxValue = Math.Max(1, progress.Total);
                bar.Value = progress.Total == 0 ? 1 : progress.Done;
            }));
        });
}
