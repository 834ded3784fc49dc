using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gpu.Kernels.Ops;

/// <summary>What the twin needs for a row of an augmented image whose pixels are one byte.</summary>
internal unsafe struct AugmentedRow
{
    /// <summary>(height + 2, width + 2): each pixel of the image with its border, and its three neighbours.</summary>
    internal int* Quads;

    internal AffineMap Map;
    internal int Width;
    internal int Height;

    /// <summary>The middle of a row.</summary>
    internal float MiddleX;

    /// <summary>How far the row lies below the middle.</summary>
    internal float V;

    /// <summary>Displacements across, or null.</summary>
    internal float* FieldX;

    /// <summary>Displacements down.</summary>
    internal float* FieldY;

    /// <summary>Sums of half-bytes, or null.</summary>
    internal byte* Noise;

    internal float NoiseScale;

    /// <summary>The row's bytes, with room for whole vectors.</summary>
    internal byte* Bytes;
}

/// <summary>The parts of the twin that go through integers, eight at a time on every path but the scalar one; they round nothing, or as the scalar one does.</summary>
internal static unsafe class ByteVectors
{
    /// <summary>Numbers at a time.</summary>
    internal const int Count = 8;

    /// <summary>The two numbers of each word of a chunk.</summary>
    internal static void PutFields(uint* words, float* across, float* down)
    {
        var unit = Vector256.Create(ElasticAugmentation.Unit);
        for (var i = 0; i < Philox.ChunkWords; i += Count)
        {
            var word = Vector256.Load((int*)words + i);
            (Vector256.ConvertToSingle((word << 16) >> 16) * unit).Store(across + i);
            (Vector256.ConvertToSingle(word >> 16) * unit).Store(down + i);
        }
    }

    /// <summary>The sum of half-bytes of each word of a chunk.</summary>
    internal static void PutNoise(uint* words, byte* sums)
    {
        var low = Vector256.Create(0x0F0F0F0Fu);
        for (var i = 0; i < Philox.ChunkWords; i += Count)
        {
            var word = Vector256.Load(words + i);

            // The largest sum is 120: the upper byte of the product is the sum of all bytes.
            StoreBytes(((((word & low) + ((word >> 4) & low)) * Vector256.Create(0x01010101u)) >> 24).AsInt32(), sums + i);
        }
    }

    /// <summary>Words of a pixel, its right neighbour, and the two below: from two rows of a frame, up to seven more of them than there are.</summary>
    internal static void Interleave(byte* upper, byte* lower, int count, uint* quads)
    {
        for (var x = 0; x < count; x += Count)
        {
            var word = Widen(upper + x) | (Widen(upper + x + 1) << 8) | (Widen(lower + x) << 16) | (Widen(lower + x + 1) << 24);
            word.AsUInt32().Store(quads + x);
        }
    }

    /// <summary>A row of the augmented image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void TakeRow(in AugmentedRow row)
    {
        var stride = Vector256.Create(row.Width + 2);
        var (xx, yx) = (Vector256.Create(row.Map.Xx), Vector256.Create(row.Map.Yx));
        var x0 = Vector256.Create(KernelMath.Fma(row.Map.Xy, row.V, row.Map.X0));
        var y0 = Vector256.Create(KernelMath.Fma(row.Map.Yy, row.V, row.Map.Y0));
        var (lastX, lastY) = (Vector256.Create(row.Width + 1f), Vector256.Create(row.Height + 1f));
        var u = Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7) - Vector256.Create(row.MiddleX);
        for (var x = 0; x < row.Width; x += Count, u += Vector256.Create((float)Count))
        {
            var (atX, atY) = (Vector256.FusedMultiplyAdd(xx, u, x0), Vector256.FusedMultiplyAdd(yx, u, y0));
            if (row.FieldX != null)
            {
                (atX, atY) = (atX + Vector256.Load(row.FieldX + x), atY + Vector256.Load(row.FieldY + x));
            }

            (atX, atY) = (Within(atX, lastX), Within(atY, lastY));
            var (pixelX, pixelY) = (Vector256.ConvertToInt32Native(atX), Vector256.ConvertToInt32Native(atY));
            var quads = Avx2.GatherVector256(row.Quads, (pixelY * stride) + pixelX, sizeof(int));
            var value = Between(quads, atX - Vector256.ConvertToSingle(pixelX), atY - Vector256.ConvertToSingle(pixelY));
            value = row.Noise == null ? value : WithNoise(value, row.Noise + x, row.NoiseScale);
            Store(value, row.Bytes + x);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Within(Vector256<float> at, Vector256<float> last) =>
        Vector256.MaxNative(Vector256.MinNative(at, last), Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Between(Vector256<int> quads, Vector256<float> fx, Vector256<float> fy)
    {
        var low = Vector256.Create(0xFF);
        var a = Vector256.ConvertToSingle(quads & low);
        var b = Vector256.ConvertToSingle((quads >>> 8) & low);
        var c = Vector256.ConvertToSingle((quads >>> 16) & low);
        var d = Vector256.ConvertToSingle(quads >>> 24);
        var upper = Vector256.FusedMultiplyAdd(fx, b - a, a);
        var lower = Vector256.FusedMultiplyAdd(fx, d - c, c);
        return Vector256.FusedMultiplyAdd(fy, lower - upper, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> WithNoise(Vector256<float> value, byte* noise, float scale)
    {
        var sum = Vector256.ConvertToSingle(Widen(noise) - Vector256.Create(NoiseAugmentation.Mean));
        var noisy = Vector256.FusedMultiplyAdd(Vector256.Create(scale), sum, value);
        return Vector256.MaxNative(Vector256.MinNative(noisy, Vector256.Create((float)byte.MaxValue)), Vector256<float>.Zero);
    }

    /// <summary>The nearest bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> value, byte* bytes)
    {
        StoreBytes(Vector256.ConvertToInt32Native(value + Vector256.Create(0.5f)), bytes);
    }

    /// <summary>Integers from 0 to 255 as bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreBytes(Vector256<int> whole, byte* bytes)
    {
        var shorts = Vector128.Narrow(whole.GetLower(), whole.GetUpper());
        *(ulong*)bytes = Vector128.Narrow(shorts, shorts).AsUInt64().ToScalar();
    }

    /// <summary>Eight bytes as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widen(byte* bytes) =>
        Vector256.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)bytes).AsByte()).ToVector256Unsafe()).AsInt32();
}
