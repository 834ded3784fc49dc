using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Learned vectors in the place of numbers of values: the last inputs of a row each hold a value's number, from 1 on, and become the row of a table that
/// is learned; the inputs before them go through as they are. It is what a dense layer makes of a one-hot input, without the zeros. A number that is
/// none of a value (0, or beyond the last) becomes a vector of 0; what stands behind the point of a number says nothing, so that the gradient
/// by such an input is 0. That of the table is summed from the first row to the last, by one lane for each of its numbers.
/// </summary>
public static partial class Embedding
{
    private const string ForwardName = "embed-forward";
    private const string BackwardName = "embed-backward";
    private const string TableName = "embed-table";

    /// <summary>
    /// One index an output: x is (rows, inputs), table (firsts[coded], width), firsts (coded + 1) the table's row at which each coded input begins, y
    /// (rows, inputs - coded + coded width).
    /// </summary>
    public static void EmbeddingForwardKernel(Index1D i, ArrayView<float> x, ArrayView<float> table, ArrayView<int> firsts, int rows, int inputs, int coded,
        int width, ArrayView<float> y)
    {
        var plain = inputs - coded;
        var outputs = plain + (coded * width);
        if (i >= rows * outputs)
        {
            return;
        }

        var row = i / outputs;
        var column = i - (row * outputs);
        if (column < plain)
        {
            y[i] = x[(row * inputs) + column];
            return;
        }

        var vector = (column - plain) / width;
        var place = Place(x[(row * inputs) + plain + vector], firsts[vector + 1] - firsts[vector]);
        var sum = 0f;
        if (place >= 0)
        {
            sum = table[((firsts[vector] + place) * width) + column - plain - (vector * width)];
        }

        y[i] = sum;
    }

    /// <summary>One index an input: dy is (rows, inputs - coded + coded width), dx (rows, inputs).</summary>
    public static void EmbeddingBackwardKernel(Index1D i, ArrayView<float> dy, int rows, int inputs, int coded, int width, ArrayView<float> dx)
    {
        if (i >= rows * inputs)
        {
            return;
        }

        var row = i / inputs;
        var column = i - (row * inputs);
        var plain = inputs - coded;
        var gradient = 0f;
        if (column < plain)
        {
            gradient = dy[(row * (plain + (coded * width))) + column];
        }

        dx[i] = gradient;
    }

    /// <summary>One index a number of the table: x is (rows, inputs), dy (rows, inputs - coded + coded width), dTable (firsts[coded], width).</summary>
    public static void EmbeddingTableKernel(Index1D i, ArrayView<float> x, ArrayView<float> dy, ArrayView<int> firsts, int rows, int inputs, int coded,
        int width, ArrayView<float> dTable)
    {
        if (i >= firsts[coded] * width)
        {
            return;
        }

        var value = i / width;
        var vector = 0;
        while (firsts[vector + 1] <= value)
        {
            vector++;
        }

        var plain = inputs - coded;
        var outputs = plain + (coded * width);
        var from = plain + (vector * width) + (i - (value * width));
        var values = firsts[vector + 1] - firsts[vector];
        var sum = 0f;
        for (var row = 0; row < rows; row++)
        {
            if (Place(x[(row * inputs) + plain + vector], values) == value - firsts[vector])
            {
                sum += dy[(row * outputs) + from];
            }
        }

        dTable[i] = sum;
    }

    /// <summary>Prepares the outputs.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="x">(rows, inputs), whose last inputs hold numbers of values.</param>
    /// <param name="table">(values of all coded inputs, width).</param>
    /// <param name="firsts">The table's row at which each coded input begins, ascending, and behind them where the last ends.</param>
    /// <param name="rows">Samples.</param>
    /// <param name="width">Numbers of a vector.</param>
    /// <param name="y">(rows, inputs - coded + coded width), written.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareForward(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> table, DeviceView<int> firsts, int rows, int width,
        DeviceView<float> y)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var (inputs, coded) = RequireShapes(ForwardName, rows, width, x, y, firsts);
        Require.AtLeast(table, width, ForwardName);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new ForwardTwin(x, table, firsts, rows, inputs, coded, width, y))
            : accelerator.Prepare(EmbeddingForwardKernel, LaunchShape.Linear(y.Length), x, table, firsts, rows, inputs, coded, width, y);
    }

    /// <summary>Prepares the gradient by the inputs.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="dy">(rows, inputs - coded + coded width), the gradient by the outputs.</param>
    /// <param name="firsts">As on the way there.</param>
    /// <param name="rows">Samples.</param>
    /// <param name="width">Numbers of a vector.</param>
    /// <param name="dx">(rows, inputs), written.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareBackward(ComputeAccelerator accelerator, DeviceView<float> dy, DeviceView<int> firsts, int rows, int width, DeviceView<float> dx)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var (inputs, coded) = RequireShapes(BackwardName, rows, width, dx, dy, firsts);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new BackwardTwin(dy, rows, inputs, coded, width, dx))
            : accelerator.Prepare(EmbeddingBackwardKernel, LaunchShape.Linear(dx.Length), dy, rows, inputs, coded, width, dx);
    }

    /// <summary>Prepares the gradient by the table.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="x">(rows, inputs), what the way there was given.</param>
    /// <param name="dy">(rows, inputs - coded + coded width), the gradient by the outputs.</param>
    /// <param name="firsts">As on the way there.</param>
    /// <param name="rows">Samples; with 0 of them the gradient is 0.</param>
    /// <param name="width">Numbers of a vector.</param>
    /// <param name="dTable">(values of all coded inputs, width), written.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareTableGradient(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> dy, DeviceView<int> firsts, int rows, int width,
        DeviceView<float> dTable)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var (inputs, coded) = RequireShapes(TableName, rows, width, x, dy, firsts);
        Require.AtLeast(dTable, width, TableName);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new TableTwin(x, dy, firsts, rows, inputs, coded, width, dTable))
            : accelerator.Prepare(EmbeddingTableKernel, LaunchShape.Linear(dTable.Length), x, dy, firsts, rows, inputs, coded, width, dTable);
    }

    /// <summary>The place of a value by its number, from 0; -1 for none.</summary>
    private static int Place(float number, int values)
    {
        var known = KernelMath.IsFinite(number) ? number : 0f;
        known = known < values + 1f ? known : 0f;
        known = known < 1f ? 0f : known;
        return (int)known - 1;
    }

    private static (int Inputs, int Coded) RequireShapes(string operation, int rows, int width, DeviceView<float> ofInputs, DeviceView<float> ofOutputs, DeviceView<int> firsts)
    {
        Require.Positive(width, operation);
        Require.AtLeast(firsts, 2, operation);
        var coded = firsts.Length - 1;
        var inputs = rows == 0 ? coded : ofInputs.Length / rows;
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, coded);
        Require.Matrix(ofInputs, rows, inputs, operation);
        Require.Matrix(ofOutputs, rows, checked(inputs - coded + (coded * width)), operation);
        return (inputs, coded);
    }
}
