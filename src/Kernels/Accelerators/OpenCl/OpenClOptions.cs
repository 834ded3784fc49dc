namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>How an <see cref="OpenClAccelerator"/> works.</summary>
public sealed record OpenClOptions
{
    /// <summary>Whether launches can be timed on the device; it costs a little in each.</summary>
    public bool Profiling { get; init; }

    /// <summary>The kernels; by default those of this library.</summary>
    public KernelLibrary Library { get; init; } = KernelSources.Library;

    /// <summary>Which variants are forced.</summary>
    public VariantChoice Variants { get; init; } = VariantChoice.FromEnvironment();

    /// <summary>Where compiled programs are kept.</summary>
    public KernelCache Cache { get; init; } = KernelCache.FromEnvironment();
}
