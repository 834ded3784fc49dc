using System.Numerics.Tensors;
using Gpu.Training.Data;

namespace Gpu.Host.Reports;

/// <summary>How the samples of each class were answered.</summary>
internal sealed class ConfusionMatrix
{
    private readonly int[,] _counts;

    /// <summary>Counts answers: the first class of the highest probability.</summary>
    /// <param name="data">Labelled samples.</param>
    /// <param name="probabilities">Count x classes.</param>
    /// <param name="classes">Classes of the network.</param>
    internal ConfusionMatrix(DataSet data, ReadOnlySpan<float> probabilities, int classes)
    {
        _counts = new int[classes, classes];
        for (var i = 0; i < data.Count; i++)
        {
            _counts[data.Labels[i], TensorPrimitives.IndexOfMax(probabilities.Slice(i * classes, classes))]++;
        }
    }

    internal int Classes => _counts.GetLength(0);

    /// <summary>How many samples of a label were given an answer.</summary>
    internal int this[int label, int answer] => _counts[label, answer];

    /// <summary>Samples of a label.</summary>
    internal int Labelled(int label) => Enumerable.Range(0, Classes).Sum(answer => _counts[label, answer]);

    /// <summary>Samples that were given an answer.</summary>
    internal int Answered(int answer) => Enumerable.Range(0, Classes).Sum(label => _counts[label, answer]);

    /// <summary>Of the samples answered so, the share that is; NaN where none is answered so.</summary>
    internal double Precision(int c) => (double)_counts[c, c] / Answered(c);

    /// <summary>Of the samples of the class, the share answered so; NaN where there is none.</summary>
    internal double Recall(int c) => (double)_counts[c, c] / Labelled(c);

    /// <summary>The harmonic mean of precision and recall; NaN where the class has neither samples nor answers.</summary>
    internal double F1(int c) => 2.0 * _counts[c, c] / (Answered(c) + Labelled(c));
}
