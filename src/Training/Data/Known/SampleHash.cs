using System.Buffers.Binary;

namespace Gpu.Training.Data;

/// <summary>
/// 64 bits that tell a sample from others: of n different samples two have the same with a chance of n^2 / 2^65, a millionth for
/// 8 million. Words of 8 bytes are taken in by a product of 128 bits whose halves are folded, as wyhash does (Wang Yi, 2019); no guard against malice.
/// </summary>
internal static class SampleHash
{
    // Odd, and half of their bits set: the fractions of the square roots of 2 and 3, made odd.
    private const ulong First = 0x6A09_E667_F3BC_C909;
    private const ulong Second = 0xBB67_AE85_84CA_A73B;

    /// <summary>The hash of some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="label">What stands beside them.</param>
    internal static ulong Of(ReadOnlySpan<byte> bytes, byte label = 0)
    {
        var hash = Fold(((ulong)bytes.Length << 8) ^ label ^ First, Second);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), First);
        }

        var rest = 0UL;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            rest = (rest << 8) | bytes[i];
        }

        return Fold(hash ^ rest, Second);
    }

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
