using System.Diagnostics;
using System.Globalization;

namespace HoiAm.EndToEnd.Tests.Cluster;

/// <summary>
/// A machine of its own as far as the network goes: two links to this one, of which the first can be cut as if a cable were pulled. Made
/// with <c>ip</c> (Debian: iproute2), by root.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private static int s_last;
    private readonly string _name;
    private readonly string _first;
    private readonly string _second;

    private NetworkNamespace(int number)
    {
        var process = Environment.ProcessId;
        (_name, _first, _second) = (Text($"hoiam-{process}-{number}"), Text($"h{process}a{number}"), Text($"h{process}b{number}"));

        // Of the addresses that are set aside for tests of networks (RFC 2544), by process, so that two runs do not meet.
        Net = Text($"198.{18 + (process >> 8 & 1)}.{process & 255}.");
    }

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Missing
    {
        get
        {
            if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/ip") && !File.Exists("/sbin/ip"))
            {
                return "Network namespaces need Linux, root and ip (Debian: apt-get install iproute2).";
            }

            try
            {
                using var probe = Make();
                return null;
            }
            catch (InvalidOperationException error)
            {
                return "Network namespaces are not permitted here: " + error.Message;
            }
        }
    }

    /// <summary>What starts a program in it.</summary>
    public string[] Within => ["ip", "netns", "exec", _name];

    /// <summary>This side of the link that can be cut.</summary>
    public string CutHere => Net + "1";

    /// <summary>Range of that link.</summary>
    public string CutRange => Net + "0/30";

    /// <summary>This side of the link that stays.</summary>
    public string Here => Net + "5";

    /// <summary>Its side of the link that stays.</summary>
    public string There => Net + "6";

    private string Net { get; }

    public static NetworkNamespace Make()
    {
        var made = new NetworkNamespace(Interlocked.Increment(ref s_last));
        try
        {
            Ip("netns", "add", made._name);
            Ip("-n", made._name, "link", "set", "lo", "up");
            made.Link(made._first, made.CutHere, made.Net + "2");
            made.Link(made._second, made.Here, made.There);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Pulls the cable: nothing comes through, and nothing says so.</summary>
    public void Cut() => Ip("link", "set", _first, "down");

    public void Mend() => Ip("link", "set", _first, "up");

    public void Dispose()
    {
        foreach (var words in (string[][])[["link", "del", _first], ["link", "del", _second], ["netns", "del", _name]])
        {
            try
            {
                Ip(words);
            }
            catch (InvalidOperationException)
            {
                // Not made, or gone with its other end.
            }
        }
    }

    private void Link(string device, string here, string there)
    {
        Ip("link", "add", device, "type", "veth", "peer", "name", device + "p", "netns", _name);
        Ip("addr", "add", here + "/30", "dev", device);
        Ip("link", "set", device, "up");
        Ip("-n", _name, "addr", "add", there + "/30", "dev", device + "p");
        Ip("-n", _name, "link", "set", device + "p", "up");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Ip(params string[] words)
    {
        var start = new ProcessStartInfo("ip", words) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', words)}: {error.Trim()}");
        }
    }
}
