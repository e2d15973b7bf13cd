namespace HoiAm.Faults.Injecting;

/// <summary>The file layer of native/shim.c: compiled when it is first needed, kept beside the program.</summary>
internal static class Shim
{
    private static readonly Lock s_gate = new();
    private static string? s_library;

    /// <summary>Why there is no file layer here; null when there is one.</summary>
    public static string? Missing { get; private set; }

    /// <summary>The library, or null with a reason in <see cref="Missing"/>.</summary>
    public static string? Build()
    {
        lock (s_gate)
        {
            if (s_library is not null || Missing is not null)
            {
                return s_library;
            }

            if (!OperatingSystem.IsLinux())
            {
                Missing = "The file layer needs Linux (LD_PRELOAD).";
                return null;
            }

            var source = Path.Combine(AppContext.BaseDirectory, "native", "shim.c");
            var library = Path.Combine(AppContext.BaseDirectory, "native", "shim.so");
            if (!File.Exists(library) || File.GetLastWriteTimeUtc(library) < File.GetLastWriteTimeUtc(source))
            {
                // Several runs may start at once: each compiles for itself, the last rename wins.
                var own = library + "." + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
                Missing = Compile(source, own);
                if (Missing is not null)
                {
                    return null;
                }

                File.Move(own, library, overwrite: true);
            }

            return s_library = library;
        }
    }

    private static string? Compile(string source, string library)
    {
        string[] words = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"];
        foreach (var compiler in new[] { "cc", "gcc", "clang" })
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(compiler, words) { RedirectStandardError = true })!;
                var text = process.StandardError.ReadToEnd();
                process.WaitForExit();
                return process.ExitCode == 0 ? null : "The file layer does not compile: " + text;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // This compiler is not installed; perhaps the next one is.
            }
        }

        return "The file layer needs a C compiler (cc, gcc or clang).";
    }
}
