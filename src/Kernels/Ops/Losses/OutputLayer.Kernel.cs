using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

public static partial class OutputLayer
{
    private const int Lanes = 64;

    /// <summary>Outputs whose sums a lane keeps at a time.</summary>
    private const int Block = 16;

    /// <summary>Lanes that share out the terms of one output when the lanes' sums are added up.</summary>
    private const int Parts = Lanes / Block;

    /// <summary>Lanes lie one element more than their sums apart, so that neighbours meet in different banks of the shared memory.</summary>
    private const int Stride = Block + 1;

    /// <summary>
    /// A group a row: x is (m, k), w (k, n), bias (n), labels (samples), order and cursor as everywhere; losses and correct are (m), dy
    /// (m, n), dx (m, k).
    /// </summary>
    /// <param name="x">The outputs of the layer below.</param>
    /// <param name="xKept">What the derivative of the layer below is taken from, as <paramref name="x"/>.</param>
    /// <param name="w">The weights.</param>
    /// <param name="bias">The biases.</param>
    /// <param name="labels">The classes of the data set.</param>
    /// <param name="order">The samples in their order.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>.</param>
    /// <param name="skipCorrectAfter">The first step of the run that skips what is right.</param>
    /// <param name="k">Inputs.</param>
    /// <param name="n">Outputs.</param>
    /// <param name="losses">The loss of each row.</param>
    /// <param name="correct">Whether each row is right.</param>
    /// <param name="dy">The gradient by the sums.</param>
    /// <param name="dx">The gradient by the sums of the layer below.</param>
    public static void OutputLayerKernel<TActivation, TInput, TLoss>(ArrayView<float> x, ArrayView<float> xKept, ArrayView<float> w,
        ArrayView<float> bias, ArrayView<byte> labels, ArrayView<int> order, ArrayView<int> cursor, int skipCorrectAfter, int k, int n,
        ArrayView<float> losses, ArrayView<int> correct, ArrayView<float> dy, ArrayView<float> dx)
        where TActivation : struct, IActivation where TInput : struct, IActivation where TLoss : struct, IOutputLoss
    {
        var y = SharedMemory.Allocate<float>(MostOutputs);
        var kept = SharedMemory.Allocate<float>(MostOutputs);
        var gradient = SharedMemory.Allocate<float>(MostOutputs);
        var sums = SharedMemory.Allocate<float>(Lanes * Stride);
        var row = Grid.IdxX;
        var column = Group.IdxX;
        Outputs<TActivation>(x, w, bias, row, k, n, sums, kept, y);
        var label = labels[order[cursor[StepCursor.Sample] + row]];
        if (column < n)
        {
            var skips = cursor[StepCursor.GlobalStep] >= skipCorrectAfter && SoftmaxRow.FirstMaximumIs(y, 0, n, label) != 0;
            var value = skips ? 0f : TLoss.Gradient(y, n, label, column, Grid.DimX);
            gradient[column] = ActivationGradient.Through<TActivation, SimdScalar, float>(value, kept[column]);
            dy[(row * n) + column] = gradient[column];
        }

        // The last lane, which seldom has a column of its own.
        if (column == Lanes - 1)
        {
            losses[row] = TLoss.Loss(y, n, label);
            correct[row] = SoftmaxRow.FirstMaximumIs(y, 0, n, label);
        }

        Group.Barrier();
        InputGradient<TInput>(xKept, w, gradient, row, k, n, dx);
    }

    /// <summary>y = f(x w + bias) for a row, block after block of columns, and what f' is taken from.</summary>
    private static void Outputs<TActivation>(ArrayView<float> x, ArrayView<float> w, ArrayView<float> bias, int row, int k, int n,
        ArrayView<float> sums, ArrayView<float> kept, ArrayView<float> y) where TActivation : struct, IActivation
    {
        for (var first = 0; first < n; first += Block)
        {
            MultiplyBlock(x, w, row, first, k, n, sums);
            Group.Barrier();
            AddLanes(sums);
            Group.Barrier();
            if (Group.IdxX < Block && first + Group.IdxX < n)
            {
                var column = first + Group.IdxX;
                var sum = SumOfParts(sums, Group.IdxX) + bias[column];
                y[column] = TActivation.Apply<SimdScalar, float>(sum);
                kept[column] = TActivation.From == SlopeSource.Sum ? sum : y[column];
            }

            Group.Barrier();
        }
    }

    /// <summary>Each lane's share of the products of a row with <see cref="Block"/> columns.</summary>
    private static void MultiplyBlock(ArrayView<float> x, ArrayView<float> w, int row, int first, int k, int n, ArrayView<float> sums)
    {
        var own = default(OutputSums);
        for (var i = Group.IdxX; i < k; i += Lanes)
        {
            own = OutputSums.Add(own, x[(row * k) + i], w.SubView((i * n) + first), n - 1 - first);
        }

        OutputSums.Store(own, sums.SubView(Group.IdxX * Stride));
    }

    /// <summary>Each lane adds up what <see cref="Block"/> lanes have of one column, and leaves it where the first of them had it.</summary>
    private static void AddLanes(ArrayView<float> sums)
    {
        var column = Group.IdxX % Block;
        var lane = Group.IdxX / Block * Block;
        var sum = 0f;
        for (var j = 0; j < Block; j++)
        {
            sum += sums[((lane + j) * Stride) + column];
        }

        sums[(lane * Stride) + column] = sum;
    }

    private static float SumOfParts(ArrayView<float> sums, int column)
    {
        var sum = 0f;
        for (var part = 0; part < Parts; part++)
        {
            sum += sums[(part * Block * Stride) + column];
        }

        return sum;
    }

    /// <summary>dx = (dy w^T) f'(xKept), in ascending order of the columns as in <see cref="MatMul"/>.</summary>
    private static void InputGradient<TInput>(ArrayView<float> xKept, ArrayView<float> w, ArrayView<float> gradient, int row, int k, int n,
        ArrayView<float> dx) where TInput : struct, IActivation
    {
        for (var i = Group.IdxX; i < k; i += Lanes)
        {
            var sum = 0f;
            for (var c = 0; c < n; c++)
            {
                sum = KernelMath.Fma(gradient[c], w[(i * n) + c], sum);
            }

            dx[(row * k) + i] = TInput.From == SlopeSource.None
                ? sum : ActivationGradient.Through<TInput, SimdScalar, float>(sum, xKept[(row * k) + i]);
        }
    }
}
