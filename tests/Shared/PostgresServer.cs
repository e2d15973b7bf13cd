using System.Net;
using System.Net.Sockets;

// By name, because some of the projects that compile this have these namespaces for all of their files and others do not.
using CultureInfo = System.Globalization.CultureInfo;
using Process = System.Diagnostics.Process;
using ProcessStartInfo = System.Diagnostics.ProcessStartInfo;

namespace HoiAm.Testing;

/// <summary>
/// A PostgreSQL of the tests' own, from Debian's package, in a temporary folder, on a free port of loopback. It ends with whoever started
/// it, also when that is killed: it watches a pipe. A crash of the machine is no part of these tests, so it does not sync.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    private static readonly Lock s_lock = new();
    private static PostgresServer? s_shared;

    private readonly string _folder;
    private readonly string _settings;
    private Process? _process;

    private PostgresServer(string settings)
    {
        _folder = Directory.CreateTempSubdirectory("hoiam-pg-").FullName;
        _settings = settings;
        Port = FreePort();
    }

    /// <summary>Why there is none here; null when there is.</summary>
    public static string? Missing => Programs is null
        ? "PostgreSQL is not installed (Debian: apt-get install postgresql)."
        : OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv")
            ? "PostgreSQL does not run as root, and there is no setpriv."
            : null;

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; }

    private static string? Programs { get; } = OperatingSystem.IsWindows() || !Directory.Exists("/usr/lib/postgresql")
        ? null
        : Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin"))
            .Where(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "postgres")))
            .OrderByDescending(d => d.Length).ThenByDescending(d => d, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>The one that all tests of a process share.</summary>
    public static PostgresServer Shared
    {
        get
        {
            lock (s_lock)
            {
                if (s_shared is null)
                {
                    s_shared = Start();
                    AppDomain.CurrentDomain.ProcessExit += (_, _) => s_shared.Dispose();
                }

                return s_shared;
            }
        }
    }

    /// <summary>Makes a cluster and starts it.</summary>
    public static PostgresServer Start(string settings = "")
    {
        var server = new PostgresServer(settings);
        try
        {
            server.Run("initdb", "-D", server.Data, "-U", "hoiam", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
            server.StartAgain();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Makes a standby of a server and starts it. It follows from here on; <see cref="Confirm"/> makes commits wait for it.</summary>
    public static PostgresServer StartStandby(PostgresServer primary, string settings = "")
    {
        var server = new PostgresServer(settings);
        try
        {
            server.Run(
                "pg_basebackup", "-D", server.Data, "-h", "127.0.0.1", "-p", primary.Port.ToString(CultureInfo.InvariantCulture),
                "-U", "hoiam", "-R", "-X", "stream", "--checkpoint=fast", "--no-sync");
            server.StartAgain();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Lets everybody in who comes from a range of addresses.</summary>
    public void Trust(string range)
    {
        File.AppendAllText(Path.Combine(Data, "pg_hba.conf"), $"host all all {range} trust\n");
        Sql("postgres", "SELECT pg_reload_conf()");
    }

    /// <summary>From now on a commit waits until a standby has it.</summary>
    public void Confirm()
    {
        Sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        Sql("postgres", "SELECT pg_reload_conf()");
    }

    /// <summary>Makes a standby the one that takes writes.</summary>
    public void Promote() => Run("pg_ctl", "promote", "-D", Data, "-w");

    /// <summary>Connection string of a database; it need not exist.</summary>
    public string ConnectionString(string database) => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=hoiam;Database={database};Include Error Detail=true");

    /// <summary>Starts a cluster that was killed or stopped; returns when it takes connections.</summary>
    public void StartAgain()
    {
        var options = string.Create(
            CultureInfo.InvariantCulture,
            $"-D '{Data}' -p {Port} -k '{_folder}' -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200 -c shared_buffers=64MB {_settings}");

        // The shell waits for the end of its input, which is this process's end; then the server goes down at once.
        var script = $"'{Programs}/postgres' {options} >>'{_folder}/log' 2>&1 & server=$!; echo $server >'{_folder}/pid'; (cat >/dev/null; kill -QUIT $server 2>/dev/null) & wait $server";
        var start = Command("/bin/sh", "-c", script.Replace("(cat >/dev/null;", "(cat <&3 >/dev/null;", StringComparison.Ordinal).Insert(0, "exec 3<&0; "));
        start.RedirectStandardInput = true;
        _process = Process.Start(start)!;
        for (var tries = 0; ; tries++)
        {
            if (TryRun("pg_isready", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-q") == 0)
            {
                return;
            }

            if (_process.HasExited || tries > 300)
            {
                throw new InvalidOperationException("PostgreSQL did not start: " + File.ReadAllText(Path.Combine(_folder, "log")));
            }

            Thread.Sleep(100);
        }
    }

    /// <summary>Ends all its processes at once, as a crash does; nothing is finished.</summary>
    public void Kill()
    {
        // The whole group at once: the postmaster alone would leave its children for a moment.
        Run("pg_ctl", "kill", "QUIT", File.ReadAllText(Path.Combine(_folder, "pid")).Trim());
        _process!.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>SIGKILL to every process of it: none of them says goodbye.</summary>
    public void KillHard()
    {
        Signal("-KILL");
        _process!.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Stops every process of it where it stands: connections stay, and nobody answers.</summary>
    public void Freeze() => Signal("-STOP");

    /// <summary>Lets it go on after <see cref="Freeze"/>.</summary>
    public void Thaw() => Signal("-CONT");

    /// <summary>Runs SQL.</summary>
    public string Sql(string database, string sql) => Run(
        "psql", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", "hoiam", "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql);

    public void Dispose()
    {
        if (_process is { } process)
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(10_000))
            {
                process.Kill(entireProcessTree: true);
            }

            process.Dispose();
            _process = null;
        }

        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // Something of it was still being written; it is in the temporary folder.
        }
    }

    private string Data => Path.Combine(_folder, "data");

    private string Run(string program, params string[] arguments)
    {
        var start = Command(Path.Combine(Programs!, program), arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {output}{error.Result}");
    }

    // The first one at once, so that it makes no more of them.
    private void Signal(string signal)
    {
        var first = int.Parse(File.ReadAllText(Path.Combine(_folder, "pid")), CultureInfo.InvariantCulture);
        foreach (var id in (int[])[first, .. ChildrenOf(first)])
        {
            using var kill = Process.Start("kill", [signal, id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
    }

    private static List<int> ChildrenOf(int parent) =>
    [
        .. File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{parent}/task/{parent}/children"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
    ];

    private int TryRun(string program, params string[] arguments)
    {
        using var process = Process.Start(Command(Path.Combine(Programs!, program), arguments))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    // PostgreSQL refuses to run as root: then as the user that the package made.
    private ProcessStartInfo Command(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo { FileName = program, UseShellExecute = false, WorkingDirectory = _folder };
        if (Environment.IsPrivilegedProcess)
        {
            using (var own = Process.Start("chown", ["postgres", _folder]))
            {
                own.WaitForExit();
            }

            start.FileName = "/usr/bin/setpriv";
            foreach (var argument in (string[])["--reuid=postgres", "--regid=postgres", "--clear-groups", program])
            {
                start.ArgumentList.Add(argument);
            }
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
