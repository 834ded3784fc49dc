using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>y = max(a, 0), and -0 stays as it is (Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010); the derivative
/// is 0 at 0 and at NaN.</summary>
internal readonly struct Relu : IActivationFunction
{
    public static string Name => "relu";

    public static SlopeSource From => SlopeSource.Output;

    public static double Step => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectNegative(a, TSimd.Zero, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectPositive(y, TSimd.Broadcast(1f), TSimd.Zero);

    public static Tracked Truth(Tracked a) => new(a.Value < 0 ? 0 : a.Value, a.Error);

    public static Tracked Slope(Tracked y) => y.Value > 0 ? 1 : 0;
}
