using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gpu.Training.Random;

namespace Gpu.Training.Data;

/// <summary>One of several parts of data, each of which is held out once (cross-validation): <c>fold:2/5</c> is the second of five.</summary>
/// <param name="Number">Which, counted from 1.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Seed">The seed that they are drawn by, so that runs of other seeds have the same folds; null for that of the run.</param>
public sealed record Fold(int Number, int Count, ulong? Seed)
{
    internal const string Prefix = "fold:";

    /// <summary>Reads <c>fold:2/5</c>, or <c>fold:2/5:42</c> with the seed; false where the text is neither.</summary>
    internal static bool TryParse(string text, [NotNullWhen(true)] out Fold? fold)
    {
        fold = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length..].Split(':') is not { Length: 1 or 2 } parts || parts[0].Split('/') is not [var which, var all])
        {
            return false;
        }

        ulong seed = 0;
        if (int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(all, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 2 && number >= 1 && number <= count
            && (parts.Length == 1 || ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out seed)))
        {
            fold = new Fold(number, count, parts.Length == 1 ? null : seed);
        }

        return fold is not null;
    }

    /// <summary>The text that is read.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Number}/{Count}{(Seed is { } seed ? $":{seed}" : "")}");

    /// <summary>
    /// The fold of each sample, counted from 1: the samples of each class, in a random order of its own, are dealt one after the other, from where
    /// the class before it ended, so that neither the sizes of two folds nor their samples of a class differ by more than one.
    /// </summary>
    /// <param name="labels">The labels; all alike where a quantity is learned.</param>
    /// <param name="count">How many folds.</param>
    /// <param name="seed">The seed that they are drawn by.</param>
    public static int[] Assign(byte[] labels, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        var (folds, dealt) = (new int[labels.Length], 0);
        foreach (var members in Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]).OrderBy(group => group.Key))
        {
            int[] order = [.. members];
            new RandomStream(seed, RandomPurpose.Folds, index: members.Key).Shuffle(order);
            foreach (var index in order)
            {
                folds[index] = (dealt++ % count) + 1;
            }
        }

        return folds;
    }
}
