using HoiAm.Server.Hosting;

// The first words decide; everything else is read by System.CommandLine once there is more than one command.
try
{
    var options = ServeArguments.Read(args);
    await using var hub = await Hub.StartAsync(options).ConfigureAwait(false);
    Console.WriteLine("HoiAm listens on " + string.Join(", ", hub.Addresses));
    if (hub.NewAdminToken is { } token)
    {
        Console.WriteLine("Administrator token, shown only this once: " + token);
    }

    await hub.WaitAsync().ConfigureAwait(false);
    return 0;
}
catch (StartupException error)
{
    await Console.Error.WriteLineAsync("hoiam: " + error.Message).ConfigureAwait(false);
    return 2;
}

internal static class ServeArguments
{
    public static HubOptions Read(string[] args)
    {
        var options = new HubOptions { Output = Console.Out };
        for (var i = 0; i < args.Length; i++)
        {
            string Value() => i + 1 < args.Length ? args[++i] : throw new StartupException(args[i] + " needs a value.");
            options = args[i] switch
            {
                "serve" when i == 0 => options,
                "--urls" => options with { Urls = Value() },
                "--data" => options with { Data = Value() },
                "--postgres" => options with { Postgres = Value() },
                "--sandbox" => options with { Sandbox = true },
                "--no-sandbox" => options with { Sandbox = false },
                "--sandbox-anywhere" => options with { SandboxAnywhere = true },
                "--admin-token" => options with { AdminToken = Value() },
                "--public-url" => options with { PublicUrl = Value() },
                _ => throw new StartupException($"'{args[i]}' is not known."),
            };
        }

        return options;
    }
}
