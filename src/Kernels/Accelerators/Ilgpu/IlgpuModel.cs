using System.Runtime.CompilerServices;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Frontend.Intrinsic;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace Gpu.Kernels.Accelerators.Ilgpu;

/// <summary>
/// How the kernel model maps to ILGPU 1.5.3; the one place where the two differ for a kernel.
/// <list type="bullet">
/// <item>Types: <c>GlobalUsings.cs</c> imports ILGPU's instead of ours; names and signatures are the same. Its index into a view is
/// 64 bits wide on devices, which costs registers that our translation does not spend.</item>
/// <item><see cref="SpecializedValue{T}"/> serves loop bounds and flags; as an array size ILGPU refuses it.</item>
/// <item><see cref="MathF.FusedMultiplyAdd"/> is unknown to ILGPU: it becomes the instruction of PTX and the function of OpenCL.</item>
/// <item><see cref="MathF.CopySign"/> gives PTX its operands in the wrong order (ILGPU's issue 1361): it becomes bits.</item>
/// <item>Other sums and products are contracted as the driver likes: ILGPU has no word against it. The bounds allow for that.</item>
/// <item><c>Exp</c>, <c>Log</c>, <c>Tanh</c>, <c>Pow</c> are <c>KernelMath</c>'s: those of <c>XMath</c> are approximations that differ from
/// device to device. Reductions of ILGPU.Algorithms add floats atomically, in an order of their own: no kernel uses them.</item>
/// <item>Optimisation stays at O1, where ILGPU's own tests are; it unrolls no loop, so that a register tile lies in local memory.</item>
/// <item>Kernels take views and numbers, no structs: their padding has changed from version to version.</item>
/// </list>
/// </summary>
internal static class IlgpuModel
{
    private static readonly Type[] _two = [typeof(float), typeof(float)];
    private static readonly Type[] _three = [typeof(float), typeof(float), typeof(float)];

    static IlgpuModel()
    {
        RemappedIntrinsics.AddRemapping(typeof(MathF), typeof(IlgpuModel), nameof(FusedMultiplyAdd), _three);
        RemappedIntrinsics.AddRemapping(typeof(MathF), typeof(IlgpuModel), nameof(CopySign), _two);
    }

    /// <summary>Makes a context whose kernels mean what ours mean.</summary>
    /// <param name="timed">Whether launches will be timed.</param>
    /// <param name="addDevices">Adds the devices.</param>
    internal static Context CreateContext(bool timed, Action<Context.Builder> addDevices) => Context.Create(builder =>
    {
        builder.Optimize(OptimizationLevel.O1).Math(MathMode.Default).EnableAlgorithms();
        if (timed)
        {
            builder.Profiling();
        }

        var fused = typeof(IlgpuModel).GetMethod(nameof(FusedMultiplyAdd), _three)!;
        var intrinsics = builder.GetIntrinsicManager();
        const IntrinsicImplementationMode Mode = IntrinsicImplementationMode.GenerateCode;
        intrinsics.RegisterMethod(fused, new PTXIntrinsic(typeof(IlgpuModel), nameof(FusedInPtx), Mode));
        intrinsics.RegisterMethod(fused, new CLIntrinsic(typeof(IlgpuModel), nameof(FusedInOpenCl), Mode));
        addDevices(builder);
    });

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
