using Gpu.Kernels.Devices;
using ILGPU.Runtime.Cuda;

namespace Gpu.Kernels.Tests.Compilation;

/// <summary>Kernels, listed ones and others, as PTX for the latest architecture that ILGPU writes instructions for; each compiled once.</summary>
internal static class KernelPtx
{
    private static readonly Dictionary<(KernelMethod, int), string> _texts = [];
    private static readonly Lazy<KernelCompiler> _compiler = new(() => KernelCompiler.ForPtx(CudaArchitecture.SM_80, CudaInstructionSet.ISA_71));

    /// <summary>The text.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="lanes">Lanes of its groups; 0 where it leaves them open.</param>
    internal static string Of(KernelMethod kernel, int lanes)
    {
        lock (_compiler)
        {
            if (!_texts.TryGetValue((kernel, lanes), out var text))
            {
                text = _compiler.Value.Compile(kernel, lanes).Text;
                _texts.Add((kernel, lanes), text);
            }

            return text;
        }
    }
}
