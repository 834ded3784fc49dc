namespace Gpu.Kernels.Devices.Cpu;

/// <summary>
/// Vectors of one width, as an empty struct that a twin takes as a type argument: the JIT makes one body for each
/// width, with every call inlined. All widths fuse multiply and add, so that a sum taken in the same order has the
/// same bits in all of them.
/// </summary>
/// <typeparam name="TVector">The vector type: <c>Vector512&lt;float&gt;</c>, ..., or <c>float</c> for the scalar path.</typeparam>
public unsafe interface ISimd<TVector> where TVector : struct
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>All elements 0.</summary>
    static abstract TVector Zero { get; }

    /// <summary>All elements <paramref name="value"/>.</summary>
    static abstract TVector Broadcast(float value);

    /// <summary>Reads <see cref="Width"/> floats from any address.</summary>
    static abstract TVector Load(float* source);

    /// <summary>Writes <see cref="Width"/> floats to any address.</summary>
    static abstract void Store(float* destination, TVector value);

    /// <summary>Reads <paramref name="count"/> floats, 0 in the other elements; nothing beyond is touched.</summary>
    static abstract TVector LoadPartial(float* source, int count);

    /// <summary>Writes the first <paramref name="count"/> floats; nothing beyond is touched.</summary>
    static abstract void StorePartial(float* destination, TVector value, int count);

    /// <summary>a * b + c with one rounding.</summary>
    static abstract TVector Fma(TVector a, TVector b, TVector c);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a - b.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>a * b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a / b.</summary>
    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>The square root.</summary>
    static abstract TVector Sqrt(TVector a);

    /// <summary>|a|.</summary>
    static abstract TVector Abs(TVector a);

    /// <summary>a &gt; b ? a : b, element by element: b where either is NaN.</summary>
    static abstract TVector MaxOrSecond(TVector a, TVector b);

    /// <summary>a &lt; b ? a : b, element by element: b where either is NaN.</summary>
    static abstract TVector MinOrSecond(TVector a, TVector b);

    /// <summary>left &gt; right ? whenTrue : whenFalse, element by element; false where either is NaN.</summary>
    static abstract TVector SelectGreater(TVector left, TVector right, TVector whenTrue, TVector whenFalse);

    /// <summary>a above 0 ? whenTrue : whenFalse, element by element; false at NaN, in kernels too.</summary>
    static abstract TVector SelectPositive(TVector a, TVector whenTrue, TVector whenFalse);

    /// <summary>a below 0 ? whenTrue : whenFalse, element by element; false at NaN and at -0, in kernels too.</summary>
    static abstract TVector SelectNegative(TVector a, TVector whenTrue, TVector whenFalse);

    /// <summary>a == a ? whenNumber : whenNaN, element by element.</summary>
    static abstract TVector SelectNumber(TVector a, TVector whenNumber, TVector whenNaN);

    /// <summary>0 where |a| is below the smallest normal number, else a, NaN too; see <see cref="Ops.KernelMath.FlushToZero"/>.</summary>
    static abstract TVector FlushToZero(TVector a);

    /// <summary>The nearest integer, halves to even, as a float.</summary>
    static abstract TVector Round(TVector a);

    /// <summary>value * 2^exponent for integral exponents in -126..127, through the exponent bits of a float.</summary>
    static abstract TVector ScaleByPowerOfTwo(TVector value, TVector exponent);

    /// <summary>The exponent e of a = m 2^e with m in [1, 2), as a float, for positive normal a.</summary>
    static abstract TVector Exponent(TVector a);

    /// <summary>The significand m of a = m 2^e with m in [1, 2), for positive normal a.</summary>
    static abstract TVector Significand(TVector a);

    /// <summary>The magnitude of one with the sign bit of the other.</summary>
    static abstract TVector CopySign(TVector magnitude, TVector sign);

    /// <summary>e^a, see <see cref="Ops.KernelMath.Exp"/>.</summary>
    static abstract TVector Exp(TVector a);

    /// <summary>e^a - 1, see <see cref="Ops.KernelMath.Expm1"/>.</summary>
    static abstract TVector Expm1(TVector a);

    /// <summary>ln a, see <see cref="Ops.KernelMath.Log"/>.</summary>
    static abstract TVector Log(TVector a);

    /// <summary>tanh a, see <see cref="Ops.KernelMath.Tanh"/>.</summary>
    static abstract TVector Tanh(TVector a);

    /// <summary>1 / (1 + e^-a), see <see cref="Ops.KernelMath.Sigmoid"/>.</summary>
    static abstract TVector Sigmoid(TVector a);
}
