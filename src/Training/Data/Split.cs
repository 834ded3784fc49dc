using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gpu.Training.Random;

namespace Gpu.Training.Data;

/// <summary>
/// Which training samples are held out for validation: a share (<c>0.15</c>) or a count (<c>10000</c>), drawn by seed and
/// stratified, so that each class gives its part; the end of the data (<c>last:10000</c>); or one of several folds (<c>fold:2/5</c>).
/// </summary>
public sealed record Split
{
    private const string LastPrefix = "last:";

    /// <summary>What a text may be, for messages.</summary>
    internal const string Expected = "a share such as 0.15, a count such as 10000, last:10000, or a fold such as fold:2/5";

    private Split(decimal share, int count, bool fromEnd, Fold? fold = null) => (Share, Count, FromEnd, Fold) = (share, count, fromEnd, fold);

    /// <summary>The second of five folds.</summary>
    public static Split Of(Fold fold) => new(0, 0, fromEnd: false, fold ?? throw new ArgumentNullException(nameof(fold)));

    /// <summary>The share held out; 0 where a count is given.</summary>
    public decimal Share { get; }

    /// <summary>The number of samples held out; 0 where a share is given.</summary>
    public int Count { get; }

    /// <summary>Whether the end is held out and nothing is drawn.</summary>
    public bool FromEnd { get; }

    /// <summary>The fold that is held out; null where a share, a count or the end is.</summary>
    public Fold? Fold { get; }

    /// <summary>Reads <c>0.15</c>, <c>10000</c>, <c>last:10000</c> or <c>fold:2/5</c>.</summary>
    /// <exception cref="TrainingException">It is none of these (wrong usage).</exception>
    public static Split Parse(string text) => TryParse(text, out var split)
        ? split
        : throw TrainingException.BadUsage(
            $"--validation: expected a share above 0 and below 1 (0.15), a count (10000), the end (last:10000) or a fold (fold:2/5), found '{text}'.");

    /// <summary>Reads <c>0.15</c>, <c>10000</c>, <c>last:10000</c> or <c>fold:2/5</c>; false where the text is none of these.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Split? split)
    {
        ArgumentNullException.ThrowIfNull(text);
        var fromEnd = text.StartsWith(LastPrefix, StringComparison.Ordinal);
        var number = fromEnd ? text[LastPrefix.Length..] : text;
        split = null;
        if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            split = new Split(0, count, fromEnd);
        }
        else if (!fromEnd
            && decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
            && share is > 0 and < 1)
        {
            split = new Split(share, 0, fromEnd: false);
        }
        else if (Data.Fold.TryParse(text, out var fold))
        {
            split = Of(fold);
        }

        return split is not null;
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Fold is not null ? Fold.ToString() : Share > 0
        ? Share.ToString(CultureInfo.InvariantCulture)
        : (FromEnd ? LastPrefix : "") + Count.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Indices of the samples to train with and of those held out, each ascending, together every sample once.
    /// </summary>
    /// <param name="data">The labelled samples.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <exception cref="TrainingException">Nothing would be left on one side (wrong usage).</exception>
    public (int[] Train, int[] Validation) Divide(DataSet data, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Divide(data.Labels.Length > 0 ? data.Labels : new byte[data.Count], data.Count, seed);
    }

    /// <summary>Three parts of labelled samples: what is tested on is held out of all, then what is validated on of the rest.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="validation">What is held out for validation; null for nothing.</param>
    /// <param name="test">What is held out for the test; null for nothing.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <returns>Indices, each part ascending; parts that were not asked for are empty.</returns>
    /// <exception cref="TrainingException">Nothing would be left of one (wrong usage).</exception>
    public static (int[] Train, int[] Validation, int[] Test) Divide(byte[] labels, Split? validation, Split? test, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var (rest, tested) = test?.Divide(labels, labels.Length, seed, "--test") ?? ([.. Enumerable.Range(0, labels.Length)], []);
        var (train, validated) = validation?.Divide([.. rest.Select(place => labels[place])], rest.Length, seed) ?? ([.. Enumerable.Range(0, rest.Length)], []);
        return ([.. train.Select(place => rest[place])], [.. validated.Select(place => rest[place])], tested);
    }

    /// <summary>The same of labels alone.</summary>
    private (int[] Train, int[] Validation) Divide(byte[] labels, int count, ulong seed, string option = "--validation")
    {
        if (Fold is not null)
        {
            return DivideFold(labels, count, seed, option);
        }

        var held = Share > 0 ? (int)Math.Round(count * Share, MidpointRounding.AwayFromZero) : Count;
        if (held < 1 || held >= count)
        {
            throw TrainingException.BadUsage(
                $"{option} {this}: expected to hold out at least 1 and at most {count - 1:N0} of the {count:N0} training "
                + $"samples, found {held:N0}; choose another size.");
        }

        var isHeld = new bool[count];
        if (FromEnd)
        {
            isHeld.AsSpan(count - held).Fill(true);
        }
        else
        {
            Draw(labels, held, seed, isHeld);
        }

        return Parts(isHeld, held);
    }

    private (int[] Train, int[] Validation) DivideFold(byte[] labels, int count, ulong seed, string option)
    {
        if (count < Fold!.Count)
        {
            throw TrainingException.BadUsage($"{option} {this}: expected at least one sample for each of {Fold.Count:N0} folds, found {count:N0}; ask for fewer.");
        }

        var folds = Data.Fold.Assign(labels, Fold.Count, Fold.Seed ?? seed);
        bool[] isHeld = [.. folds.Select(fold => fold == Fold.Number)];
        return Parts(isHeld, isHeld.Count(held => held));
    }

    /// <summary>The places of samples that are not held out, and of those that are.</summary>
    private static (int[] Train, int[] Held) Parts(bool[] isHeld, int held)
    {
        // Each as long as it is: there may be very many.
        var (parts, counts) = (new int[][] { new int[isHeld.Length - held], new int[held] }, new int[2]);
        for (var place = 0; place < isHeld.Length; place++)
        {
            var part = isHeld[place] ? 1 : 0;
            parts[part][counts[part]++] = place;
        }

        return (parts[0], parts[1]);
    }

    /// <summary>Marks the first samples of each class in a random order of its own.</summary>
    private static void Draw(byte[] labels, int held, ulong seed, bool[] isHeld)
    {
        var members = Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]).OrderBy(group => group.Key).ToArray();
        var shares = Apportion([.. members.Select(group => group.Count())], held);
        for (var c = 0; c < members.Length; c++)
        {
            var order = members[c].ToArray();
            new RandomStream(seed, RandomPurpose.Split, index: members[c].Key).Shuffle(order);
            foreach (var index in order.AsSpan(0, shares[c]))
            {
                isHeld[index] = true;
            }
        }
    }

    /// <summary>
    /// Shares of a total in proportion to the counts, in whole numbers that add up to it (largest remainders; the earlier of equals).
    /// </summary>
    private static int[] Apportion(int[] counts, int total)
    {
        var sum = counts.Sum(count => (long)count);
        var shares = counts.Select(count => (int)((long)total * count / sum)).ToArray();
        var rest = total - shares.Sum();
        foreach (var c in Enumerable.Range(0, counts.Length).OrderByDescending(c => (long)total * counts[c] % sum).Take(rest))
        {
            shares[c]++;
        }

        return shares;
    }
}
