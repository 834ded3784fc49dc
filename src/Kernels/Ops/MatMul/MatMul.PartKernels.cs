using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

// Products whose depth is shared out to several groups: each puts its sums into a part of a scratch buffer, and a second launch adds the
// parts in order. A part holds rows x columns sums, then the column sums.
public static unsafe partial class MatMul
{
    /// <summary>parts[p] = the part of x w that sums the depth from p * partDepth on: x is (m, k), w (k, n), parts (parts, (m + 1) n).</summary>
    public static void ForwardPartKernel<TTile, TLeft, TRight, TTarget>(ArrayView<float> x, ArrayView<float> w, int columnTiles,
        int partDepth, int m, int k, int n, ArrayView<float> parts)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
    {
        TTile.Run(
            new FloatRows<AlongDepth, TLeft> { Data = x, Columns = k },
            new FloatRows<AlongOuter, TRight> { Data = w, Columns = n },
            Part<TTarget>(parts, Grid.IdxX / columnTiles, 0, m, n),
            PartPlace<TTile>(columnTiles, partDepth, m, n, k));
    }

    /// <summary>parts[p] = a part of dy w^T: dy is (m, n), w (k, n), parts (parts, (m + 1) k).</summary>
    public static void InputGradientPartKernel<TTile, TLeft, TRight, TTarget>(ArrayView<float> dy, ArrayView<float> w, int columnTiles,
        int partDepth, int m, int k, int n, ArrayView<float> parts)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
    {
        TTile.Run(
            new FloatRows<AlongDepth, TLeft> { Data = dy, Columns = n },
            new FloatRows<AlongDepth, TRight> { Data = w, Columns = n },
            Part<TTarget>(parts, Grid.IdxX / columnTiles, 0, m, k),
            PartPlace<TTile>(columnTiles, partDepth, m, k, n));
    }

    /// <summary>parts[p] = a part of x^T dy and of the column sums of dy: x is (m, k), dy (m, n), parts (parts, (k + 1) n).</summary>
    public static void LayerGradientPartKernel<TTile, TLeft, TRight, TTarget>(ArrayView<float> x, ArrayView<float> dy, int columnTiles,
        int partDepth, int m, int k, int n, ArrayView<float> parts)
        where TTile : struct, IProductTile where TLeft : struct, IWidth where TRight : struct, IWidth where TTarget : struct, IWidth
    {
        TTile.Run(
            new FloatRows<AlongOuter, TLeft> { Data = x, Columns = k },
            new FloatRows<AlongOuter, TRight> { Data = dy, Columns = n },
            Part<TTarget>(parts, Grid.IdxX / columnTiles, 1, k, n),
            PartPlace<TTile>(columnTiles, partDepth, k, n, m));
    }

    /// <summary>y = f(sum of the parts + bias), one index an element of y (m, n).</summary>
    public static void ForwardSumKernel<TActivation>(Index1D i, ArrayView<float> parts, ArrayView<float> bias, int hasBias, int count,
        int m, int n, ArrayView<float> y) where TActivation : struct, IActivation
    {
        if (i >= m * n)
        {
            return;
        }

        var sum = SumOfParts(parts, i, count, (m + 1) * n);
        y[i] = TActivation.Apply<SimdScalar, float>(hasBias != 0 ? sum + bias[i % n] : sum);
    }

    /// <summary>dx = (sum of the parts) f'(a), one index an element of dx (m, k).</summary>
    public static void InputGradientSumKernel<TActivation>(Index1D i, ArrayView<float> parts, ArrayView<float> xKept, int count,
        int m, int k, ArrayView<float> dx) where TActivation : struct, IActivation
    {
        if (i >= m * k)
        {
            return;
        }

        var sum = SumOfParts(parts, i, count, (m + 1) * k);
        dx[i] = TActivation.From == SlopeSource.None ? sum : ActivationGradient.Through<TActivation, SimdScalar, float>(sum, xKept[i]);
    }

    /// <summary>dw, and with <paramref name="hasBias"/> db, as sums of the parts, one index an element of dw (k, n), then of db (n).</summary>
    public static void LayerGradientSumKernel(Index1D i, ArrayView<float> parts, int hasBias, int count, int k, int n, ArrayView<float> dw,
        ArrayView<float> db)
    {
        if (i >= (k + hasBias) * n)
        {
            return;
        }

        var sum = SumOfParts(parts, i, count, (k + 1) * n);
        if (i < k * n)
        {
            dw[i] = sum;
        }
        else
        {
            db[i - (k * n)] = sum;
        }
    }

    /// <summary>w, and with <paramref name="hasBias"/> bias, less the rate times the sum of the parts, one index an element.</summary>
    public static void LayerUpdateSumKernel(Index1D i, ArrayView<float> parts, ArrayView<float> rates, ArrayView<int> cursor, int hasBias,
        int count, int k, int n, ArrayView<float> w, ArrayView<float> bias)
    {
        if (i >= (k + hasBias) * n)
        {
            return;
        }

        var step = -rates[cursor[StepCursor.Step]];
        var sum = SumOfParts(parts, i, count, (k + 1) * n);
        if (i < k * n)
        {
            w[i] = KernelMath.Fma(step, sum, w[i]);
        }
        else
        {
            bias[i - (k * n)] = KernelMath.Fma(step, sum, bias[i - (k * n)]);
        }
    }

    /// <summary>The sum of an element's parts, in order.</summary>
    private static float SumOfParts(ArrayView<float> parts, int element, int count, int length)
    {
        // What changes no number that it is added to, the negative zero included.
        var sum = -0f;
        var p = 0;
        for (; p + 16 <= count; p += 16)
        {
            // The loads of all sixteen are on their way before the first is needed.
            var at = parts.SubView((p * length) + element);
            sum = Add(sum, Four(at, length));
            sum = Add(sum, Four(at.SubView(4 * length), length));
            sum = Add(sum, Four(at.SubView(8 * length), length));
            sum = Add(sum, Four(at.SubView(12 * length), length));
        }

        for (; p < count; p++)
        {
            sum += parts[(p * length) + element];
        }

        return sum;
    }

    private static Float4 Four(ArrayView<float> parts, int length) =>
        new() { X = parts[0], Y = parts[length], Z = parts[2 * length], W = parts[3 * length] };

    private static float Add(float sum, Float4 parts) => sum + parts.X + parts.Y + parts.Z + parts.W;

    /// <summary>Where a part's sums go.</summary>
    internal static StoreTarget<TWidth> Part<TWidth>(ArrayView<float> parts, int part, int hasBias, int rows, int columns)
        where TWidth : struct, IWidth => new()
        {
            Dw = parts.SubView(part * (rows + 1) * columns, rows * columns),
            Db = parts.SubView(((part * (rows + 1)) + rows) * columns, columns),
            HasBias = hasBias,
            Columns = columns,
        };

    /// <summary>The tile of the group that runs, and its part of the depth.</summary>
    internal static ProductPlace PartPlace<TTile>(int columnTiles, int partDepth, int rows, int columns, int depth)
        where TTile : struct, IProductTile => new()
        {
            FirstRow = Grid.IdxY * TTile.Rows,
            EndRow = rows,
            FirstColumn = Grid.IdxX % columnTiles * TTile.Columns,
            EndColumn = columns,
            FirstDepth = Grid.IdxX / columnTiles * partDepth,
            EndDepth = KernelMath.Min(depth, ((Grid.IdxX / columnTiles) + 1) * partDepth),
        };
}
