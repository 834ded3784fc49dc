using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Layers;

/// <summary>What lies between two layers on a device.</summary>
/// <param name="Output">What the lower one gives: rows x outputs.</param>
/// <param name="Gradient">
/// Where the upper one writes the gradient by the lower one's sums, that is multiplied by the derivative of <see cref="Activation"/>; null
/// where nobody wants it: below the first layer, and where nothing learns.
/// </param>
internal sealed record LayerFlow(DeviceView<float> Output, DeviceView<float>? Gradient)
{
    /// <summary>What the lower one applied to its sums.</summary>
    internal Activation Activation { get; init; } = Activation.Identity;

    /// <summary>What the derivative of the activation is taken from: the sums where it asks for them, else the outputs.</summary>
    internal DeviceView<float> Kept { get; init; } = Output;
}

/// <summary>Where a layer runs: the device, what lies below it, its parameters, and what changes from step to step.</summary>
internal sealed record LayerPlace
{
    /// <summary>The device.</summary>
    internal required ComputeAccelerator Accelerator { get; init; }

    /// <summary>Samples of a batch.</summary>
    internal required int Rows { get; init; }

    /// <summary>The layer's number, from 0.</summary>
    internal required int Index { get; init; }

    /// <summary>What it reads.</summary>
    internal required LayerFlow Below { get; init; }

    /// <summary>Its tensors on the device.</summary>
    internal required IReadOnlyList<DeviceView<float>> Tensors { get; init; }

    /// <summary>What steps have in common; null for evaluation and prediction.</summary>
    internal required LearningPlace? Learning { get; init; }
}

/// <summary>What a layer that learns needs beside its place.</summary>
/// <param name="Seed">The seed of the run, for what a layer draws.</param>
/// <param name="Cursor">See <see cref="StepCursor"/>.</param>
internal sealed record LearningPlace(ulong Seed, DeviceView<int> Cursor);
