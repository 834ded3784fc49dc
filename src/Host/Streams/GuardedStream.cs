namespace Gpu.Host.Streams;

/// <summary>A stream to write to that may fail at any time: it says which one it is, and whoever made it decides what that means.</summary>
/// <param name="name">What it is called, at the beginning of a sentence.</param>
/// <param name="inner">The stream; null for one that was closed before the program began.</param>
/// <param name="failed">Told of each failure; what is thrown there, the writer sees. What could not be written is dropped otherwise.</param>
/// <param name="endsWithFailure">Whether nothing is written after a failure, so that no reader takes what follows half a line for the rest of it.</param>
internal sealed class GuardedStream(string name, Stream? inner, Action<OutputException> failed, bool endsWithFailure) : Stream
{
    private bool _isLost;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_isLost)
        {
            return;
        }

        try
        {
            (inner ?? throw new IOException("it is closed")).Write(buffer);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            _isLost = endsWithFailure;
            failed(new OutputException(name, cause.Message.TrimEnd('.'), cause));
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // What was written is with the system already.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
