using System.Runtime.CompilerServices;

namespace HoiAm.Dispatch.Sending;

/// <summary>
/// Turns a connection's end before any byte of an answer into an error. The HTTP handler takes such an end for a sign that it may repeat
/// the request, up to three times and also on connections that were new: a server that closes without an answer would get 24 requests
/// where six were promised. For an error it does not; what may be repeated is decided by the sender.
/// </summary>
internal sealed class NoEmptyAnswerStream(Stream inner) : Stream
{
    private bool _hasAnswer;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Check(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false), buffer.Length);
        }
        catch (IOException broken) when (!_hasAnswer && broken is not NoAnswerException)
        {
            throw new NoAnswerException("The connection broke without an answer.", broken);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer) => Check(inner.Read(buffer), buffer.Length);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _hasAnswer = false;
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException broken)
        {
            throw new NoAnswerException("The connection broke under the request.", broken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hasAnswer = false;
        inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Check(int read, int wanted)
    {
        // A read of nothing only asks whether there is something.
        if (read == 0 && wanted > 0 && !_hasAnswer)
        {
            throw new NoAnswerException("The server closed the connection without an answer.");
        }

        _hasAnswer |= read > 0;
        return read;
    }
}

/// <summary>A connection ended before any byte of an answer: the one end after which a GET may be made once more at once.</summary>
internal sealed class NoAnswerException : IOException
{
    public NoAnswerException()
    {
    }

    public NoAnswerException(string message)
        : base(message)
    {
    }

    public NoAnswerException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>True when the failure, or what caused it, is of this kind.</summary>
    public static bool IsIn(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is NoAnswerException)
            {
                return true;
            }
        }

        return false;
    }
}
