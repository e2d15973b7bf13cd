using System.CommandLine;
using System.Globalization;
using HoiAm.Cli.Output;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoiAm.Cli.Commands;

/// <summary><c>hoiam listen</c>: a hook that shows each callback decoded as it arrives, and answers as told.</summary>
internal static class ListenCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1", DefaultValueFactory = _ => 8621 };
        var answer = new Option<string>("--answer")
        {
            Description = "200, any other status, hang (never answers) or slow (answers 200 after 3 seconds)",
            DefaultValueFactory = _ => "200",
        };
        var command = new Command("listen", "A hook that shows each callback decoded, and answers as told") { Printer.JsonOption, Language.Option, port, answer };
        command.SetAction((parsed, cancel) =>
            RunAsync(parsed.GetValue(port), parsed.GetValue(answer)!, parsed.GetValue(Printer.JsonOption) ? null : parsed.GetValue(Language.Option), cancel));
        return command;
    }

    // Without a language the callbacks are printed as JSON.
    private static async Task<int> RunAsync(int port, string answer, string? language, CancellationToken cancel)
    {
        if (answer is not ("hang" or "slow") && (!int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code is < 100 or > 599))
        {
            throw new HubRefusal($"--answer must be hang, slow or a status from 100 to 599, not '{answer}'.");
        }

        if (port is < 1 or > 65_535)
        {
            throw new HubRefusal("--port must be from 1 to 65535.");
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var app = builder.Build();
        var count = 0;
        app.Run(context => HandleAsync(context, answer, language, Interlocked.Increment(ref count)));
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new HubRefusal($"port {port} cannot be used: {error.Message}");
        }

        Console.Error.WriteLine($"listening on http://127.0.0.1:{port}/ and answering {answer}; Ctrl-C ends");
        await app.WaitForShutdownAsync(cancel).ConfigureAwait(false);
        return 0;
    }

    private static async Task HandleAsync(HttpContext context, string answer, string? language, int number)
    {
        var request = context.Request;
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? request.Path + request.QueryString;
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false);
        var id = request.Headers["X-HoiAm-Callback-Id"].ToString();
        var attempt = request.Headers["X-HoiAm-Attempt"].ToString();
        lock (Console.Out)
        {
            if (language is null)
            {
                Printer.Json(System.Text.Json.JsonSerializer.SerializeToElement(new { number, method = request.Method, target, body, id, attempt }));
            }
            else
            {
                Console.WriteLine();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"#{number}  {request.Method} {target}"));
                if (id.Length > 0)
                {
                    Console.WriteLine($"callback {id}, attempt {attempt}");
                }

                DecodeCommand.Show(Language.Explain(body.Length > 0 ? body : target, language), language);
            }
        }

        if (answer == "hang")
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        if (answer == "slow")
        {
            await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        context.Response.StatusCode = answer == "slow" ? 200 : int.Parse(answer, CultureInfo.InvariantCulture);
        if (context.Response.StatusCode == 200)
        {
            await context.Response.WriteAsync("OK").ConfigureAwait(false);
        }
    }
}
