namespace Gpu.Training.Loop;

/// <summary>What a layer does to some samples, and what they would do to it.</summary>
/// <param name="Layer">The layer, from 1.</param>
/// <param name="Units">Its outputs; of pictures, its channels.</param>
public sealed record LayerMeasure(int Layer, int Units)
{
    /// <summary>Units with an activation that say the same to every sample, as a ReLU does that never fires.</summary>
    public int Dead { get; init; }

    /// <summary>The share of outputs at which the slope of the activation is below a hundredth: little of a gradient goes through. NaN without an activation, or where that is not told from the outputs.</summary>
    public double Saturated { get; init; }

    /// <summary>The root of the mean square of its outputs.</summary>
    public double Output { get; init; }

    /// <summary>The norm of the gradient of the mean loss by what it learns; NaN where it learns nothing.</summary>
    public double Gradient { get; init; }

    /// <summary>How far what it learns moved since the measurement before, in shares of its norm, an epoch; NaN without one before, or where it learns nothing.</summary>
    public double Update { get; init; }

    /// <summary>Seconds that it took forward, on one thread of the processor.</summary>
    public double ForwardSeconds { get; init; }

    /// <summary>Seconds that it took backward: its own gradients, and those of the layer below.</summary>
    public double BackwardSeconds { get; init; }

    /// <summary>How its outputs are spread.</summary>
    public required Spread Outputs { get; init; }

    /// <summary>How the magnitudes of its gradient are spread, as decimal logarithms; zeros are left out.</summary>
    public required Spread Gradients { get; init; }
}

/// <summary>How often numbers occur, in parts of equal width; what lies outside counts for the part at that end.</summary>
/// <param name="Low">Where the lowest part begins.</param>
/// <param name="Width">How wide a part is.</param>
/// <param name="Counts">Numbers in each.</param>
public sealed record Spread(double Low, double Width, double[] Counts)
{
    private const int Parts = 30;

    /// <summary>The parts that a range is cut into, with nothing in them.</summary>
    internal static Spread Between(double low, double high) => new(low, high > low ? (high - low) / Parts : 1.0 / Parts, new double[Parts]);

    /// <summary>Counts a number; one that is not finite counts for none.</summary>
    internal void Add(double value)
    {
        if (double.IsFinite(value))
        {
            Counts[Math.Clamp((int)((value - Low) / Width), 0, Counts.Length - 1)]++;
        }
    }
}
