using System.Buffers;

namespace Gpu.Training.Data;

/// <summary>The bytes of samples, one sample after the other, wherever they lie: in memory, or in a file that is read by position.</summary>
public abstract class SampleStore
{
    /// <summary>Bytes that are read at once.</summary>
    private const int PieceBytes = 1 << 20;

    /// <summary>Bytes from one sample to the next that are sooner read than left out.</summary>
    private const int GapBytes = 1 << 14;

    /// <summary>The most samples that there can be: places are numbered with 32 bits, bytes with 64.</summary>
    public static int MostSamples => Array.MaxLength;

    private protected SampleStore(int count, int features)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(features);
        (Count, Features) = (count, features);
    }

    /// <summary>Samples.</summary>
    public int Count { get; }

    /// <summary>Bytes of a sample.</summary>
    public int Features { get; }

    /// <summary>Bytes of all samples.</summary>
    public long Bytes => (long)Count * Features;

    /// <summary>Bytes of the host's memory that the samples take.</summary>
    public abstract long ResidentBytes { get; }

    /// <summary>Whether samples, or some of them, lie on a disk.</summary>
    public abstract bool IsOnDisk { get; }

    /// <summary>Whether samples are made of something smaller whenever they are asked for.</summary>
    public virtual bool AreMade => false;

    /// <summary>Copies samples that follow one another.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="destination">Room for whole samples; filled.</param>
    /// <exception cref="TrainingException">The file that they lie in cannot be read any more.</exception>
    public abstract void Read(int first, Span<byte> destination);

    /// <summary>Copies samples of a list of indices, in its order.</summary>
    /// <param name="indices">The samples.</param>
    /// <param name="destination">indices x features bytes; filled.</param>
    /// <exception cref="TrainingException">The file that they lie in cannot be read any more.</exception>
    public virtual void Gather(ReadOnlySpan<int> indices, Span<byte> destination)
    {
        for (int done = 0, run; done < indices.Length; done += run)
        {
            var rest = indices[done..];
            for (run = 1; run < rest.Length && rest[run] == rest[0] + run; run++)
            {
            }

            // Samples that follow one another are read at once, and so are those with small gaps between: a disk is asked once.
            var room = destination[(done * Features)..];
            if (CountNear(rest) is var near && near > run)
            {
                run = near;
                GatherNear(rest[..near], room);
            }
            else
            {
                Read(rest[0], room[..(run * Features)]);
            }
        }
    }

    /// <summary>The bytes of one sample: a view where they lie in memory, else a copy.</summary>
    public virtual ReadOnlySpan<byte> Sample(int index)
    {
        var sample = new byte[Features];
        Read(index, sample);
        return sample;
    }

    /// <summary>The float that stands behind the inputs of a sample, where a quantity is learned.</summary>
    public virtual float Quantity(int index) => BitConverter.ToSingle(Sample(index)[^sizeof(float)..]);

    /// <summary>All bytes as one array: the store's own where it is one, else a copy.</summary>
    /// <exception cref="OverflowException">They are more than an array can hold.</exception>
    public virtual byte[] ToArray()
    {
        var values = GC.AllocateUninitializedArray<byte>(checked((int)Bytes));
        Read(0, values);
        return values;
    }

    /// <summary>How many of the first indices ascend, with small gaps, and span no more than a piece.</summary>
    private int CountNear(ReadOnlySpan<int> indices)
    {
        var count = 1;
        while (count < indices.Length && indices[count] > indices[count - 1]
            && (indices[count] - (long)indices[count - 1]) * Features <= GapBytes && (indices[count] - (long)indices[0] + 1) * Features <= PieceBytes)
        {
            count++;
        }

        return count;
    }

    /// <summary>Reads all that the indices span, and takes their samples out of it.</summary>
    private void GatherNear(ReadOnlySpan<int> indices, Span<byte> destination)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        Read(indices[0], piece.AsSpan(0, (indices[^1] - indices[0] + 1) * Features));
        for (var i = 0; i < indices.Length; i++)
        {
            piece.AsSpan((indices[i] - indices[0]) * Features, Features).CopyTo(destination[(i * Features)..]);
        }

        ArrayPool<byte>.Shared.Return(piece);
    }

    /// <summary>Goes through all bytes, a piece of at most 1 MiB or one sample at a time, which stands until the next is shown.</summary>
    internal void ForEachPiece(Action<ReadOnlyMemory<byte>> see)
    {
        var samples = Math.Clamp(PieceBytes / Features, 1, Math.Max(1, Count));
        var piece = ArrayPool<byte>.Shared.Rent(samples * Features);
        for (var first = 0L; first < Count; first += samples)
        {
            var some = piece.AsMemory(0, (int)Math.Min(samples, Count - first) * Features);
            Read((int)first, some.Span);
            see(some);
        }

        ArrayPool<byte>.Shared.Return(piece);
    }
}
