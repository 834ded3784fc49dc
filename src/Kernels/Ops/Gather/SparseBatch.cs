using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Ops;

/// <summary>A batch of bytes, copied row by row, with a bit for each byte that is not 0: what sparse products read.</summary>
internal unsafe struct SparseBatch
{
    /// <summary>Features, or rows, in a word of bits.</summary>
    internal const int WordBits = 64;

    /// <summary>(rows, words * 64): the bytes, 0 beyond the features.</summary>
    internal byte* Bytes;

    /// <summary>(rows, words): bit b of word w stands for feature 64 w + b.</summary>
    internal ulong* Set;

    /// <summary>(words * 64, groups): bit b of group g stands for row 64 g + b.</summary>
    internal ulong* SetByFeature;

    /// <summary>(256): the float that each byte stands for.</summary>
    internal float* Factors;

    /// <summary>Rows of the batch.</summary>
    internal int Rows;

    /// <summary>Features of a row.</summary>
    internal int Features;

    /// <summary>Words of 64 features in a row.</summary>
    internal int Words;

    /// <summary>Words that so many features take.</summary>
    internal static int WordsOf(int features) => (int)((features + WordBits - 1L) / WordBits);

    /// <summary>Groups of 64 rows.</summary>
    internal readonly int Groups => (Rows + WordBits - 1) / WordBits;

    /// <summary>Bytes from one row to the next.</summary>
    internal readonly int Stride => Words * WordBits;

    /// <summary>Writes <see cref="SetByFeature"/> of a word of features: the rows in which each of them is not 0.</summary>
    /// <param name="word">The features.</param>
    /// <param name="first">The first row, a multiple of 64.</param>
    /// <param name="end">The row behind the last one.</param>
    internal readonly void Transpose(int word, int first, int end)
    {
        for (; first < end; first += WordBits)
        {
            Transpose(word, first, Math.Min(WordBits, end - first), SetByFeature + ((nint)word * WordBits * Groups) + (first / WordBits), Groups);
        }
    }

    /// <summary>The rows, of at most 64 from <paramref name="first"/> on, in which each of a word's features is not 0.</summary>
    /// <param name="word">The features.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="target">The first feature's word is written here.</param>
    /// <param name="stride">Words from one feature to the next.</param>
    [SkipLocalsInit]
    internal readonly void Transpose(int word, int first, int count, ulong* target, int stride)
    {
        var aside = stackalloc ulong[WordBits];
        var rows = stride == 1 ? target : aside;
        var set = Set + ((nint)first * Words) + word;
        for (var row = 0; row < count; row++)
        {
            rows[row] = set[(nint)row * Words];
        }

        new Span<ulong>(rows + count, WordBits - count).Clear();
        BitMatrix.Transpose(rows);
        for (var feature = 0; stride > 1 && feature < WordBits; feature++)
        {
            target[(nint)feature * stride] = rows[feature];
        }
    }
}

/// <summary>How many vectors, or features, one body of a loop works on: a number as a type, so that sums become registers.</summary>
internal readonly struct Count1 : IConstant { public static int Value => 1; }

/// <inheritdoc cref="Count1"/>
internal readonly struct Count2 : IConstant { public static int Value => 2; }

/// <inheritdoc cref="Count1"/>
internal readonly struct Count4 : IConstant { public static int Value => 4; }

/// <inheritdoc cref="Count1"/>
internal readonly struct Count8 : IConstant { public static int Value => 8; }
