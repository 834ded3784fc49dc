using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>y = 1.7159 tanh(2 a / 3) (LeCun, Bottou, Orr and Mueller, "Efficient BackProp", 1998): f(1) = 1 and f(-1) = -1, nearly.</summary>
internal readonly struct ScaledTanh : IActivationFunction
{
    private const float Height = 1.7159f;
    private const float Inner = 2f / 3f;

    public static string Name => "scaled-tanh";

    public static SlopeSource From => SlopeSource.Output;

    public static double Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Multiply(TSimd.Broadcast(Height), TSimd.Tanh(TSimd.Multiply(TSimd.Broadcast(Inner), a)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Fma(TSimd.Multiply(TSimd.Broadcast(-Inner / Height), y), y, TSimd.Broadcast(Inner * Height));

    public static Tracked Truth(Tracked a)
    {
        var inner = 2.0 / 3 * a.Value;
        var tanh = Math.Tanh(inner);

        // 2/3 and the product are rounded, which shifts the argument by 2 u |inner|; tanh' falls off as fast as |inner| grows.
        var shifted = ((2.0 / 3 * a.Error) + (2 * Reference64.Rounding * Math.Abs(inner))) * (1 - (tanh * tanh));
        var own = (Reference64.MathError + (2 * Reference64.Rounding)) * Math.Abs(tanh);
        return new(1.7159 * tanh, 1.7159 * ((2.0 / 3 * a.Error * a.Error) + shifted + own));
    }

    /// <summary>The constants are rounded as well; the square of y / 1.7159 is at most about 1.</summary>
    public static Tracked Slope(Tracked y) => Tracked.Through(v => 1.7159 * 2 / 3 * (1 - (v / 1.7159 * (v / 1.7159))), y, 8 * Reference64.Rounding);
}
