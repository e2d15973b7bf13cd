namespace HoiAm.Faults.Hub;

/// <summary>A folder that is gone afterwards; in memory where the system offers that, because a cut point is written and thrown away.</summary>
internal sealed class Scratch : IDisposable
{
    public Scratch(bool inMemory)
    {
        const string Memory = "/dev/shm";
        Folder = inMemory && Directory.Exists(Memory)
            ? Directory.CreateDirectory(Path.Combine(Memory, "hoiam-faults-" + Path.GetRandomFileName())).FullName
            : Directory.CreateTempSubdirectory("hoiam-faults-").FullName;
    }

    public string Folder { get; }

    public string File(string name) => Path.Combine(Folder, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // A process that was just killed may still let go of its files; the system's clean-up takes the rest.
        }
    }
}
