using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// y = lambda a where a is above 0, else lambda alpha (e^a - 1) (Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural
/// networks", 2017), which keeps mean and variance near 0 and 1 where weights are drawn from N(0, 1/inputs); below 0 y' = y + lambda alpha.
/// </summary>
internal readonly struct Selu : IActivationFunction
{
    private const double Lambda = 1.0507009873554804934;
    private const double LambdaAlpha = 1.7580993408473768599;

    public static string Name => "selu";

    public static SlopeSource From => SlopeSource.Output;

    public static double Step => LambdaAlpha - Lambda;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectPositive(a, TSimd.Multiply(TSimd.Broadcast((float)Lambda), a), TSimd.Multiply(TSimd.Broadcast((float)LambdaAlpha), TSimd.Expm1(a)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector y) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectPositive(y, TSimd.Broadcast((float)Lambda), TSimd.Add(y, TSimd.Broadcast((float)LambdaAlpha)));

    public static Tracked Truth(Tracked a)
    {
        var value = a.Value > 0 ? Lambda * a.Value : LambdaAlpha * Reference64.Expm1(a.Value);
        return new(value, (LambdaAlpha * a.Error) + ((Reference64.MathError + (2 * Reference64.Rounding)) * Math.Abs(value)));
    }

    public static Tracked Slope(Tracked y) => y.Value > 0 ? Tracked.Rounded(Lambda) : y + Tracked.Rounded(LambdaAlpha);
}
