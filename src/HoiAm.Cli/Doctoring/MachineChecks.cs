using System.Collections;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HoiAm.Cli.Doctoring;

/// <summary>What can be seen without the hub: environment, data folder, key, disk, clock.</summary>
internal static class MachineChecks
{
    private const int KeyBytes = 32;
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // Read by the other commands, and by the tests that kill a hub.
    private static readonly string[] s_otherVariables = ["HOIAM_URL", "HOIAM_TOKEN", "HOIAM_KILL_AT"];

    public static async IAsyncEnumerable<Finding> RunAsync(Command serve, string data)
    {
        yield return Configuration(serve);
        foreach (var finding in Folder(data))
        {
            yield return finding;
        }

        yield return await DnsAsync("DNS", "localhost").ConfigureAwait(false);
        if (await ClockAsync().ConfigureAwait(false) is { } clock)
        {
            yield return clock;
        }
    }

    /// <summary>Whether a name is resolved.</summary>
    public static async Task<Finding> DnsAsync(string check, string host)
    {
        try
        {
            await Dns.GetHostAddressesAsync(host).WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System).ConfigureAwait(false);
            return Finding.Ok(check, $"{host} is resolved");
        }
        catch (Exception error) when (error is SocketException or TimeoutException)
        {
            return Finding.Bad(check, $"{host} is not resolved: {error.Message}", host == "localhost"
                ? "Mend the resolver (/etc/resolv.conf, /etc/hosts); callbacks to host names fail without it."
                : "Ask the hook's owner whether the name is still right; if other names fail too, mend the resolver (/etc/resolv.conf).");
        }
    }

    // A misspelt variable is passed over by the hub, which cannot know whose it is.
    private static Finding Configuration(Command serve)
    {
        var known = serve.Options.Select(o => "HOIAM" + o.Name[1..].Replace('-', '_')).Concat(s_otherVariables).Select(Plain).ToHashSet(StringComparer.Ordinal);
        var unknown = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => (string)v.Key)
            .Where(n => n.StartsWith("HOIAM_", StringComparison.OrdinalIgnoreCase) && !known.Contains(Plain(n))).Order(StringComparer.Ordinal).ToList();
        return unknown.Count == 0
            ? Finding.Ok("configuration", "every HOIAM_ variable of this shell is one that the hub reads")
            : Finding.Bad("configuration", string.Join(", ", unknown) + " is read by nothing", "Compare the spelling with docs/configuration.md or hoiam serve --help.");

        static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
    }

    private static IEnumerable<Finding> Folder(string path)
    {
        if (!Directory.Exists(path))
        {
            yield return Finding.Ok("data folder", $"{path} is not on this machine (or not made yet); name another with --data");
            yield break;
        }

        yield return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != 0
            ? Finding.Bad("data folder", $"{path} is open to others", $"chmod 700 {path}")
            : Finding.Ok("data folder", $"{path} is its owner's alone");
        var key = Path.Combine(path, "hub.key");
        if (File.Exists(Path.Combine(path, "hub.db")) || File.Exists(key))
        {
            yield return Key(key);
        }

        var free = new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace >> 20;
        yield return free < 1024
            ? Finding.Bad("disk", string.Create(CultureInfo.InvariantCulture, $"{free} MiB left for {path}"), "Make room: when the disk is full, vendors are answered 503 until there is some. --retain-messages and its like forget sooner.")
            : Finding.Ok("disk", string.Create(CultureInfo.InvariantCulture, $"{free / 1024} GiB free for {path}"));
    }

    private static Finding Key(string path)
    {
        if (!File.Exists(path))
        {
            return Finding.Bad("hub.key", $"{path} is missing beside its store", "Put it back from the backup before the hub is started again: without it no key, token or secret of the store can be used.");
        }

        if (new FileInfo(path).Length != KeyBytes)
        {
            return Finding.Bad("hub.key", $"{path} is not of {KeyBytes} bytes", "Restore it from the backup; a new one opens nothing that the store holds.");
        }

        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != 0
            ? Finding.Bad("hub.key", $"{path} can be read by others", $"chmod 600 {path}")
            : Finding.Ok("hub.key", "is there, and its owner's alone");
    }

    // systemd knows whether the clock follows a time server; where there is no systemd nobody can be asked.
    private static async Task<Finding?> ClockAsync()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/timedatectl") || !Directory.Exists("/run/systemd/system"))
        {
            return null;
        }

        using var asked = Process.Start(new ProcessStartInfo("/usr/bin/timedatectl", ["show", "-p", "NTPSynchronized", "--value"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        });
        if (asked is null)
        {
            return null;
        }

        var answer = (await asked.StandardOutput.ReadToEndAsync().ConfigureAwait(false)).Trim();
        await asked.WaitForExitAsync().ConfigureAwait(false);
        return answer switch
        {
            "yes" => Finding.Ok("clock", "follows a time server"),
            "no" => Finding.Bad("clock", "follows no time server", "timedatectl set-ntp true (or chrony): signatures, windows of GetCallback and retries go by it."),
            _ => null,
        };
    }
}
