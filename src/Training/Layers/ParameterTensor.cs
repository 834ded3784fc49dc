namespace Gpu.Training.Layers;

/// <summary>What is done to the numbers of a tensor.</summary>
public enum TensorRole
{
    /// <summary>Learned, shrunk by L2 and weight decay, drawn by the rule of <c>--init</c>.</summary>
    Weight = 0,

    /// <summary>Learned, never shrunk, starts at <c>--bias-init</c>.</summary>
    Bias = 1,

    /// <summary>Learned, never shrunk, starts at a number of its own: scales and shifts of a normalisation.</summary>
    Normalisation = 2,

    /// <summary>Measured while training and used by evaluation, not learned: running means and variances.</summary>
    Statistic = 3,
}

/// <summary>A tensor of a layer's parameters.</summary>
/// <param name="Name">Its name in files, such as <c>weight</c>.</param>
/// <param name="Role">What is done to its numbers.</param>
/// <param name="Sizes">Its sizes, the fastest last.</param>
public sealed record ParameterTensor(string Name, TensorRole Role, params IReadOnlyList<int> Sizes)
{
    /// <summary>How many numbers go into each sum that it weighs; for weights.</summary>
    public int FanIn { get; init; }

    /// <summary>How many sums each number goes into; for weights.</summary>
    public int FanOut { get; init; }

    /// <summary>What its numbers are at first, where neither a rule nor an option says it.</summary>
    public float Start { get; init; }

    /// <summary>What its numbers are called together: <c>weights</c>, <c>biases</c>, the name for others.</summary>
    public string Plural => Role switch { TensorRole.Weight => "weights", TensorRole.Bias => "biases", _ => Name.Replace('_', ' ') };

    /// <summary>Its numbers.</summary>
    public long Count => Sizes.Aggregate(1L, (product, size) => product * size);
}

/// <summary>A tensor at its place in the slab of a network.</summary>
/// <param name="Layer">The layer, from 0.</param>
/// <param name="Tensor">The tensor.</param>
/// <param name="Offset">Where it begins.</param>
public readonly record struct PlacedTensor(int Layer, ParameterTensor Tensor, int Offset)
{
    /// <summary>Its numbers.</summary>
    public int Length => (int)Tensor.Count;
}
