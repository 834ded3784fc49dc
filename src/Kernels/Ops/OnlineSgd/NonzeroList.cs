using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gpu.Kernels.Ops;

/// <summary>The bytes of a sample that are not 0, as a list for <see cref="RowSum{TSimd, TVector}"/>.</summary>
internal unsafe struct NonzeroList
{
    /// <summary>Elements beyond the number of features that each array must have room for.</summary>
    internal const int Slack = 64;

    /// <summary>Features that fit the 16-bit indices of the compressed form.</summary>
    private const int MostCompressed = ushort.MaxValue + 1;

    /// <summary>Bytes of a sample.</summary>
    internal int Features;

    /// <summary>What a byte is multiplied by.</summary>
    internal float Scale;

    /// <summary>Floats in a row of weights.</summary>
    internal int Stride;

    /// <summary>Whether 512-bit vectors may be used.</summary>
    internal bool Wide;

    /// <summary>feature * stride of each byte that is not 0, ascending.</summary>
    internal int* Offsets;

    /// <summary>value * scale of each.</summary>
    internal float* Values;

    /// <summary>Scratch.</summary>
    internal ushort* Indices;

    /// <summary>Scratch.</summary>
    internal byte* Bytes;

    /// <summary>Lists a sample and puts zeros behind. Up to 63 bytes beyond the sample are read.</summary>
    /// <returns>How many bytes are not 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly int Fill(byte* source)
    {
        var count = Wide && Avx512Vbmi2.IsSupported && Features <= MostCompressed ? FillCompressed(source) : FillByBits(source);
        Vector128.Store(Vector128<int>.Zero, Offsets + count);
        Vector128.Store(Vector128<float>.Zero, Values + count);
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly int FillByBits(byte* source)
    {
        var count = 0;
        for (var first = 0; first < Features; first += 64)
        {
            var bits = ~Vector512.Equals(Vector512.Load(source + first), Vector512<byte>.Zero).ExtractMostSignificantBits();
            if (Features - first < 64)
            {
                bits &= (1UL << (Features - first)) - 1;
            }

            for (; bits != 0; bits &= bits - 1)
            {
                var feature = first + BitOperations.TrailingZeroCount(bits);
                Offsets[count] = feature * Stride;
                Values[count] = source[feature] * Scale;
                count++;
            }
        }

        return count;
    }

    /// <summary>
    /// The same without a branch on the data: bytes and their indices are pressed together 64 at a time, then widened 16 at
    /// a time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly int FillCompressed(byte* source)
    {
        var bytes = Bytes;
        var indices = Indices;
        var count = 0;
        var index = Vector512<ushort>.Indices;
        var step = Vector512.Create((ushort)32);
        for (var first = 0; first < Features; first += 64)
        {
            var block = Vector512.Load(source + first);
            if (Features - first < 64)
            {
                block &= Vector512.LessThan(Vector512<byte>.Indices, Vector512.Create((byte)(Features - first)));
            }

            var isSet = Vector512.GreaterThan(block, Vector512<byte>.Zero);
            var bits = isSet.ExtractMostSignificantBits();
            Vector512.Store(Avx512Vbmi2.Compress(Vector512<byte>.Zero, isSet, block), bytes + count);
            var (low, high) = Vector512.Widen(block);
            Vector512.Store(Avx512Vbmi2.Compress(Vector512<ushort>.Zero, Vector512.GreaterThan(low, Vector512<ushort>.Zero), index), indices + count);
            index += step;
            Vector512.Store(Avx512Vbmi2.Compress(Vector512<ushort>.Zero, Vector512.GreaterThan(high, Vector512<ushort>.Zero), index),
                indices + count + BitOperations.PopCount((uint)bits));
            index += step;
            count += BitOperations.PopCount(bits);
        }

        var scale = Vector512.Create(Scale);
        var stride = Vector512.Create(Stride);
        for (var i = 0; i < count; i += 16)
        {
            var value = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(bytes + i)));
            Vector512.Store(value * scale, Values + i);
            Vector512.Store(Avx512F.ConvertToVector512Int32(Vector256.Load(indices + i)) * stride, Offsets + i);
        }

        return count;
    }
}
