using Gpu.Kernels.Devices.Cuda;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Devices;

/// <summary>An operation that has several variants, one of which can be forced.</summary>
/// <param name="Operation">The operation's name, such as <c>gather-matmul</c>.</param>
/// <param name="Variants">The variants' names.</param>
public sealed record OperationVariants(string Operation, IReadOnlyList<string> Variants)
{
    /// <summary>What the environment variables that force a variant begin with.</summary>
    internal const string Prefix = "GPU_FORCE_";

    /// <summary>Every operation that has several: there is no other to force a variant of.</summary>
    public static IReadOnlyList<OperationVariants> All { get; } =
        [MatMul.Choices, GatherMatMul.Choices, OutputLayer.Choices, Tally.Choices, OnlineSgd.Choices, CudaGraph.Choices];

    /// <summary>The environment variable that forces one, such as <c>GPU_FORCE_GATHER_MATMUL</c>.</summary>
    public string Variable => Prefix + Operation.Replace('-', '_').ToUpperInvariant();

    /// <summary>The variant of a name, whose case does not matter, as it is written here.</summary>
    /// <exception cref="DeviceException">There is none: the message names all there are.</exception>
    internal string Require(string variant) =>
        Variants.FirstOrDefault(name => string.Equals(name, variant, StringComparison.OrdinalIgnoreCase))
        ?? throw new DeviceException($"{Variable}={variant}: '{Operation}' has the variants {string.Join(", ", Variants)}.");
}
