using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

/// <summary>What <see cref="AugmentBatch"/> reads and writes.</summary>
public sealed record AugmentMemory
{
    /// <summary>(samples, features): the data set.</summary>
    public required DeviceView<byte> Values { get; init; }

    /// <summary>(samples).</summary>
    public required DeviceView<byte> Labels { get; init; }

    /// <summary>For each place of the epoch, where its sample lies in the two above.</summary>
    public required DeviceView<int> Order { get; init; }

    /// <summary>For each place of the epoch, the number of its sample, by which random words are drawn.</summary>
    public required DeviceView<int> Samples { get; init; }

    /// <summary>See <see cref="StepCursor"/>: where the batch begins, and the epoch.</summary>
    public required DeviceView<int> Cursor { get; init; }

    /// <summary>(rows, features): the augmented batch.</summary>
    public required DeviceView<byte> Batch { get; init; }

    /// <summary>(rows): its labels.</summary>
    public required DeviceView<byte> BatchLabels { get; init; }
}
