using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>y = 1 / (1 + e^-a), the logistic function; y' = y (1 - y).</summary>
internal readonly struct Sigmoid : IActivationFunction
{
    public static string Name => "sigmoid";

    public static SlopeSource From => SlopeSource.Output;

    public static double Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Sigmoid(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Multiply(y, TSimd.Subtract(TSimd.Broadcast(1f), y));

    public static Tracked Truth(Tracked a)
    {
        var value = a.Value >= 0 ? 1 / (1 + Math.Exp(-a.Value)) : Math.Exp(a.Value) / (1 + Math.Exp(a.Value));
        return new(value, (a.Error * value * (1 - value)) + (a.Error * a.Error) + (Reference64.MathError * value) + Reference64.Underflow);
    }

    public static Tracked Slope(Tracked y) => Tracked.Through(v => v * (1 - v), y, 2 * Reference64.Rounding * Math.Abs(y.Value * (1 - y.Value)));
}
