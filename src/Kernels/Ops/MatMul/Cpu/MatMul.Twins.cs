using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

// Which twin of a product the processor takes.
public static unsafe partial class MatMul
{
    /// <summary>Weights up to this size stay in a core's cache and are not copied.</summary>
    internal const long LargestDirectBytes = 512 * 1024;

    /// <summary>The input gradient of weights that a core's cache does not hold.</summary>
    private static Launch TransposedInputGradient(CpuAccelerator cpu, DeviceView<float> dy, DeviceView<float> w, DeviceView<float>? xKept,
        Activation activation, ProductShape shape, DeviceView<float> dx)
    {
        var (m, k, n) = shape;
        var product = new TransposedProduct
        {
            Name = TwinName("matmul-input-gradient", packed: true),
            Dy = dy.Pointer(),
            W = w.Pointer(),
            Dx = dx.Pointer(),
            M = m,
            K = k,
            N = n,
            Activation = xKept is null ? Activation.Identity : activation,
            Kept = xKept is { } v ? v.Pointer() : null,
            Panels = cpu.Keep(cpu.Allocate<float>(TransposedProduct.PanelFloats(m, n))).View.Pointer(),
        };
        return cpu.Sequence(product.Name, [cpu.Prepare(new SamplePanels(product)), cpu.Prepare(product)]);
    }

    private static string TwinName(string name, bool packed) => $"{name}[{(packed ? Packed : Direct)}]";

    /// <summary>The processor, where its twins are to run; a kernel that is forced runs as it is, and other devices have no twins.</summary>
    private static CpuAccelerator? Twin(ComputeAccelerator accelerator, string? forced) =>
        accelerator is CpuAccelerator cpu && !KernelVariants.Contains(forced) ? cpu : null;

    private static bool IsPacked(string? forced, int k, int n) =>
        forced == Packed || (forced != Direct && (long)k * n * sizeof(float) > LargestDirectBytes);
}
