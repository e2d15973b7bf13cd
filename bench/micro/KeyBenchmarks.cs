using BenchmarkDotNet.Attributes;
using HoiAm.Server.Security;

namespace HoiAm.Bench.Micro;

/// <summary>What every request pays for keys that are kept only as keyed digests.</summary>
public class KeyBenchmarks
{
    private DirectoryInfo _folder = null!;
    private KeyRing _keys = null!;

    [GlobalSetup]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("hoiam-micro-");
        _keys = KeyRing.Create(_folder.FullName);
    }

    [GlobalCleanup]
    public void Close() => _folder.Delete(recursive: true);

    [Benchmark]
    public int DigestOfKey() => _keys.Digest("vk_5f1c9a0c2d7e4b8fa3d6e9b1c4a7d0f3").GetHashCode();
}
