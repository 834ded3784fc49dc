using Gpu.Kernels.Devices;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Gpu.Kernels.Checks;

/// <summary>A kernel as ILGPU hands it to drivers.</summary>
/// <param name="Name">Class and method, with type arguments and, where its groups are stated, their lanes.</param>
/// <param name="Ptx">For NVIDIA devices.</param>
/// <param name="OpenCl">For OpenCL devices.</param>
public sealed record ListedKernel(string Name, string Ptx, string OpenCl);

/// <summary>Every kernel that an operation case prepares, on a graphics processor or on a processor: there is no other list of them.</summary>
public static class KernelListing
{
    private static readonly Lazy<IReadOnlyList<(KernelMethod Kernel, int Lanes)>> _kernels = new(Record);

    /// <summary>The kernels' names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _kernels.Value.Select(NameOf)];

    /// <summary>The kernels, with the lanes of their groups or 0.</summary>
    internal static IReadOnlyList<(KernelMethod Kernel, int Lanes)> Kernels => _kernels.Value;

    /// <summary>
    /// Compiles every kernel, without a device: for the latest NVIDIA architecture that ILGPU writes instructions for, which later devices run too,
    /// and as OpenCL C 2.0.
    /// </summary>
    /// <exception cref="DeviceException">ILGPU cannot compile one.</exception>
    public static IEnumerable<ListedKernel> Compile()
    {
        using var ptx = KernelCompiler.ForPtx(CudaArchitecture.SM_80, CudaInstructionSet.ISA_71);
        using var openCl = KernelCompiler.ForOpenCl(CLDeviceVendor.Other, CLBackend.MinimumVersion);
        foreach (var (kernel, lanes) in Kernels)
        {
            yield return new ListedKernel(NameOf((kernel, lanes)), ptx.Compile(kernel, lanes).Text, openCl.Compile(kernel, lanes).Text);
        }
    }

    /// <summary>What a kernel is listed as.</summary>
    internal static string NameOf((KernelMethod Kernel, int Lanes) listed) => listed.Lanes == 0 ? listed.Kernel.Name : $"{listed.Kernel.Name}-{listed.Lanes}";

    private static IReadOnlyList<(KernelMethod Kernel, int Lanes)> Record()
    {
        using var gpu = new KernelRecorder();
        using var processor = new KernelRecorder(isGpu: false);
        foreach (var declaration in OperationCases.All.Where(c => c.Fits(gpu)))
        {
            declaration.Prepare(gpu).Dispose();
            if (declaration.Fits(processor))
            {
                declaration.Prepare(processor).Dispose();
            }
        }

        return [.. gpu.Kernels.Union(processor.Kernels).OrderBy(NameOf, StringComparer.Ordinal)];
    }
}
