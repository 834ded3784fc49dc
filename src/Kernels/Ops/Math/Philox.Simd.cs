using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gpu.Kernels.Ops;

// Many words at a time, in an order that suits vectors: of 16 blocks, word w of block b stands at 16 w + b.
public static partial class Philox
{
    /// <summary>Words of a block.</summary>
    internal const int WordsOfBlock = 4;

    /// <summary>Blocks of a chunk.</summary>
    internal const int ChunkBlocks = 16;

    /// <summary>Words of a chunk.</summary>
    internal const int ChunkWords = WordsOfBlock * ChunkBlocks;

    /// <summary>Where the first word of a block stands; the others follow at a distance of <see cref="ChunkBlocks"/>.</summary>
    internal static int PlaceOf(int block) => (block / ChunkBlocks * ChunkWords) + (block % ChunkBlocks);

    /// <summary><see cref="Block"/> of four counters in the lower halves of lanes; upper halves of what it gives are of no meaning.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector256<ulong> X, Vector256<ulong> Y, Vector256<ulong> Z, Vector256<ulong> W) Words(
        Vector256<ulong> counter, uint second, uint third, uint fourth, uint k0, uint k1)
    {
        var (c0, c1, c2, c3) = (counter, Vector256.Create((ulong)second), Vector256.Create((ulong)third), Vector256.Create((ulong)fourth));
        for (var round = 0; round < Rounds; round++)
        {
            var a = Product(c0, MultiplierA);
            var b = Product(c2, MultiplierB);
            (c0, c1, c2, c3) = ((b >> 32) ^ c1 ^ Vector256.Create((ulong)k0), b, (a >> 32) ^ c3 ^ Vector256.Create((ulong)k1), a);
            k0 += WeylA;
            k1 += WeylB;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>The words of a chunk.</summary>
    internal static unsafe void Fill(uint block, uint second, uint third, uint fourth, uint k0, uint k1, bool oneByOne, uint* words)
    {
        if (oneByOne)
        {
            for (var b = 0u; b < ChunkBlocks; b++)
            {
                (words[b], words[b + ChunkBlocks], words[b + (2 * ChunkBlocks)], words[b + (3 * ChunkBlocks)]) = Block(block + b, second, third, fourth, k0, k1);
            }

            return;
        }

        for (var b = 0u; b < ChunkBlocks; b += 8)
        {
            var counter = Vector256.Create((ulong)block + b) + Vector256.Create(0UL, 1, 2, 3);
            var low = Words(counter, second, third, fourth, k0, k1);
            var high = Words(counter + Vector256.Create(4UL), second, third, fourth, k0, k1);
            Vector256.Narrow(low.X, high.X).Store(words + b);
            Vector256.Narrow(low.Y, high.Y).Store(words + b + ChunkBlocks);
            Vector256.Narrow(low.Z, high.Z).Store(words + b + (2 * ChunkBlocks));
            Vector256.Narrow(low.W, high.W).Store(words + b + (3 * ChunkBlocks));
        }
    }

    /// <summary>The products of the lower halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Product(Vector256<ulong> a, uint multiplier) => Avx2.IsSupported
        ? Avx2.Multiply(a.AsUInt32(), Vector256.Create((ulong)multiplier).AsUInt32())
        : (a & Vector256.Create((ulong)uint.MaxValue)) * Vector256.Create((ulong)multiplier);
}
