using System.Runtime.Intrinsics;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests;

/// <summary>The elementary functions against float64, and their vector forms against them, bit by bit.</summary>
public unsafe class KernelMathTests
{
    /// <summary>A prime, so that the sweep meets all exponents with ever other significands.</summary>
    private const uint SweepStride = 3989;

    [Fact]
    public void Exp_is_within_1_and_a_half_ulp_everywhere() => Sweep(KernelMath.Exp, x => Normal(Math.Exp(x)), 1.5);

    [Fact]
    public void Expm1_is_within_2_ulp_everywhere() => Sweep(KernelMath.Expm1, Expm1, 2.0);

    [Fact]
    public void Log_is_within_1_ulp_everywhere() => Sweep(KernelMath.Log, Math.Log, 1.0);

    [Fact]
    public void Tanh_is_within_2_ulp_everywhere() => Sweep(KernelMath.Tanh, Math.Tanh, 2.0);

    [Fact]
    public void Sigmoid_is_within_3_ulp_everywhere() => Sweep(KernelMath.Sigmoid, x => Normal(1 / (1 + Math.Exp(-x))), 3.0);

    [Fact]
    public void Extreme_arguments_have_their_limits()
    {
        Assert.Equal([float.PositiveInfinity, 0f, float.PositiveInfinity, 0f, 1f], Map(KernelMath.Exp, 1e4f, -1e4f,
            float.PositiveInfinity, float.NegativeInfinity, 0f));
        Assert.Equal([float.NegativeInfinity, float.NegativeInfinity, float.NaN, float.NaN, float.PositiveInfinity, 0f],
            Map(KernelMath.Log, 0f, -0f, -1f, float.NegativeInfinity, float.PositiveInfinity, 1f));
        Assert.Equal([float.PositiveInfinity, -1f, float.PositiveInfinity, -1f, 0f], Map(KernelMath.Expm1, 1e4f, -1e4f,
            float.PositiveInfinity, float.NegativeInfinity, 0f));
        Assert.Equal([1f, -1f, 1f, -1f, 0f], Map(KernelMath.Tanh, 1e4f, -1e4f, float.PositiveInfinity, float.NegativeInfinity, 0f));
        Assert.Equal([1f, 0f, 1f, 0f, 0.5f], Map(KernelMath.Sigmoid, 1e4f, -1e4f, float.PositiveInfinity, float.NegativeInfinity, 0f));
        Assert.True(float.IsNegative(KernelMath.Tanh(-0f)));
    }

    [Fact]
    public void NaN_stays_the_NaN_it_is()
    {
        foreach (var bits in (int[])[0x7FC00000, unchecked((int)0xFFC00000), 0x7FC12345, unchecked((int)0xFFFFFFFF)])
        {
            var nan = BitConverter.Int32BitsToSingle(bits);
            foreach (var function in (Func<float, float>[])[KernelMath.Exp, KernelMath.Expm1, KernelMath.Log, KernelMath.Tanh, KernelMath.Sigmoid])
            {
                Assert.Equal(bits, BitConverter.SingleToInt32Bits(function(nan)));
            }

            Assert.Equal(2f, KernelMath.Min(nan, 2f));
            Assert.Equal(2f, KernelMath.Max(nan, 2f));
        }
    }

    [Fact]
    public void Small_functions_are_what_they_say()
    {
        Assert.Equal((1, 2), (KernelMath.Min(2, 1), KernelMath.Max(1, 2)));
        Assert.Equal((1f, 2f), (KernelMath.Min(2f, 1f), KernelMath.Max(1f, 2f)));
        Assert.Equal(3f, KernelMath.Sqrt(9f));
        Assert.Equal(1.5f, KernelMath.Abs(-1.5f));

        Assert.Equal([0f, 0f, 0f, -MathF.ScaleB(1, -126), float.NegativeInfinity, float.NaN], Map(KernelMath.FlushToZero, float.Epsilon,
            float.BitDecrement(MathF.ScaleB(1, -126)), -0f, -MathF.ScaleB(1, -126), float.NegativeInfinity, float.NaN));

        // (1 + e)(1 - e) - 1 = -e^2, which two roundings would lose.
        var e = MathF.ScaleB(1f, -20);
        Assert.Equal(-e * e, KernelMath.Fma(1f + e, 1f - e, -1f));
    }

    [Fact]
    public void Scalar_path_has_the_same_bits() => Compare<SimdScalar, float>();

    [Fact]
    public void Vector128_path_has_the_same_bits() => Compare<Simd128, Vector128<float>>();

    [Fact]
    public void Vector256_path_has_the_same_bits() => Compare<Simd256, Vector256<float>>();

    [Fact]
    public void Vector512_path_has_the_same_bits() => Compare<Simd512, Vector512<float>>();

    /// <summary>0 for what is below the smallest normal float.</summary>
    private static double Normal(double x) => x < Math.ScaleB(1, -126) ? 0 : x;

    /// <summary>e^x - 1 in float64, from its series where e^x is too near 1 (Higham, "Accuracy and Stability of Numerical Algorithms", 1.14.1, gives it less plainly).</summary>
    private static double Expm1(double x) => Math.Abs(x) < 1e-3 ? x * (1 + (x / 2 * (1 + (x / 3 * (1 + (x / 4 * (1 + (x / 5)))))))) : Math.Exp(x) - 1;

    private static float[] Map(Func<float, float> function, params float[] arguments) => [.. arguments.Select(function)];

    private static void Sweep(Func<float, float> function, Func<double, double> reference, double bound)
    {
        var (worst, at) = (0.0, 0f);
        for (ulong bits = 0; bits <= uint.MaxValue; bits += SweepStride)
        {
            var x = BitConverter.Int32BitsToSingle((int)(uint)bits);
            var error = UlpError(function(x), reference(x));
            if (!(error <= worst))
            {
                (worst, at) = (error, x);
            }
        }

        Assert.True(worst <= bound, $"worst error {worst} ulp at {at:R}: {function(at):R} instead of {reference(at):R}");
        TestContext.Current.TestOutputHelper?.WriteLine($"worst error {worst:F3} ulp at {at:R}");
    }

    /// <summary>The distance in units in the last place of the float nearest to the reference; 0 where both are NaN.</summary>
    private static double UlpError(float found, double reference)
    {
        var rounded = (float)reference;
        if (float.IsNaN(found) || float.IsNaN(rounded))
        {
            return float.IsNaN(found) == float.IsNaN(rounded) ? 0 : double.PositiveInfinity;
        }

        if (float.IsInfinity(found) || float.IsInfinity(rounded))
        {
            return found == rounded ? 0 : OverflowError(found, reference);
        }

        var exponent = Math.Max(reference == 0 ? -126 : Math.ILogB(reference), -126);
        return Math.Abs(found - reference) / Math.ScaleB(1, exponent - 23);
    }

    /// <summary>At the edge of overflow, infinity counts as 2^128.</summary>
    private static double OverflowError(float found, double reference)
    {
        var value = float.IsInfinity(found) ? Math.CopySign(Math.ScaleB(1, 128), found) : found;
        return Math.Abs(value - reference) / Math.ScaleB(1, 127 - 23);
    }

    private static void Compare<TSimd, TVector>() where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        Compare<TSimd, TVector>(nameof(SimdMath.Exp), SimdMath.Exp<TSimd, TVector>, KernelMath.Exp);
        Compare<TSimd, TVector>(nameof(SimdMath.Expm1), SimdMath.Expm1<TSimd, TVector>, KernelMath.Expm1);
        Compare<TSimd, TVector>(nameof(SimdMath.Log), SimdMath.Log<TSimd, TVector>, KernelMath.Log);
        Compare<TSimd, TVector>(nameof(SimdMath.Tanh), SimdMath.Tanh<TSimd, TVector>, KernelMath.Tanh);
        Compare<TSimd, TVector>(nameof(KernelMath.FlushToZero), TSimd.FlushToZero, KernelMath.FlushToZero);
        Compare<TSimd, TVector>(nameof(SimdMath.Sigmoid), SimdMath.Sigmoid<TSimd, TVector>, KernelMath.Sigmoid);
    }

    private static void Compare<TSimd, TVector>(string name, Func<TVector, TVector> vector, Func<float, float> scalar)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var (arguments, results) = (new float[TSimd.Width], new float[TSimd.Width]);
        ulong bits = 0;
        while (bits <= uint.MaxValue)
        {
            for (var lane = 0; lane < arguments.Length; lane++, bits += SweepStride)
            {
                arguments[lane] = BitConverter.Int32BitsToSingle((int)(uint)bits);
            }

            fixed (float* source = arguments, destination = results)
            {
                TSimd.Store(destination, vector(TSimd.Load(source)));
            }

            for (var lane = 0; lane < arguments.Length; lane++)
            {
                var expected = BitConverter.SingleToInt32Bits(scalar(arguments[lane]));
                var found = BitConverter.SingleToInt32Bits(results[lane]);
                Assert.True(expected == found, $"{name}({arguments[lane]:R}): {found:X8} instead of {expected:X8}");
            }
        }
    }
}
