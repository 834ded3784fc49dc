using System.Runtime.Intrinsics;

namespace Gpu.Kernels.Devices.Cpu;

/// <summary>An operation's SIMD twin before its width is chosen.</summary>
internal interface ISimdTwin
{
    /// <summary>The twin for one width.</summary>
    CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct;
}

/// <summary>Chooses the width of a twin by the accelerator's path.</summary>
internal static class SimdDispatch
{
    internal static Launch Prepare<TTwin>(this CpuAccelerator cpu, TTwin twin) where TTwin : ISimdTwin => cpu.Options.Path switch
    {
        SimdPath.Scalar => twin.Prepare<SimdScalar, float>(cpu),
        SimdPath.Vector128 => twin.Prepare<Simd128, Vector128<float>>(cpu),
        SimdPath.Vector256 => twin.Prepare<Simd256, Vector256<float>>(cpu),
        SimdPath.Vector512 => twin.Prepare<Simd512, Vector512<float>>(cpu),
        var path => throw new ArgumentOutOfRangeException(nameof(cpu), path, "There is no such path."),
    };
}
