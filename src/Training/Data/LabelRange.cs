namespace Gpu.Training.Data;

/// <summary>What labels must be for a network to learn them.</summary>
public static class LabelRange
{
    /// <summary>
    /// Classes: the largest label and one more, at least 2; 0 where there are no labels. A largest label far from the others
    /// is refused: a damaged file, not a class.
    /// </summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="labels">The labels of all samples.</param>
    /// <exception cref="TrainingException">More than half of the classes up to the largest label never occur.</exception>
    public static int CountClasses(string source, ReadOnlySpan<byte> labels)
    {
        if (labels.IsEmpty)
        {
            return 0;
        }

        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var label in labels)
        {
            counts[label]++;
        }

        var largest = counts.LastIndexOfAnyExcept(0);
        var classes = Math.Max(2, largest + 1);
        var missing = counts[..classes].Count(0);
        if (labels.Length >= 2 * classes && missing * 2 > classes)
        {
            var below = counts[..largest].LastIndexOfAnyExcept(0);
            throw TrainingException.BadData(
                $"{source}: expected labels that number the classes from 0 without large gaps, found {largest} at sample "
                + $"{labels.IndexOf((byte)largest) + 1:N0}, while the next smaller label is {below}; mend the labels or number the "
                + "classes anew.");
        }

        return classes;
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
}
