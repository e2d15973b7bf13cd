using System.Buffers;
using System.Runtime.InteropServices;

namespace HoiAm.Receiver.Storing;

public sealed partial class JournalCallbackStore
{
    // Readers are welcome, and the rename of a rewrite needs leave to replace an open file. The lock file alone keeps other processes out.
    private FileStream OpenFile(string name, FileMode mode, FileShare share = FileShare.Read | FileShare.Delete)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(_folder, name), options);
    }

    // Reads every line that is whole. A torn tail is cut off, or the next line would grow onto it; a damaged line before the end is counted
    // and passed over, since what follows it was acknowledged.
    private async Task ReadAsync(FileStream file, CancellationToken cancellationToken)
    {
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        var start = 0;
        var whole = 0;
        while (start < bytes.Length && Array.IndexOf(bytes, (byte)'\n', start) is >= 0 and var end)
        {
            if (JournalLine.TryRead(bytes.AsMemory(start, end - start), out var mark, out var id, out var callback))
            {
                Apply(mark, id, callback);
            }
            else
            {
                DamagedLines++;
            }

            start = whole = end + 1;
        }

        if (whole < bytes.Length)
        {
            DamagedLines++;
            file.SetLength(whole);
        }

        file.Seek(0, SeekOrigin.End);
    }

    private void Apply(JournalMark mark, string id, KeptCallback? callback)
    {
        switch (mark)
        {
            case JournalMark.Kept:
                _index.Add(callback!);
                break;
            case JournalMark.Done:
                _index.Done(id);
                break;
            case JournalMark.Aside:
                _index.SetAside(id);
                break;
            default:
                _index.TakeBack(id);
                break;
        }
    }

    // Writes what still counts to a new file and puts that in the place of the old one. Until the rename the old file is whole and true.
    private void Rewrite()
    {
        if (_file!.Length < _compactAt)
        {
            return;
        }

        var bytes = new ArrayBufferWriter<byte>(1024 * 1024);
        lock (_lock)
        {
            foreach (var id in _index.Remembered)
            {
                JournalLine.Write(bytes, JournalMark.Done, id, null);
            }

            // What is being kept at this moment is in the index and will be appended as well: the second line of an id changes nothing.
            foreach (var callback in _index.Waiting)
            {
                JournalLine.Write(bytes, JournalMark.Kept, callback.Id, callback);
            }

            foreach (var callback in _index.Aside)
            {
                JournalLine.Write(bytes, JournalMark.Kept, callback.Id, callback);
                JournalLine.Write(bytes, JournalMark.Aside, callback.Id, null);
            }
        }

        // Looked at again when the file has doubled: a journal that is all alive must not be measured at every write.
        _compactAt = Math.Max(_compactBytes, 2 * (bytes.WrittenCount > _file.Length / 2 ? _file.Length : bytes.WrittenCount));
        if (bytes.WrittenCount > _file.Length / 2)
        {
            return;
        }

        var replacement = OpenFile(NewFileName, FileMode.Create);
        replacement.Write(bytes.WrittenSpan);
        replacement.Flush(flushToDisk: true);
        File.Move(Path.Combine(_folder, NewFileName), Path.Combine(_folder, FileName), overwrite: true);
        SyncFolder();
        _file.Dispose();
        _file = replacement;
    }

    // The rename lives in the folder, which has to reach the disk as well. .NET cannot say so; on Windows NTFS journals it by itself.
    private void SyncFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            var folder = Native.Open(_folder, 0);
            if (folder >= 0)
            {
                _ = Native.Sync(folder);
                _ = Native.Close(folder);
            }
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A C library under another name: the file's own flush has to do, which on ext4, XFS and Btrfs takes the rename along.
        }
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(string path, int flags);

        [DllImport("libc", EntryPoint = "fsync")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Sync(int file);

        [DllImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int file);
    }
}
