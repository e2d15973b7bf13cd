using System.IO.MemoryMappedFiles;

namespace HoiAm.Faults.Injecting;

/// <summary>The page through which the harness tells the shim what shall fail; the layout is struct control of native/shim.c.</summary>
internal sealed class ControlPage : IDisposable
{
    public const int NoSpace = 28;
    public const int ReadOnlyDisk = 30;

    private const int Size = 4_096;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _page;

    public ControlPage(string path)
    {
        File.WriteAllBytes(path, new byte[Size]);
        FilePath = path;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, Size);
        _page = _file.CreateViewAccessor(0, Size);
    }

    public string FilePath { get; }

    /// <summary>How long every sync waits, in µs.</summary>
    public uint SyncDelayMicros
    {
        set => _page.Write(0, value);
    }

    /// <summary>Of a million syncs, so many fail with EIO.</summary>
    public uint SyncErrorsPerMillion
    {
        set => _page.Write(4, value);
    }

    /// <summary>What every write fails with; 0 for none.</summary>
    public int WriteError
    {
        set => _page.Write(8, (uint)value);
    }

    /// <summary>True while names below ".hooks.test" cannot be resolved.</summary>
    public bool NamesFail
    {
        set => _page.Write(12, value ? 1u : 0u);
    }

    /// <summary>How far the hub's wall clock is off.</summary>
    public TimeSpan ClockOffset
    {
        set => _page.Write(16, value.Ticks * 100);
    }

    public long Syncs => _page.ReadInt64(24);

    public long SyncsFailed => _page.ReadInt64(32);

    public long SyncsDelayed => _page.ReadInt64(40);

    public long WritesFailed => _page.ReadInt64(48);

    public long NamesFailed => _page.ReadInt64(56);

    /// <summary>Everything works again.</summary>
    public void Heal()
    {
        SyncDelayMicros = 0;
        SyncErrorsPerMillion = 0;
        WriteError = 0;
        NamesFail = false;
        ClockOffset = TimeSpan.Zero;
    }

    public void Dispose()
    {
        _page.Dispose();
        _file.Dispose();
    }
}
