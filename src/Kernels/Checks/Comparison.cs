using System.Globalization;
using System.Runtime.InteropServices;

namespace Gpu.Kernels.Checks;

/// <summary>The result of comparing one output with what it must be.</summary>
/// <param name="WorstShare">The largest share of the allowed distance that an element used; above 1 where one failed.</param>
/// <param name="Failure">Null where all is well; else one sentence with index, both values and the allowed distance.</param>
public readonly record struct Comparison(double WorstShare, string? Failure)
{
    /// <summary>The bits that outputs hold before a run; found afterwards, the element was never written.</summary>
    public const uint UnwrittenBits = 0xFFFFFFFF;

    /// <summary>Whether every element is as it must be.</summary>
    public bool Passed => Failure is null;

    /// <summary>
    /// Compares floats with float64 values and their bounds. NaN matches only NaN, whatever the bound, an infinity only
    /// itself. A number with a bound of NaN fails, as does an element that still holds <see cref="UnwrittenBits"/>.
    /// </summary>
    /// <param name="name">What the output is called in the message.</param>
    /// <param name="found">The output.</param>
    /// <param name="expected">What it must be, as many elements.</param>
    /// <param name="exact">Whether the bounds are to be taken as 0.</param>
    public static Comparison Floats(string name, ReadOnlySpan<float> found, Bounded expected, bool exact = false)
    {
        ArgumentNullException.ThrowIfNull(expected);
        if (found.Length != expected.Values.Length || found.Length != expected.Allowed.Length)
        {
            return Length(name, found.Length, expected.Values.Length);
        }

        var worst = 0.0;
        var worstIndex = 0;
        for (var i = 0; i < found.Length; i++)
        {
            var share = BitConverter.SingleToUInt32Bits(found[i]) == UnwrittenBits
                ? double.PositiveInfinity
                : Share(found[i], expected.Values[i], exact ? 0 : expected.Allowed[i]);
            if (share > worst)
            {
                (worst, worstIndex) = (share, i);
            }
        }

        return worst <= 1
            ? new Comparison(worst, null)
            : new Comparison(worst, Describe(name, worstIndex, found[worstIndex], expected.Values[worstIndex],
                exact ? 0 : expected.Allowed[worstIndex]));
    }

    /// <summary>Compares bytes with float64 values and their bounds, which allow for the rounding to a byte. A bound of NaN fails.</summary>
    /// <param name="name">What the output is called in the message.</param>
    /// <param name="found">The output.</param>
    /// <param name="expected">What it must be, as many elements.</param>
    public static Comparison Bytes(string name, ReadOnlySpan<byte> found, Bounded expected)
    {
        var floats = new float[found.Length];
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = found[i];
        }

        return Floats(name, floats, expected);
    }

    /// <summary>Compares some floats, which must be equal; all others must have been written and be finite.</summary>
    /// <param name="name">What the output is called in the message.</param>
    /// <param name="found">The output.</param>
    /// <param name="some">Indices, and what stands there.</param>
    public static Comparison FloatsAt(string name, ReadOnlySpan<float> found, IReadOnlyList<(int Index, double Value)> some)
    {
        ArgumentNullException.ThrowIfNull(some);
        foreach (var (index, value) in some)
        {
            if (!(found[index] == value))
            {
                return new Comparison(double.PositiveInfinity, Describe(name, index, found[index], value, 0));
            }
        }

        // The bits of what was never written are a NaN's.
        var wrong = 0;
        while (wrong < found.Length && float.IsFinite(found[wrong]))
        {
            wrong++;
        }

        return wrong == found.Length
            ? new Comparison(0, null)
            : new Comparison(double.PositiveInfinity, string.Create(CultureInfo.InvariantCulture, $"{name}[{wrong}] is {found[wrong]}, it must be finite."));
    }

    /// <summary>Compares integers, which must be equal.</summary>
    /// <param name="name">What the output is called in the message.</param>
    /// <param name="found">The output.</param>
    /// <param name="expected">What it must be, as many elements.</param>
    public static Comparison Integers(string name, ReadOnlySpan<int> found, ReadOnlySpan<int> expected)
    {
        if (found.Length != expected.Length)
        {
            return Length(name, found.Length, expected.Length);
        }

        var equal = MemoryExtensions.CommonPrefixLength(found, expected);
        return equal == found.Length
            ? new Comparison(0, null)
            : new Comparison(double.PositiveInfinity,
                found[equal] == unchecked((int)UnwrittenBits)
                    ? $"{name}[{equal}] was never written, it must be {expected[equal]}."
                    : $"{name}[{equal}] is {found[equal]}, it must be {expected[equal]}.");
    }

    /// <summary>Compares two runs of the same work, which must have the same bits.</summary>
    /// <param name="name">What the output is called in the message.</param>
    /// <param name="first">The output of the first run.</param>
    /// <param name="second">The output of the second run.</param>
    public static Comparison SameBits<T>(string name, ReadOnlySpan<T> first, ReadOnlySpan<T> second) where T : unmanaged
    {
        if (first.Length != second.Length)
        {
            return Length(name, second.Length, first.Length);
        }

        var equal = MemoryExtensions.CommonPrefixLength(MemoryMarshal.AsBytes(first), MemoryMarshal.AsBytes(second));
        if (equal == MemoryMarshal.AsBytes(first).Length)
        {
            return new Comparison(0, null);
        }

        var index = equal / (MemoryMarshal.AsBytes(first).Length / first.Length);
        return new Comparison(double.PositiveInfinity,
            string.Create(CultureInfo.InvariantCulture, $"{name}[{index}] was {first[index]} in one run and {second[index]} in the next."));
    }

    /// <summary>
    /// Compares two runs as <see cref="SameBits"/>, but for what a NaN holds: IEEE 754 leaves open which of two operands a sum takes it from, and
    /// a compiler may turn operands around from one run to the next.
    /// </summary>
    /// <param name="name">What the output is called in the message.</param>
    /// <param name="first">The output of the first run.</param>
    /// <param name="second">The output of the second run.</param>
    public static Comparison SameRun<T>(string name, ReadOnlySpan<T> first, ReadOnlySpan<T> second) where T : unmanaged
    {
        if (typeof(T) != typeof(float) || first.Length != second.Length)
        {
            return SameBits(name, first, second);
        }

        var alike = MemoryMarshal.Cast<T, float>(second).ToArray();
        foreach (var (index, value) in MemoryMarshal.Cast<T, float>(first).ToArray().Index())
        {
            alike[index] = float.IsNaN(value) && float.IsNaN(alike[index]) ? value : alike[index];
        }

        return SameBits<float>(name, MemoryMarshal.Cast<T, float>(first), alike);
    }

    /// <summary>The share of the allowed distance that one element uses: infinite for what no distance excuses.</summary>
    private static double Share(float found, double expected, double allowed)
    {
        // The bound of NaN is computed from it, and says nothing.
        if (double.IsNaN(expected))
        {
            return float.IsNaN(found) ? 0 : double.PositiveInfinity;
        }

        if (!(allowed >= 0))
        {
            return double.PositiveInfinity;
        }

        // Equality covers the infinities.
        if (found == expected)
        {
            return 0;
        }

        var share = Math.Abs(found - expected) / allowed;
        return double.IsNaN(share) || double.IsInfinity(found) || double.IsInfinity(expected) ? double.PositiveInfinity : share;
    }

    private static Comparison Length(string name, int found, int expected) =>
        new(double.PositiveInfinity, $"{name} has {found} elements, it must have {expected}.");

    private static string Describe(string name, int index, float found, double expected, double allowed) =>
        BitConverter.SingleToUInt32Bits(found) == UnwrittenBits
            ? string.Create(CultureInfo.InvariantCulture, $"{name}[{index}] was never written, it must be {expected:G9}.")
            : string.Create(CultureInfo.InvariantCulture,
                $"{name}[{index}] is {found:G9}, it must be {expected:G12} within {allowed:G3} (off by {Math.Abs(found - expected):G3}).");
}
