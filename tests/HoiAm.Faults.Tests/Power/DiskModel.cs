namespace HoiAm.Faults.Power;

/// <summary>What happens to writes that were not yet synced when the power goes.</summary>
internal enum CutMode
{
    /// <summary>All of them are forgotten.</summary>
    Forget,

    /// <summary>All of them are there: what a kill leaves.</summary>
    Keep,

    /// <summary>Some writes are there and some not, in whatever order the disk took them.</summary>
    Lose,

    /// <summary>Each sector of 512 bytes is as it was at some moment since the last sync, independently of all others.</summary>
    Tear,
}

/// <summary>
/// A disk that promises only what POSIX and the usual journalling file systems do: what was written before a sync returned is there; of
/// everything after it each sector may be old or new; a file's name is durable with the file's or the folder's next sync.
/// </summary>
internal sealed class DiskModel(WriteLog log, bool ignoresSyncs = false)
{
    private const int Sector = 512;
    private readonly Dictionary<int, DiskFile> _files = [];
    private int _at;

    /// <summary>True when something was written and not yet synced.</summary>
    public bool HasUnsynced => _files.Values.Any(f => f.Pending.Count > 0);

    /// <summary>Goes on to the record with this number; the cut comes right before it.</summary>
    public void Advance(int to)
    {
        for (; _at < to; _at++)
        {
            var record = log.Records[_at];
            switch (record.Op)
            {
                case DiskOp.Open:
                    _files.Add(record.File, new DiskFile(log.Path(record)));
                    break;
                case DiskOp.Sync when ignoresSyncs:
                    break;
                case DiskOp.Sync:
                    Sync(_files[record.File], record.Offset);
                    break;
                case DiskOp.Unlink:
                    _files[record.File].IsUnlinked = true;
                    break;
                default:
                    _files[record.File].Pending.Add(_at);
                    break;
            }
        }
    }

    /// <summary>Writes the files into a folder as the next start would find them. The folder itself is the first word of each path.</summary>
    public void Materialize(string original, string folder, CutMode mode, Random random)
    {
        foreach (var file in _files.Values.Where(f => f.Path.Length > original.Length))
        {
            if (IsThere(file, mode, random))
            {
                var content = Content(file, mode, random);
                using var stream = File.Create(Path.Combine(folder, file.Path[(original.Length + 1)..]));
                stream.Write(content.Bytes.AsSpan(0, (int)content.Length));
            }
        }
    }

    private static bool IsThere(DiskFile file, CutMode mode, Random random)
    {
        bool Happened() => mode == CutMode.Keep || (mode != CutMode.Forget && random.Next(2) == 0);
        return (file.IsNameDurable || Happened()) && !(file.IsUnlinked && (file.IsUnlinkDurable || Happened()));
    }

    // The watermark is the number of records when the sync began: what came while it ran is not promised.
    private void Sync(DiskFile file, long watermark)
    {
        var upTo = file.Pending.FindIndex(p => p >= watermark) is var first && first < 0 ? file.Pending.Count : first;
        for (var i = 0; i < upTo; i++)
        {
            Apply(file.Durable, log.Records[file.Pending[i]], null);
        }

        file.Pending.RemoveRange(0, upTo);
        file.IsNameDurable = true;
        foreach (var other in _files.Values.Where(f => f.Path.StartsWith(file.Path + "/", StringComparison.Ordinal)))
        {
            // It was the folder that was synced.
            other.IsNameDurable = true;
            other.IsUnlinkDurable = other.IsUnlinked;
        }
    }

    private DiskContent Content(DiskFile file, CutMode mode, Random random)
    {
        if (file.Pending.Count == 0 || mode == CutMode.Forget)
        {
            return file.Durable;
        }

        var content = file.Durable.Copy();
        var tears = mode == CutMode.Tear ? new Tears(Touches(file), random) : null;
        foreach (var number in file.Pending)
        {
            if (mode != CutMode.Lose || random.Next(2) == 0)
            {
                Apply(content, log.Records[number], tears);
            }
        }

        return content;
    }

    private Dictionary<long, int> Touches(DiskFile file)
    {
        var touches = new Dictionary<long, int>();
        foreach (var record in file.Pending.Select(number => log.Records[number]).Where(r => r.Op == DiskOp.Write && r.Length > 0))
        {
            for (var sector = record.Offset / Sector; sector <= (record.Offset + record.Length - 1) / Sector; sector++)
            {
                touches[sector] = touches.GetValueOrDefault(sector) + 1;
            }
        }

        return touches;
    }

    private void Apply(DiskContent content, in DiskRecord record, Tears? tears)
    {
        if (record.Op == DiskOp.Truncate)
        {
            if (tears is null || tears.Truncates())
            {
                content.Truncate(record.Offset);
            }

            return;
        }

        var data = log.Data(record);
        if (tears is null)
        {
            content.Write(record.Offset, data);
            return;
        }

        for (var done = 0; done < data.Length;)
        {
            var at = record.Offset + done;
            var part = Math.Min(data.Length - done, Sector - (int)(at % Sector));
            if (tears.Takes(at / Sector))
            {
                content.Write(at, data.Slice(done, part));
            }

            done += part;
        }
    }

    /// <summary>For each sector, how many of its unsynced writes reached the disk: a number drawn once, so that a sector is never newer before it is older.</summary>
    private sealed class Tears(Dictionary<long, int> touches, Random random)
    {
        private readonly Dictionary<long, int> _left = [];

        public bool Takes(long sector)
        {
            if (!_left.TryGetValue(sector, out var left))
            {
                left = random.Next(touches[sector] + 1);
            }

            _left[sector] = left - 1;
            return left > 0;
        }

        public bool Truncates() => random.Next(2) == 0;
    }

    private sealed class DiskFile(string path)
    {
        public string Path { get; } = path;

        public DiskContent Durable { get; } = new();

        public List<int> Pending { get; } = [];

        public bool IsNameDurable { get; set; }

        public bool IsUnlinked { get; set; }

        public bool IsUnlinkDurable { get; set; }
    }
}
