namespace Gpu.Training.Data;

/// <summary>
/// Bytes whose end is final. A decoder that takes the end of its stream for one more byte, again and again, would never come to an end:
/// a few reads beyond it are answered as usual, then one fails.
/// </summary>
internal sealed class EndingStream(byte[] bytes) : MemoryStream(bytes)
{
    private const int MostReads = 1000;
    private int _beyond;

    public override int ReadByte() => Count(base.ReadByte(), -1);

    public override int Read(byte[] buffer, int offset, int count) => count == 0 ? 0 : Count(base.Read(buffer, offset, count), 0);

    public override int Read(Span<byte> buffer) => buffer.IsEmpty ? 0 : Count(base.Read(buffer), 0);

    private int Count(int read, int end)
    {
        _beyond += read == end ? 1 : 0;
        return _beyond <= MostReads ? read : throw new InvalidDataException();
    }
}
