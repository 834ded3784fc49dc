namespace Gpu.Training.Loop;

/// <summary>Takes the answers to the samples of a data set, batch after batch, in their order; the memory is used again for the next batch.</summary>
public delegate void AnswerReceiver(AnswerBatch batch);

/// <summary>
/// What a network says to some samples that stand one after the other. The answer is the first of the largest outputs, as the losses
/// count it: probabilities would not do, because a sigmoid gives 1 for every output beyond 17.
/// </summary>
public readonly ref struct AnswerBatch
{
    private readonly ReadOnlySpan<float> _outputs;
    private readonly ReadOnlySpan<float> _probabilities;
    private readonly int _classes;

    /// <summary>The answers to some samples.</summary>
    /// <param name="first">The number of the first sample, counted from 0.</param>
    /// <param name="classes">The classes of the network.</param>
    /// <param name="outputs">Samples x classes: what comes out of the last layer.</param>
    /// <param name="probabilities">Samples x classes.</param>
    internal AnswerBatch(int first, int classes, ReadOnlySpan<float> outputs, ReadOnlySpan<float> probabilities)
    {
        (First, Count, _classes) = (first, outputs.Length / classes, classes);
        _outputs = outputs;
        _probabilities = probabilities;
    }

    /// <summary>The number of the first sample, counted from 0.</summary>
    public int First { get; }

    /// <summary>Samples.</summary>
    public int Count { get; }

    /// <summary>The class that the sample of a row is answered as.</summary>
    public int Answer(int row) => Largest(Outputs(row), []);

    /// <summary>The classes with the largest outputs for the sample of a row, the answer first; fewer where there are not so many.</summary>
    public IReadOnlyList<int> Likeliest(int row, int count)
    {
        var classes = new List<int>(count);
        while (classes.Count < Math.Min(count, _classes))
        {
            classes.Add(Largest(Outputs(row), classes));
        }

        return classes;
    }

    /// <summary>The probability of each class for the sample of a row.</summary>
    public ReadOnlySpan<float> Probabilities(int row) => _probabilities.Slice(row * _classes, _classes);

    /// <summary>The first row with an output that is NaN, for which there is no answer; -1 where there is none.</summary>
    internal int FirstWithout()
    {
        var at = -1;
        for (var i = 0; i < _outputs.Length && at < 0; i++)
        {
            at = float.IsNaN(_outputs[i]) ? i / _classes : -1;
        }

        return at;
    }

    private ReadOnlySpan<float> Outputs(int row) => _outputs.Slice(row * _classes, _classes);

    private static int Largest(ReadOnlySpan<float> outputs, List<int> except)
    {
        var best = -1;
        for (var c = 0; c < outputs.Length; c++)
        {
            if (!except.Contains(c) && (best < 0 || outputs[c] > outputs[best]))
            {
                best = c;
            }
        }

        return best;
    }
}
