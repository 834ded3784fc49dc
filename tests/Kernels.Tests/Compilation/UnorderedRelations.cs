using System.Globalization;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Ilgpu;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.IR;
using ILGPU.IR.Values;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace Gpu.Kernels.Tests.Compilation;

/// <summary>
/// The comparisons by size of two floats that a compiled kernel holds and that are to be true where one is NaN. ILGPU's OpenCL C cannot
/// say them: it writes <c>a &gt; b</c> for <c>!(a &lt;= b)</c>, and for the branch that C# makes of <c>if (a &lt;= b)</c>. And it makes one,
/// wrongly and for all devices, of every comparison with a constant on its left.
/// </summary>
internal sealed class UnorderedRelations : IBackendHook
{
    /// <summary>Each as method, operation and operands.</summary>
    private readonly List<string> _found = [];

    /// <summary>Those of some kernels, each with the lanes of its groups or 0, by the kernel's name.</summary>
    internal static Dictionary<string, IReadOnlyList<string>> Of(IEnumerable<(KernelMethod Kernel, int Lanes)> kernels)
    {
        using var context = KernelContext.Create(_ => { });
        using var backend = new CLBackend(
            context, new CLCapabilityContext(false, false, true, false, false), CLDeviceVendor.Other, CLBackend.MinimumVersion);
        var found = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (kernel, lanes) in kernels)
        {
            var entry = kernel.IsGrouped
                ? EntryPointDescription.FromExplicitlyGroupedKernel(kernel.Method)
                : EntryPointDescription.FromImplicitlyGroupedKernel(kernel.Method);
            var relations = new UnorderedRelations();
            backend.Compile(entry, lanes == 0 ? default : new KernelSpecialization(lanes, null), relations);
            found.TryAdd(kernel.Name, relations._found);
        }

        return found;
    }

    public void FinishedCodeGeneration(IRContext context, Method entryPoint)
    {
    }

    public void InitializedKernelContext(IRContext kernelContext, Method kernelMethod)
    {
    }

    public void OptimizedKernelContext(IRContext kernelContext, Method kernelMethod)
    {
        foreach (var method in kernelContext.Methods)
        {
            foreach (var block in method.Blocks)
            {
                foreach (var entry in block)
                {
                    if (entry.Value is CompareValue { IsUnsignedOrUnordered: true, Kind: > CompareKind.NotEqual } relation
                        && relation.Left.BasicValueType == BasicValueType.Float32)
                    {
                        _found.Add(string.Create(CultureInfo.InvariantCulture,
                            $"{method.Name}: {relation.Left.Resolve()} {relation.Kind} {relation.Right.Resolve()}"));
                    }
                }
            }
        }
    }
}
