using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Frontend.Intrinsic;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace Gpu.Kernels.Devices.Ilgpu;

/// <summary>
/// ILGPU's contexts as this program makes them, and the two functions that ILGPU 1.5.3 has not:
/// <list type="bullet">
/// <item><see cref="MathF.FusedMultiplyAdd"/> becomes the instruction of PTX and the function of OpenCL.</item>
/// <item><see cref="MathF.CopySign"/> gives PTX its operands in the wrong order (ILGPU's issue 1361): it becomes bits.</item>
/// </list>
/// Optimisation stays at O1, where ILGPU's own tests are: O2 is experimental. <c>XMath</c> and the reductions of ILGPU.Algorithms are not
/// used by kernels: the one approximates, differently on each device, the other adds floats atomically, in an order of its own.
/// </summary>
internal static class KernelContext
{
    private static readonly Type[] _two = [typeof(float), typeof(float)];
    private static readonly Type[] _three = [typeof(float), typeof(float), typeof(float)];

    static KernelContext()
    {
        RemappedIntrinsics.AddRemapping(typeof(MathF), typeof(KernelContext), nameof(FusedMultiplyAdd), _three);
        RemappedIntrinsics.AddRemapping(typeof(MathF), typeof(KernelContext), nameof(CopySign), _two);
    }

    /// <summary>Makes a context. A kernel that fails to compile spoils it for those that come after.</summary>
    /// <param name="addDevices">Adds the devices.</param>
    internal static Context Create(Action<Context.Builder> addDevices)
    {
        NativeLibraries.Resolve();
        return Context.Create(builder =>
        {
            builder.Optimize(OptimizationLevel.O1).Math(MathMode.Default);
            var fused = typeof(KernelContext).GetMethod(nameof(FusedMultiplyAdd), _three)!;
            var intrinsics = builder.GetIntrinsicManager();
            const IntrinsicImplementationMode Mode = IntrinsicImplementationMode.GenerateCode;
            intrinsics.RegisterMethod(fused, new PTXIntrinsic(typeof(KernelContext), nameof(FusedInPtx), Mode));
            intrinsics.RegisterMethod(fused, new CLIntrinsic(typeof(KernelContext), nameof(FusedInOpenCl), Mode));
            addDevices(builder);
        });
    }

    /// <summary>a * b + c with one rounding.</summary>
    [IntrinsicImplementation]
    public static float FusedMultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>x with the sign of y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float CopySign(float x, float y) => BitConverter.Int32BitsToSingle(
        (BitConverter.SingleToInt32Bits(x) & int.MaxValue) | (BitConverter.SingleToInt32Bits(y) & int.MinValue));

    private static void FusedInPtx(PTXBackend backend, PTXCodeGenerator code, Value value)
    {
        var call = (MethodCall)value;
        var a = code.LoadPrimitive(call[0]);
        var b = code.LoadPrimitive(call[1]);
        var c = code.LoadPrimitive(call[2]);
        var result = code.AllocateHardware(value);
        using var command = code.BeginCommand("fma.rn.f32");
        command.AppendArgument(result);
        command.AppendArgument(a);
        command.AppendArgument(b);
        command.AppendArgument(c);
    }

    private static void FusedInOpenCl(CLBackend backend, CLCodeGenerator code, Value value)
    {
        var call = (MethodCall)value;
        using var statement = code.BeginStatement(code.Allocate(value), "fma");
        statement.BeginArguments();
        statement.AppendArgument(code.Load(call[0]));
        statement.AppendArgument(code.Load(call[1]));
        statement.AppendArgument(code.Load(call[2]));
        statement.EndArguments();
    }
}
