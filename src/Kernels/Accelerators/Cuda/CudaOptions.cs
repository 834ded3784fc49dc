namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>How a <see cref="CudaAccelerator"/> works.</summary>
public sealed record CudaOptions
{
    /// <summary>The kernels; by default those of this library.</summary>
    public KernelLibrary Library { get; init; } = KernelSources.Library;

    /// <summary>Which variants are forced.</summary>
    public VariantChoice Variants { get; init; } = VariantChoice.FromEnvironment();

    /// <summary>Where compiled kernels are kept.</summary>
    public KernelCache Cache { get; init; } = KernelCache.FromEnvironment();
}
