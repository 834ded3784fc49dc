namespace Gpu.Training.Data;

/// <summary>What labels must be for a network to learn them.</summary>
public static class LabelRange
{
    /// <summary>The most classes that there can be: a label is a byte.</summary>
    public const int MostClasses = byte.MaxValue + 1;

    /// <summary>A label with fewer samples than one in so many, far beyond all others, is damage and no class.</summary>
    private const int StrayShare = 100;

    /// <summary>Classes: the largest label and one more, at least 2; 0 where there are no labels.</summary>
    /// <param name="labels">The labels of all samples.</param>
    public static int CountClasses(ReadOnlySpan<byte> labels)
    {
        var largest = -1;
        foreach (var label in labels)
        {
            largest = Math.Max(largest, label);
        }

        return largest < 0 ? 0 : Math.Max(2, largest + 1);
    }

    /// <summary>
    /// Labels to learn from number the classes. Some may lack samples, but a few samples whose labels lie far beyond all others come
    /// from a damaged file.
    /// </summary>
    /// <exception cref="TrainingException">
    /// More than half of the classes lie between the largest label and the next one, and fewer than 1 % of the samples have the largest.
    /// </exception>
    public static void RequireNoStray(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var counts = Count(data.Labels);
        var largest = counts.AsSpan().LastIndexOfAnyExcept(0);
        var below = largest <= 0 ? -1 : counts.AsSpan(0, largest).LastIndexOfAnyExcept(0);
        if (below >= 0 && (largest - below - 1) * 2 > largest + 1 && (long)counts[largest] * StrayShare < data.Count)
        {
            throw TrainingException.BadData(
                $"{data.Source}: expected labels that number the classes from 0, found {largest} at sample "
                + $"{data.Labels.AsSpan().IndexOf((byte)largest) + 1:N0}, while the next smaller label is {below}; mend the labels or number the "
                + "classes anew.");
        }
    }

    /// <summary>The classes without a sample, ascending.</summary>
    /// <param name="data">Labelled samples.</param>
    /// <param name="classes">How many classes there are.</param>
    public static IReadOnlyList<int> Missing(DataSet data, int classes)
    {
        ArgumentNullException.ThrowIfNull(data);
        var counts = Count(data.Labels);
        return [.. Enumerable.Range(0, Math.Min(classes, counts.Length)).Where(c => counts[c] == 0)];
    }

    /// <summary>Every sample has a label below the number of classes.</summary>
    /// <exception cref="TrainingException">There are no labels, or one is too large.</exception>
    public static void Require(DataSet data, int classes)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!data.IsLabelled)
        {
            throw TrainingException.BadData($"{data.Source}: expected labelled samples, found none with a label; give a file with labels.");
        }

        var at = data.Labels.AsSpan().IndexOfAnyInRange((byte)Math.Min(classes, 255), byte.MaxValue);
        if (classes < 256 && at >= 0)
        {
            throw TrainingException.BadData(
                $"{data.Source}: expected labels from 0 to {classes - 1}, found {data.Labels[at]} at sample {at + 1:N0}; "
                + "use data with the classes the network was made for.");
        }
    }

    /// <summary>Test samples have the size of the training samples and labels among theirs.</summary>
    /// <exception cref="TrainingException">They have not.</exception>
    internal static void RequireSameKind(DataSet train, DataSet test)
    {
        if (test.Features != train.Features)
        {
            throw TrainingException.BadData(
                $"{test.Source}: expected samples of {train.Features} values as in {train.Source}, found {test.Features}; "
                + "give test data of the same size.");
        }

        Require(test, train.Classes);
    }

    private static int[] Count(ReadOnlySpan<byte> labels)
    {
        var counts = new int[byte.MaxValue + 1];
        foreach (var label in labels)
        {
            counts[label]++;
        }

        return counts;
    }
}
