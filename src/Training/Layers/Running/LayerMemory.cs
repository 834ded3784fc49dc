namespace Gpu.Training.Layers;

/// <summary>What a layer takes on a device for batches of one size.</summary>
public readonly record struct LayerMemory
{
    /// <summary>Numbers of its outputs, and of their gradient; 0 where it hands on what it gets.</summary>
    public long Outputs { get; init; }

    /// <summary>Numbers that a step keeps from forward for backward beside these: sums, places of maxima, means.</summary>
    public long Kept { get; init; }

    /// <summary>Bytes beside the arguments of what runs forward.</summary>
    public long ForwardScratch { get; init; }

    /// <summary>Bytes beside the arguments of the gradient of its inputs, which the first layer does not make.</summary>
    public long InputScratch { get; init; }

    /// <summary>Bytes beside the arguments of the gradient of its parameters.</summary>
    public long ParameterScratch { get; init; }
}
