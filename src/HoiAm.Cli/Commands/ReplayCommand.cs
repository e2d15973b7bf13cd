using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using HoiAm.Cli.Output;
using Spectre.Console;

namespace HoiAm.Cli.Commands;

/// <summary><c>hoiam replay</c>: sends one callback again, or all that fit a filter, with a progress bar.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("id") { Description = "Callback id (cb_…); leave it out and give a filter for many", Arity = ArgumentArity.ZeroOrOne };
        var state = new Option<string>("--state") { Description = "pending, delivered, exhausted or cancelled" };
        var account = new Option<string>("--account") { Description = "Only this account" };
        var host = new Option<string>("--host") { Description = "Only hooks at this host" };
        var from = new Option<string>("--from") { Description = "Made at or after this time" };
        var to = new Option<string>("--to") { Description = "Made before this time" };
        var command = new Command("replay", "Send callbacks again: same id, same bytes")
        {
            HubClient.UrlOption, HubClient.TokenOption, Printer.JsonOption, state, account, host, from, to,
        };
        command.Arguments.Add(id);
        command.SetAction(async (parsed, cancel) =>
        {
            using var hub = HubClient.Of(parsed);
            if (parsed.GetValue(id) is { } one)
            {
                var answer = await hub.PostAsync($"/admin/v1/callbacks/{Uri.EscapeDataString(one)}/replay", null, cancel).ConfigureAwait(false);
                Show(parsed, answer, $"{one} is sent again");
                return 0;
            }

            var filter = new JsonObject();
            foreach (var (name, value) in new[]
            {
                ("state", parsed.GetValue(state)), ("account", parsed.GetValue(account)), ("host", parsed.GetValue(host)),
                ("from", parsed.GetValue(from)), ("to", parsed.GetValue(to)),
            })
            {
                if (value is not null)
                {
                    filter[name] = value;
                }
            }

            if (filter.Count == 0)
            {
                throw new HubRefusal("name a callback id, or say which ones: --state exhausted, --account, --host, --from, --to.");
            }

            var job = await hub.PostAsync("/admin/v1/callbacks/replay", filter.ToJsonString(), cancel).ConfigureAwait(false);
            var progress = await FollowAsync(hub, job.GetProperty("replayId").GetString()!, parsed.GetValue(Printer.JsonOption), cancel).ConfigureAwait(false);
            Show(parsed, progress, string.Create(
                CultureInfo.InvariantCulture,
                $"{progress.GetProperty("replayed")} of {progress.GetProperty("matched")} are sent again, {progress.GetProperty("skipped")} skipped (no hook)"));
            return 0;
        });
        return command;
    }

    private static async Task<JsonElement> FollowAsync(HubClient hub, string id, bool json, CancellationToken cancel)
    {
        JsonElement progress = default;
        async Task Poll(ProgressTask? bar)
        {
            while (true)
            {
                progress = await hub.GetAsync("/admin/v1/replays/" + id, cancel).ConfigureAwait(false);
                if (bar is not null)
                {
                    bar.MaxValue = Math.Max(1, progress.GetProperty("matched").GetInt64());
                    bar.Value = progress.GetProperty("replayed").GetInt64() + progress.GetProperty("skipped").GetInt64();
                }

                if (progress.GetProperty("state").GetString() != "running")
                {
                    return;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancel).ConfigureAwait(false);
            }
        }

        if (json || Console.IsOutputRedirected)
        {
            await Poll(null).ConfigureAwait(false);
        }
        else
        {
            await Printer.Terminal.Progress().StartAsync(context => Poll(context.AddTask("replaying"))).ConfigureAwait(false);
        }

        return progress;
    }

    private static void Show(ParseResult parsed, JsonElement answer, string sentence)
    {
        if (parsed.GetValue(Printer.JsonOption))
        {
            Printer.Json(answer);
        }
        else
        {
            Console.WriteLine(sentence);
        }
    }
}
