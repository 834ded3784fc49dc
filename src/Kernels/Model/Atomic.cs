using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Model;

/// <summary>
/// Operations on memory that no other lane can interrupt. All return the OLD value. With a NaN among the operands,
/// <c>Max</c> and <c>Min</c> differ between devices.
/// </summary>
public static class Atomic
{
    private interface IOperation<T>
    {
        static abstract T Apply(T target, T value);
    }

    /// <summary>target += value.</summary>
    public static int Add(ref int target, int value) => Interlocked.Add(ref target, value) - value;

    /// <summary>target += value.</summary>
    public static long Add(ref long target, long value) => Interlocked.Add(ref target, value) - value;

    /// <summary>target += value.</summary>
    public static uint Add(ref uint target, uint value) => Interlocked.Add(ref target, value) - value;

    /// <summary>target += value.</summary>
    public static ulong Add(ref ulong target, ulong value) => Interlocked.Add(ref target, value) - value;

    /// <summary>target += value.</summary>
    public static float Add(ref float target, float value) => Update<float, Sum<float>>(ref target, value);

    /// <summary>target += value.</summary>
    public static double Add(ref double target, double value) => Update<double, Sum<double>>(ref target, value);

    /// <summary>target += value.</summary>
    public static Index1D Add(ref Index1D target, Index1D value) => Add(ref Unsafe.As<Index1D, int>(ref target), value.X);

    /// <summary>target = max(target, value).</summary>
    public static int Max(ref int target, int value) => Update<int, Largest<int>>(ref target, value);

    /// <summary>target = max(target, value).</summary>
    public static long Max(ref long target, long value) => Update<long, Largest<long>>(ref target, value);

    /// <summary>target = max(target, value).</summary>
    public static uint Max(ref uint target, uint value) => Update<uint, Largest<uint>>(ref target, value);

    /// <summary>target = max(target, value).</summary>
    public static ulong Max(ref ulong target, ulong value) => Update<ulong, Largest<ulong>>(ref target, value);

    /// <summary>target = max(target, value).</summary>
    public static float Max(ref float target, float value) => Update<float, Largest<float>>(ref target, value);

    /// <summary>target = max(target, value).</summary>
    public static double Max(ref double target, double value) => Update<double, Largest<double>>(ref target, value);

    /// <summary>target = min(target, value).</summary>
    public static int Min(ref int target, int value) => Update<int, Smallest<int>>(ref target, value);

    /// <summary>target = min(target, value).</summary>
    public static long Min(ref long target, long value) => Update<long, Smallest<long>>(ref target, value);

    /// <summary>target = min(target, value).</summary>
    public static uint Min(ref uint target, uint value) => Update<uint, Smallest<uint>>(ref target, value);

    /// <summary>target = min(target, value).</summary>
    public static ulong Min(ref ulong target, ulong value) => Update<ulong, Smallest<ulong>>(ref target, value);

    /// <summary>target = min(target, value).</summary>
    public static float Min(ref float target, float value) => Update<float, Smallest<float>>(ref target, value);

    /// <summary>target = min(target, value).</summary>
    public static double Min(ref double target, double value) => Update<double, Smallest<double>>(ref target, value);

    /// <summary>target &amp;= value.</summary>
    public static int And(ref int target, int value) => Interlocked.And(ref target, value);

    /// <summary>target &amp;= value.</summary>
    public static long And(ref long target, long value) => Interlocked.And(ref target, value);

    /// <summary>target &amp;= value.</summary>
    public static uint And(ref uint target, uint value) => Interlocked.And(ref target, value);

    /// <summary>target &amp;= value.</summary>
    public static ulong And(ref ulong target, ulong value) => Interlocked.And(ref target, value);

    /// <summary>target |= value.</summary>
    public static int Or(ref int target, int value) => Interlocked.Or(ref target, value);

    /// <summary>target |= value.</summary>
    public static long Or(ref long target, long value) => Interlocked.Or(ref target, value);

    /// <summary>target |= value.</summary>
    public static uint Or(ref uint target, uint value) => Interlocked.Or(ref target, value);

    /// <summary>target |= value.</summary>
    public static ulong Or(ref ulong target, ulong value) => Interlocked.Or(ref target, value);

    /// <summary>target ^= value.</summary>
    public static int Xor(ref int target, int value) => Update<int, Difference<int>>(ref target, value);

    /// <summary>target ^= value.</summary>
    public static long Xor(ref long target, long value) => Update<long, Difference<long>>(ref target, value);

    /// <summary>target ^= value.</summary>
    public static uint Xor(ref uint target, uint value) => Update<uint, Difference<uint>>(ref target, value);

    /// <summary>target ^= value.</summary>
    public static ulong Xor(ref ulong target, ulong value) => Update<ulong, Difference<ulong>>(ref target, value);

    /// <summary>target = value.</summary>
    public static int Exchange(ref int target, int value) => Interlocked.Exchange(ref target, value);

    /// <summary>target = value.</summary>
    public static long Exchange(ref long target, long value) => Interlocked.Exchange(ref target, value);

    /// <summary>target = value.</summary>
    public static uint Exchange(ref uint target, uint value) => Interlocked.Exchange(ref target, value);

    /// <summary>target = value.</summary>
    public static ulong Exchange(ref ulong target, ulong value) => Interlocked.Exchange(ref target, value);

    /// <summary>target = value.</summary>
    public static float Exchange(ref float target, float value) => Interlocked.Exchange(ref target, value);

    /// <summary>target = value.</summary>
    public static double Exchange(ref double target, double value) => Interlocked.Exchange(ref target, value);

    /// <summary>target = value where target has the bits of <paramref name="compare"/>; mind the order of the arguments.</summary>
    public static int CompareExchange(ref int target, int compare, int value) => Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>target = value where target has the bits of <paramref name="compare"/>; mind the order of the arguments.</summary>
    public static long CompareExchange(ref long target, long compare, long value) => Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>target = value where target has the bits of <paramref name="compare"/>; mind the order of the arguments.</summary>
    public static uint CompareExchange(ref uint target, uint compare, uint value) => Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>target = value where target has the bits of <paramref name="compare"/>; mind the order of the arguments.</summary>
    public static ulong CompareExchange(ref ulong target, ulong compare, ulong value) => Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>target = value where target has the bits of <paramref name="compare"/>; mind the order of the arguments.</summary>
    public static float CompareExchange(ref float target, float compare, float value) => Interlocked.CompareExchange(ref target, value, compare);

    /// <summary>target = value where target has the bits of <paramref name="compare"/>; mind the order of the arguments.</summary>
    public static double CompareExchange(ref double target, double compare, double value) => Interlocked.CompareExchange(ref target, value, compare);

    private static T Update<T, TOperation>(ref T target, T value) where T : unmanaged where TOperation : IOperation<T>
    {
        var old = target;
        while (true)
        {
            var seen = Interlocked.CompareExchange(ref target, TOperation.Apply(old, value), old);
            if (Bits(seen) == Bits(old))
            {
                return old;
            }

            old = seen;
        }
    }

    /// <summary>By bits, since 0 and -0 are equal as floats, and NaN is unequal to itself.</summary>
    private static long Bits<T>(T value) where T : unmanaged =>
        Unsafe.SizeOf<T>() == sizeof(int) ? Unsafe.BitCast<T, int>(value) : Unsafe.BitCast<T, long>(value);

    private readonly struct Sum<T> : IOperation<T> where T : INumber<T>
    {
        public static T Apply(T target, T value) => target + value;
    }

    private readonly struct Largest<T> : IOperation<T> where T : INumber<T>
    {
        public static T Apply(T target, T value) => value > target ? value : target;
    }

    private readonly struct Smallest<T> : IOperation<T> where T : INumber<T>
    {
        public static T Apply(T target, T value) => value < target ? value : target;
    }

    private readonly struct Difference<T> : IOperation<T> where T : IBinaryInteger<T>
    {
        public static T Apply(T target, T value) => target ^ value;
    }
}
