using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using HoiAm.Server.Hosting;

namespace HoiAm.Cli.Commands;

/// <summary>Runs a command line; every failure ends with one sentence on stderr that says what to do next.</summary>
internal static class Runner
{
    /// <summary>Exit codes: 0 done, 1 the hub refused or something was not found, 2 unusable options or start-up failure.</summary>
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction && args.Length > 0)
        {
            var command = string.Join(' ', Names(parsed.CommandResult));
            return Fail($"{string.Join(' ', parsed.Errors.Select(e => Sentence(e.Message)))} See {command} --help.", 2);
        }

        try
        {
            // Without a word of what to do, the help is shown as for a mistake.
            var code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
            return parsed.Action is ParseErrorAction ? 2 : code;
        }
        catch (StartupException error)
        {
            return Fail(error.Message, 2);
        }
        catch (HubRefusal refusal)
        {
            return Fail(refusal.Message, 1);
        }
        catch (HttpRequestException error)
        {
            return Fail($"no hub answers ({error.Message}). Start one with ./run, or name another with --url.", 1);
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    // The parser speaks of the framework's types, and writes a choice over several lines without a stop.
    private static string Sentence(string message)
    {
        var line = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Replace("as expected type 'System.Int32'", "as a whole number", StringComparison.Ordinal);
        return line.EndsWith('.') ? line : line + ".";
    }

    private static IEnumerable<string> Names(CommandResult command) =>
        command.Parent is CommandResult parent ? [.. Names(parent), command.Command.Name] : ["hoiam"];

    private static int Fail(string sentence, int code)
    {
        Console.Error.WriteLine("hoiam: " + sentence);
        return code;
    }
}
