using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

/// <summary>The sizes of an <see cref="OutputLayer"/>, and what it computes.</summary>
public sealed record OutputLayerSettings
{
    /// <summary>m, samples of a batch.</summary>
    public required int Rows { get; init; }

    /// <summary>k, the layer's inputs.</summary>
    public required int Inputs { get; init; }

    /// <summary>n, the layer's outputs.</summary>
    public required int Outputs { get; init; }

    /// <summary>What the layer below applied to its sums.</summary>
    public required Activation InputActivation { get; init; }

    /// <summary>What is applied to the sums before the loss.</summary>
    public required Activation Activation { get; init; }

    /// <summary>What is made small.</summary>
    public required LossFunction Loss { get; init; }

    /// <summary>From this step of the run on, a sample that is already right has a gradient of 0.</summary>
    public int SkipCorrectAfter { get; init; } = int.MaxValue;
}

/// <summary>The device memory that an <see cref="OutputLayer"/> works on.</summary>
public sealed record OutputLayerMemory
{
    /// <summary>(m, k): the outputs of the layer below.</summary>
    public required DeviceView<float> X { get; init; }

    /// <summary>(m, k): the sums of the layer below where its activation keeps them, else the same outputs.</summary>
    public required DeviceView<float> XKept { get; init; }

    /// <summary>(k, n).</summary>
    public required DeviceView<float> Weights { get; init; }

    /// <summary>(n).</summary>
    public required DeviceView<float> Bias { get; init; }

    /// <summary>The class of each sample of the data set.</summary>
    public required DeviceView<byte> Labels { get; init; }

    /// <summary>The samples in the order in which they are used.</summary>
    public required DeviceView<int> Order { get; init; }

    /// <summary>See <see cref="StepCursor"/>.</summary>
    public required DeviceView<int> Cursor { get; init; }

    /// <summary>(m), written: the loss of each row.</summary>
    public required DeviceView<float> Losses { get; init; }

    /// <summary>(m), written: 1 where the row's first maximum is its label.</summary>
    public required DeviceView<int> Correct { get; init; }

    /// <summary>(m, n), written: the derivative of the mean loss by the layer's sums.</summary>
    public required DeviceView<float> Dy { get; init; }

    /// <summary>(m, k), written: the derivative by the sums of the layer below.</summary>
    public required DeviceView<float> Dx { get; init; }
}
