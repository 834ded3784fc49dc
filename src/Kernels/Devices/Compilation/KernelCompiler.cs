using Gpu.Kernels.Devices.Ilgpu;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Gpu.Kernels.Devices;

/// <summary>Has ILGPU turn kernels into text for drivers; no device is needed for that.</summary>
/// <param name="create">Makes the backend in a context.</param>
internal sealed class KernelCompiler(Func<Context, Backend> create) : IDisposable
{
    /// <summary>
    /// Groups that a multiprocessor is to hold at a time: the registers of a lane are limited by it, to 128 where a group has 256 lanes.
    /// </summary>
    private const int GroupsPerMultiprocessor = 2;

    private readonly Context _context = KernelContext.Create(_ => { });
    private Backend? _backend;
    private bool _isSpoilt;

    /// <summary>Compiles for NVIDIA devices of an architecture, or later ones.</summary>
    internal static KernelCompiler ForPtx(CudaArchitecture architecture, CudaInstructionSet instructionSet) =>
        new(context => new PTXBackend(context, architecture, instructionSet, null!));

    /// <summary>Compiles for OpenCL devices of a version.</summary>
    internal static KernelCompiler ForOpenCl(CLDeviceVendor vendor, CLCVersion version) => new(context =>
        new CLBackend(context, new CLCapabilityContext(false, false, true, false, false), vendor, version));

    /// <summary>Compiles a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="lanes">Lanes of its groups, where it states them; else 0.</param>
    /// <exception cref="DeviceException">ILGPU cannot compile it.</exception>
    internal KernelText Compile(KernelMethod kernel, int lanes)
    {
        ObjectDisposedException.ThrowIf(_isSpoilt, this);
        try
        {
            _backend ??= create(_context);
            var compiled = kernel.IsGrouped
                ? _backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel.Method),
                    new KernelSpecialization(lanes, GroupsPerMultiprocessor))
                : _backend.Compile(EntryPointDescription.FromImplicitlyGroupedKernel(kernel.Method), default(KernelSpecialization));
            return compiled is PTXCompiledKernel ptx ? KernelText.FromPtx(ptx.PTXAssembly) : KernelText.FromOpenCl(((CLCompiledKernel)compiled).Source);
        }
#pragma warning disable CA1031 // ILGPU's compiler throws exceptions of every kind
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _isSpoilt = true;
            throw new DeviceException($"{kernel.Name}: ILGPU cannot compile this kernel: {IlgpuError.Innermost(exception)}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _backend?.Dispose();
        _context.Dispose();
    }
}
