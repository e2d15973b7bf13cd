using System.Buffers;
using System.Threading.Channels;

namespace HoiAm.Receiver.Storing;

/// <summary>
/// Keeps callbacks in an append-only file of text lines. A callback is acknowledged after its line was flushed to the disk (fsync), many at
/// a time in one flush; handled and remembered ids follow in the same file. What survives: everything acknowledged, through kill −9 and
/// through power loss as far as the disk keeps what it says it has. What does not: the disk itself, and the last few notes that a
/// callback was handled, which are then handled once more.
/// </summary>
public sealed partial class JournalCallbackStore : ICallbackStore
{
    private const string FileName = "callbacks.journal";
    private const string LockFileName = "lock";
    private const string NewFileName = "callbacks.journal.new";
    private const int GroupMax = 1024;

    private readonly string _folder;
    private readonly long _compactBytes;
    private long _compactAt;
    private readonly CallbackIndex _index;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _beingKept = new(StringComparer.Ordinal);
    private readonly Channel<Entry> _entries = Channel.CreateBounded<Entry>(new BoundedChannelOptions(8 * GroupMax) { SingleReader = true });
    private FileStream? _lockFile;
    private FileStream? _file;
    private Task? _writer;
    private Exception? _broken;

    /// <summary>Makes a store; nothing is touched before it is opened.</summary>
    /// <param name="folder">Its folder, which is made when it is not there. One process at a time may use it.</param>
    /// <param name="rememberedIds">How many handled ids are remembered, the newest ones. Default 100,000.</param>
    /// <param name="compactBytes">
    /// From this size on the file is rewritten with what still counts, when that is less than half of it. Default 64 MiB.
    /// </param>
    public JournalCallbackStore(string folder, int rememberedIds = 100_000, long compactBytes = 64 * 1024 * 1024)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(rememberedIds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(compactBytes, 4096);
        _folder = folder;
        _compactBytes = _compactAt = compactBytes;
        _index = new CallbackIndex(rememberedIds);
    }

    /// <summary>Lines that were not whole when the journal was opened: at its end a write that was cut off and never acknowledged.</summary>
    public int DamagedLines { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="IOException">The folder cannot be used, or another process uses it.</exception>
    public async ValueTask<IReadOnlyList<KeptCallback>> OpenAsync(CancellationToken cancellationToken)
    {
        if (_writer is not null)
        {
            throw new InvalidOperationException("The store is open already.");
        }

        var folder = Directory.CreateDirectory(_folder);
        if (!OperatingSystem.IsWindows())
        {
            // Callbacks bear people's numbers.
            folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }

        _lockFile = OpenFile(LockFileName, FileMode.OpenOrCreate, FileShare.None);
        _file = OpenFile(FileName, FileMode.OpenOrCreate);
        await ReadAsync(_file, cancellationToken).ConfigureAwait(false);
        Rewrite();
        _writer = Task.Run(WriteAsync, CancellationToken.None);
        lock (_lock)
        {
            return _index.Waiting;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<KeepResult> KeepAsync(KeptCallback callback, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? other;
        lock (_lock)
        {
            Ensure();
            if (_index.Add(callback))
            {
                other = null;
                _beingKept.Add(callback.Id, kept.Task);
            }
            else
            {
                other = _beingKept.GetValueOrDefault(callback.Id, Task.CompletedTask);
            }
        }

        if (other is not null)
        {
            // Known, but perhaps not on disk yet: a repeat is acknowledged no earlier than the first one.
            await other.WaitAsync(cancellationToken).ConfigureAwait(false);
            return KeepResult.Known;
        }

        // From here on it goes its way, whether or not the sender still listens.
        await EnqueueAsync(new Entry(JournalMark.Kept, callback.Id, callback, kept)).ConfigureAwait(false);
        await kept.Task.ConfigureAwait(false);
        return KeepResult.Kept;
    }

    /// <inheritdoc/>
    public ValueTask DoneAsync(string id)
    {
        lock (_lock)
        {
            _index.Done(id);
        }

        return EnqueueAsync(new Entry(JournalMark.Done, id, null, null));
    }

    /// <inheritdoc/>
    public ValueTask SetAsideAsync(string id)
    {
        lock (_lock)
        {
            _index.SetAside(id);
        }

        return EnqueueAsync(new Entry(JournalMark.Aside, id, null, null));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<KeptCallback>> TakeSetAsideAsync()
    {
        IReadOnlyList<KeptCallback> taken;
        lock (_lock)
        {
            taken = _index.TakeSetAside();
        }

        foreach (var callback in taken)
        {
            await EnqueueAsync(new Entry(JournalMark.Back, callback.Id, null, null)).ConfigureAwait(false);
        }

        return taken;
    }

    /// <summary>Writes what is under way and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        if (_writer is { } writer)
        {
            await writer.ConfigureAwait(false);
        }

        if (_file is { } file)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }

        _lockFile?.Dispose();
    }

    private async ValueTask EnqueueAsync(Entry entry)
    {
        try
        {
            await _entries.Writer.WriteAsync(entry).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // Closed: a note is lost, which repeats a handling; a callback is not acknowledged.
            Fail(entry, new ObjectDisposedException(nameof(JournalCallbackStore)));
        }
    }

    // One line after the other, as many as have gathered, then one flush for all of them.
    private async Task WriteAsync()
    {
        var group = new List<Entry>(GroupMax);
        var bytes = new ArrayBufferWriter<byte>(64 * 1024);
        while (await _entries.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            bytes.ResetWrittenCount();
            while (group.Count < GroupMax && _entries.Reader.TryRead(out var entry))
            {
                group.Add(entry);
                JournalLine.Write(bytes, entry.Mark, entry.Id, entry.Callback);
            }

            try
            {
                Append(bytes.WrittenSpan, mustLast: group.Exists(e => e.Kept is not null));
                Succeed(group);
                Rewrite();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                group.ForEach(entry => Fail(entry, e));
            }
        }
    }

    private void Append(ReadOnlySpan<byte> lines, bool mustLast)
    {
        if (_broken is { } why)
        {
            throw new IOException("The journal is broken until the process starts again: " + why.Message, why);
        }

        var before = _file!.Position;
        try
        {
            _file.Write(lines);
        }
        catch (IOException e)
        {
            // A full disk: what was written of the lines goes away again, and the next group may find room.
            Undo(before, e);
            throw;
        }

        if (!mustLast)
        {
            return;
        }

        try
        {
            // Durable from here on: whoever waits may acknowledge.
            _file.Flush(flushToDisk: true);
        }
        catch (IOException e)
        {
            // After a failed flush nobody knows what the disk has, and a later one may say that all is well. Nothing is acknowledged any more.
            _broken = e;
            throw;
        }
    }

    private void Undo(long before, IOException why)
    {
        try
        {
            _file!.SetLength(before);
            _file.Seek(before, SeekOrigin.Begin);
        }
        catch (IOException)
        {
            _broken = why;
        }
    }

    private void Succeed(List<Entry> group)
    {
        lock (_lock)
        {
            foreach (var entry in group)
            {
                if (entry.Kept is not null)
                {
                    _beingKept.Remove(entry.Id);
                }
            }
        }

        group.ForEach(entry => entry.Kept?.TrySetResult());
    }

    private void Fail(Entry entry, Exception why)
    {
        if (entry.Kept is { } kept)
        {
            lock (_lock)
            {
                _beingKept.Remove(entry.Id);
                _index.Remove(entry.Id);
            }

            kept.TrySetException(why);
        }
    }

    private void Ensure()
    {
        if (_writer is null)
        {
            throw new InvalidOperationException("The store is not open.");
        }

        if (_broken is { } why)
        {
            throw new IOException("The journal is broken until the process starts again: " + why.Message, why);
        }
    }

    private readonly record struct Entry(JournalMark Mark, string Id, KeptCallback? Callback, TaskCompletionSource? Kept);
}
