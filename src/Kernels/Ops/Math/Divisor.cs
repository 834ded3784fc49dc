using System.Numerics;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A number that others, none of them negative, are divided by, prepared so that a division is a multiplication and a shift: devices have no
/// instruction for it, and the replacement takes some twenty. Granlund and Montgomery, "Division by Invariant Integers using Multiplication"
/// (PLDI 1994), theorem 4.2 for 31 bits: with l the least number for which 2^l &gt;= d, and m = ceil(2^(31 + l) / d), n / d is
/// floor(n m / 2^(31 + l)).
/// </summary>
internal struct Divisor
{
    /// <summary>Integers that it takes in a buffer: four, which devices load at once.</summary>
    internal const int Length = 4;

    internal int Value;
    internal uint Multiplier;
    internal int Shift;

    /// <summary>What a buffer holds of a divisor, which is at least 1.</summary>
    internal static int[] Prepare(int value)
    {
        var shift = 31 + BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)value));
        var multiplier = ((UInt128.One << shift) + (uint)value - 1) / (uint)value;
        return [value, unchecked((int)(uint)multiplier), shift, 0];
    }

    /// <summary>What <see cref="Prepare"/> made.</summary>
    internal static Divisor Of(Int4 prepared) => new() { Value = prepared.X, Multiplier = (uint)prepared.Y, Shift = prepared.Z };

    /// <summary>n / d, rounded down, for n of at least 0.</summary>
    internal static int Quotient(Divisor divisor, int n) => (int)(((ulong)(uint)n * divisor.Multiplier) >> divisor.Shift);
}
