using System.Reflection;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Ilgpu;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Gpu.Kernels.Tests.Ilgpu;

/// <summary>
/// ILGPU's own compilers take every kernel of the library; no device is needed for that. Each kernel has a context of its own,
/// since a failure spoils it for those after it.
/// </summary>
public class IlgpuBackendTests
{
    private static readonly CudaArchitecture _architecture = CudaArchitecture.SM_80;
    private static readonly CudaInstructionSet _instructionSet = CudaInstructionSet.ISA_71;

    public static TheoryData<string> Kernels => [.. KernelSources.Library.Kernels.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Ptx_has_the_kernel_in_exact_arithmetic(string name)
    {
        var text = Ptx(name);
        Assert.Contains(".visible .entry", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".approx", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".ftz", text, StringComparison.Ordinal);
        Assert.DoesNotContain("copysign", text, StringComparison.Ordinal);
        Assert.DoesNotContain("atom.global.add.f32", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void OpenCl_has_the_kernel(string name)
    {
        var text = OpenCl(name);
        Assert.Contains("kernel void", text, StringComparison.Ordinal);
        Assert.DoesNotContain("copysign", text, StringComparison.Ordinal);
        Assert.DoesNotContain("native_", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MatMul.ForwardKernel")]
    [InlineData("Softmax.SoftmaxForwardKernel")]
    public void A_fused_multiply_add_stays_one(string kernel)
    {
        var name = KernelSources.Library.Kernels.First(k => k.Name.EndsWith(kernel, StringComparison.Ordinal)).Name;
        Assert.Contains("fma.rn.f32", Ptx(name), StringComparison.Ordinal);
        Assert.Matches(@"= *fma *\(", OpenCl(name));
    }

    [Theory]
    [InlineData(1.5f, -0f)]
    [InlineData(-1.5f, 0f)]
    [InlineData(-0f, 2f)]
    [InlineData(float.NaN, -1f)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    public void The_sign_is_copied_as_the_framework_copies_it(float x, float y) => Assert.Equal(
        BitConverter.SingleToInt32Bits(MathF.CopySign(x, y)), BitConverter.SingleToInt32Bits(IlgpuModel.CopySign(x, y)));

    private static string Ptx(string kernel) => ((PTXCompiledKernel)Compile(kernel,
        context => new PTXBackend(context, _architecture, _instructionSet, null!))).PTXAssembly;

    private static string OpenCl(string kernel) => ((CLCompiledKernel)Compile(kernel, context => new CLBackend(
        context, new CLCapabilityContext(false, true, true, true, false), CLDeviceVendor.Other, new CLCVersion(2, 0)))).Source;

    private static CompiledKernel Compile(string kernel, Func<Context, Backend> create)
    {
        var method = MethodOf(kernel);
        using var context = IlgpuModel.CreateContext(timed: false, _ => { });
        using var backend = create(context);
        var isGrouped = KernelSources.Library.Find(method).IsGrouped;
        return backend.Compile(
            isGrouped
                ? EntryPointDescription.FromExplicitlyGroupedKernel(method)
                : EntryPointDescription.FromImplicitlyGroupedKernel(method),
            default(KernelSpecialization));
    }

    /// <summary>The method of a kernel's name: class and method, type arguments in angle brackets.</summary>
    private static MethodInfo MethodOf(string kernel)
    {
        var assembly = typeof(KernelSources).Assembly;
        var open = kernel.IndexOf('<', StringComparison.Ordinal);
        var path = open < 0 ? kernel : kernel[..open];
        var dot = path.LastIndexOf('.');
        var arguments = open < 0 ? [] : kernel[(open + 1)..^1].Split(',').Select(
            name => assembly.GetTypes().Single(t => t.Name == name && t.Namespace == "Gpu.Kernels.Ops")).ToArray();
        var method = assembly.GetType(path[..dot])!.GetMethods()
            .Single(m => m.Name == path[(dot + 1)..] && m.GetGenericArguments().Length == arguments.Length);
        return arguments.Length == 0 ? method : method.MakeGenericMethod(arguments);
    }
}
