using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>What softmax and the losses do with one row, in kernels and, on pointers, in their twins. Sums run from the first
/// column to the last in both.</summary>
internal static unsafe class SoftmaxRow
{
    /// <summary>The largest of the n elements from <paramref name="start"/>.</summary>
    internal static float Maximum(ArrayView<float> a, int start, int n)
    {
        var max = a[start];
        for (var j = 1; j < n; j++)
        {
            max = KernelMath.Max(a[start + j], max);
        }

        return max;
    }

    /// <summary>The sum of exp(a - max) over the n elements from <paramref name="start"/>.</summary>
    internal static float SumOfExponentials(ArrayView<float> a, int start, int n, float max)
    {
        var sum = 0f;
        for (var j = 0; j < n; j++)
        {
            sum += KernelMath.Exp(a[start + j] - max);
        }

        return sum;
    }

    /// <summary>1 where the first maximum of the n elements from <paramref name="start"/> is the label; 0 in a row with NaN.</summary>
    internal static int FirstMaximumIs(ArrayView<float> a, int start, int n, int label)
    {
        var value = a[start + label];
        var correct = 1;
        for (var j = 0; j < n; j++)
        {
            var other = a[start + j];
            var reaches = j < label ? other >= value : other > value;
            correct = reaches || KernelMath.IsNaN(other) ? 0 : correct;
        }

        return correct;
    }

    /// <inheritdoc cref="Maximum(ArrayView{float}, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Maximum(float* a, int n)
    {
        // The native maximum is one instruction without a branch; what it does with NaN is of no matter, as the sum is NaN then.
        var max = a[0];
        for (var j = 1; j < n; j++)
        {
            max = float.MaxNative(a[j], max);
        }

        return max;
    }

    /// <summary>
    /// Writes exp(a - max) to <paramref name="e"/>, which may be <paramref name="a"/>, and returns the sum. Lanes are read back from
    /// <paramref name="lanes"/>, room for a vector, as a masked store would not forward its data.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Exponentials<TSimd, TVector>(float* a, int n, float max, float* e, float* lanes)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var shift = TSimd.Broadcast(max);
        var sum = 0f;
        for (var j = 0; j < n; j += TSimd.Width)
        {
            var count = Math.Min(TSimd.Width, n - j);
            var value = SimdMath.Exp<TSimd, TVector>(TSimd.Subtract(TSimd.LoadPartial(a + j, count), shift));
            TSimd.Store(lanes, value);
            TSimd.StorePartial(e + j, value, count);
            for (var lane = 0; lane < count; lane++)
            {
                sum += lanes[lane];
            }
        }

        return sum;
    }

    /// <summary>The sum of n elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Sum(float* values, int n)
    {
        var sum = 0f;
        for (var j = 0; j < n; j++)
        {
            sum += values[j];
        }

        return sum;
    }

    /// <summary>The sum of exp(a - max).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float SumOfExponentials<TSimd, TVector>(float* a, int n, float max, float* lanes)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var shift = TSimd.Broadcast(max);
        var sum = 0f;
        for (var j = 0; j < n; j += TSimd.Width)
        {
            var count = Math.Min(TSimd.Width, n - j);
            TSimd.Store(lanes, SimdMath.Exp<TSimd, TVector>(TSimd.Subtract(TSimd.LoadPartial(a + j, count), shift)));
            for (var lane = 0; lane < count; lane++)
            {
                sum += lanes[lane];
            }
        }

        return sum;
    }

    /// <summary>e *= factor, subnormal products as 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Scale<TSimd, TVector>(float* e, int n, float factor) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var vector = TSimd.Broadcast(factor);
        for (var j = 0; j < n; j += TSimd.Width)
        {
            var count = Math.Min(TSimd.Width, n - j);
            TSimd.StorePartial(e + j, TSimd.FlushToZero(TSimd.Multiply(TSimd.LoadPartial(e + j, count), vector)), count);
        }
    }

    /// <inheritdoc cref="FirstMaximumIs(ArrayView{float}, int, int, int)"/>
    /// <param name="a">The row.</param>
    /// <param name="n">Its elements.</param>
    /// <param name="label">The right column.</param>
    /// <param name="max">The row's maximum, which rules most wrong answers out at once.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int FirstMaximumIs(float* a, int n, int label, float max)
    {
        var value = a[label];
        if (value != max)
        {
            return 0;
        }

        // Sums of conditions, not branches: where the label stands cannot be predicted.
        var (reached, numbers) = (0, 0);
        for (var j = 0; j < n; j++)
        {
            numbers += a[j] <= value ? 1 : 0;
            reached += (a[j] >= value ? 1 : 0) & (j < label ? 1 : 0);
        }

        return numbers == n && reached == 0 ? 1 : 0;
    }
}
