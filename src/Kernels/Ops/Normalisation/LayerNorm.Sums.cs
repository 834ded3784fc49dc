using ILGPU;

namespace Gpu.Kernels.Ops;

public static unsafe partial class LayerNorm
{
    /// <summary>What a kernel adds up for the numbers of a row.</summary>
    private interface ITermAt
    {
        /// <summary>A sum with the term of a column.</summary>
        float AddTo(float sum, int column);
    }

    /// <summary>A row's sum in the order of the twin's: 16 sums of every sixteenth number, then of these two by two.</summary>
    private static float SumOf<TTerm>(TTerm term, int columns) where TTerm : struct, ITermAt => Fold(
        Fold(Pair(term, 0, columns), Pair(term, 4, columns), Pair(term, 2, columns), Pair(term, 6, columns)),
        Fold(Pair(term, 1, columns), Pair(term, 5, columns), Pair(term, 3, columns), Pair(term, 7, columns)));

    private static float Fold(float a, float b, float c, float d) => Fold(a + b, c + d);

    private static float Fold(float a, float b) => a + b;

    /// <summary>The sum of a lane and of that 8 lanes on.</summary>
    private static float Pair<TTerm>(TTerm term, int lane, int columns) where TTerm : struct, ITermAt =>
        Lane(term, lane, columns) + Lane(term, lane + (Lanes / 2), columns);

    private static float Lane<TTerm>(TTerm term, int lane, int columns) where TTerm : struct, ITermAt
    {
        var sum = 0f;
        for (var j = lane; j < columns; j += Lanes)
        {
            sum = term.AddTo(sum, j);
        }

        return sum;
    }

    private readonly struct NumberAt(ArrayView<float> x, int start) : ITermAt
    {
        public float AddTo(float sum, int column) => sum + x[start + column];
    }

    private readonly struct SquareAt(ArrayView<float> x, int start, float mean) : ITermAt
    {
        public float AddTo(float sum, int column)
        {
            var distance = x[start + column] - mean;
            return KernelMath.Fma(distance, distance, sum);
        }
    }

    private readonly struct ScaledGradientAt(ArrayView<float> dy, ArrayView<float> scale, int start) : ITermAt
    {
        public float AddTo(float sum, int column) => sum + (dy[start + column] * scale[column]);
    }

    private readonly struct GradientTimesXAt(ArrayView<float> dy, ArrayView<float> scale, ArrayView<float> x, int start, float mean, float inverse) : ITermAt
    {
        public float AddTo(float sum, int column) =>
            KernelMath.Fma(dy[start + column] * scale[column], (x[start + column] - mean) * inverse, sum);
    }
}
