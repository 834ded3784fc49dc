using System.Runtime.CompilerServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// y = a s(z) with z = 2 sqrt(2 / pi) (a + 0.044715 a^3) and s the logistic function: GELU by the tanh of its authors (Hendrycks and
/// Gimpel, "Gaussian error linear units (GELUs)", 2016), since (1 + tanh(z / 2)) / 2 = s(z); y' = s + a s (1 - s) z'.
/// </summary>
internal readonly struct GeluTanh : IActivationFunction
{
    /// <summary>2 sqrt(2 / pi), and 0.044715 times that.</summary>
    private const double Linear = 1.5957691216057307117;
    private const double Cubic = 0.071354816272600249;

    public static string Name => "gelu-tanh";

    public static SlopeSource From => SlopeSource.Sum;

    public static double Step => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Multiply(a, TSimd.Sigmoid(TSimd.Multiply(a, Polynomial<TSimd, TVector>(a, (float)Cubic))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Derivative<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        // 1 - s(z) is s(-z), which keeps its digits where s(z) is near 1.
        var z = TSimd.Multiply(a, Polynomial<TSimd, TVector>(a, (float)Cubic));
        var s = TSimd.Sigmoid(z);
        var rest = TSimd.Sigmoid(TSimd.Subtract(TSimd.Zero, z));
        var slope = TSimd.Multiply(a, Polynomial<TSimd, TVector>(a, (float)(3 * Cubic)));
        return TSimd.Fma(slope, TSimd.Multiply(s, rest), s);
    }

    public static Tracked Truth(Tracked a) => a * LogisticTruth(Inner(a));

    public static Tracked Slope(Tracked a)
    {
        var z = Inner(a);
        var s = LogisticTruth(z);
        var rest = LogisticTruth(z with { Value = -z.Value });
        return s + (a * (Tracked.Rounded(Linear) + (Tracked.Rounded(3 * Cubic) * (a * a))) * (s * rest));
    }

    /// <summary>2 sqrt(2 / pi) + <paramref name="factor"/> a^2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Polynomial<TSimd, TVector>(TVector a, float factor) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.Fma(TSimd.Multiply(a, a), TSimd.Broadcast(factor), TSimd.Broadcast((float)Linear));

    private static Tracked Inner(Tracked a) => a * (Tracked.Rounded(Linear) + (Tracked.Rounded(Cubic) * (a * a)));

    private static Tracked LogisticTruth(Tracked z)
    {
        var value = Logistic(z.Value);
        return Tracked.Through(Logistic, z, (Reference64.MathError * value) + Reference64.Underflow);
    }

    private static double Logistic(double z) => z >= 0 ? 1 / (1 + Math.Exp(-z)) : Math.Exp(z) / (1 + Math.Exp(z));
}
