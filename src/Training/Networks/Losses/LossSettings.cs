using Gpu.Kernels.Devices;

namespace Gpu.Training.Networks;

/// <summary>What a loss that takes it is told for training; evaluations go without, so that runs compare.</summary>
/// <param name="LabelSmoothing">The share of a target that all classes have in equal parts, from 0 to below 1.</param>
/// <param name="ClassWeights">What each class counts; null for all alike.</param>
public sealed record LossSettings(float LabelSmoothing = 0, IReadOnlyList<float>? ClassWeights = null)
{
    /// <summary>Neither.</summary>
    public static LossSettings Plain { get; } = new();

    /// <summary>Whether there is nothing to tell.</summary>
    internal bool IsPlain => LabelSmoothing == 0 && ClassWeights is null;
}

/// <summary>The settings of a loss on a device.</summary>
internal sealed class LossTerms : IDisposable
{
    private readonly DeviceBuffer<float> _weights;

    private LossTerms(ComputeAccelerator accelerator, LossSettings settings, int classes)
    {
        float[] weights = [.. settings.ClassWeights ?? Enumerable.Repeat(1f, classes)];
        _weights = accelerator.Allocate<float>(weights.Length);
        _weights.CopyFrom(weights);
        Smoothing = settings.LabelSmoothing;
    }

    /// <summary>What each class counts.</summary>
    internal DeviceView<float> Weights => _weights;

    /// <summary>See <see cref="LossSettings.LabelSmoothing"/>.</summary>
    internal float Smoothing { get; }

    /// <summary>The settings on a device; null where there is nothing to tell.</summary>
    internal static LossTerms? Create(ComputeAccelerator accelerator, LossSettings settings, int classes) =>
        settings.IsPlain ? null : new LossTerms(accelerator, settings, classes);

    public void Dispose() => _weights.Dispose();
}
