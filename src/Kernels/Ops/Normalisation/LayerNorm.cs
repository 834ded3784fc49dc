using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Layer normalisation (Ba, Kiros and Hinton, "Layer normalization", 2016): each row, a sample, gets the mean 0 and the variance 1 over its own numbers,
/// y = scale (x - mean) / sqrt(variance + epsilon) + shift, with a scale and a shift for each column. The variance divides by the columns, as in PyTorch.
/// With x' = (x - mean) inverse and g = dy scale: dx = inverse (g - mean of g - x' mean of g x'), dShift = sum dy and dScale = sum dy x' over the rows.
/// Nothing hangs on other rows, so that evaluation is the same as training.
/// </summary>
public static partial class LayerNorm
{
    /// <summary>What is added to a variance.</summary>
    public const float Epsilon = 1e-5f;

    private const string ForwardName = "layer-norm-forward";
    private const string BackwardName = "layer-norm-backward";
    private const string ParametersName = "layer-norm-parameters";

    /// <summary>One index a row: x and y are (rows, columns), scale and shift (columns), statistics (rows, 2): mean and 1 / sqrt(variance + epsilon).</summary>
    public static void LayerNormForwardKernel(Index1D row, ArrayView<float> x, ArrayView<float> scale, ArrayView<float> shift, int rows, int columns,
        ArrayView<float> statistics, ArrayView<float> y)
    {
        if (row >= rows)
        {
            return;
        }

        var start = row * columns;
        var mean = SumOf(new NumberAt(x, start), columns) / columns;
        var inverse = 1f / KernelMath.Sqrt((SumOf(new SquareAt(x, start, mean), columns) / columns) + Epsilon);
        statistics[2 * row] = mean;
        statistics[(2 * row) + 1] = inverse;
        for (var j = 0; j < columns; j++)
        {
            y[start + j] = KernelMath.Fma((x[start + j] - mean) * inverse, scale[j], shift[j]);
        }
    }

    /// <summary>One index a row: x, dy and dx are (rows, columns), statistics (rows, 2), scale (columns).</summary>
    public static void LayerNormBackwardKernel(Index1D row, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> statistics, ArrayView<float> scale,
        int rows, int columns, ArrayView<float> dx)
    {
        if (row >= rows)
        {
            return;
        }

        var start = row * columns;
        var mean = statistics[2 * row];
        var inverse = statistics[(2 * row) + 1];
        var sum = SumOf(new ScaledGradientAt(dy, scale, start), columns) / columns;
        var dot = SumOf(new GradientTimesXAt(dy, scale, x, start, mean, inverse), columns) / columns;
        for (var j = 0; j < columns; j++)
        {
            var g = dy[start + j] * scale[j];
            dx[start + j] = inverse * (g - KernelMath.Fma((x[start + j] - mean) * inverse, dot, sum));
        }
    }

    /// <summary>One index a column: x and dy are (rows, columns), statistics (rows, 2), dScale and dShift (columns).</summary>
    public static void LayerNormParametersKernel(Index1D column, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> statistics, int rows, int columns,
        ArrayView<float> dScale, ArrayView<float> dShift)
    {
        if (column >= columns)
        {
            return;
        }

        var shift = 0f;
        var scale = 0f;
        for (var row = 0; row < rows; row++)
        {
            var at = (row * columns) + column;
            shift += dy[at];
            scale = KernelMath.Fma(dy[at], (x[at] - statistics[2 * row]) * statistics[(2 * row) + 1], scale);
        }

        dShift[column] = shift;
        dScale[column] = scale;
    }

    /// <summary>Prepares y, and the statistics that the way back reads.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="x">(rows, columns).</param>
    /// <param name="scale">(columns), 1 at the start.</param>
    /// <param name="shift">(columns), 0 at the start.</param>
    /// <param name="rows">Samples.</param>
    /// <param name="statistics">(rows, 2), written.</param>
    /// <param name="y">(rows, columns), written; may be <paramref name="x"/> where nothing learns.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareForward(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> scale, DeviceView<float> shift, int rows,
        DeviceView<float> statistics, DeviceView<float> y)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        RequireShapes(ForwardName, rows, scale, x, y, statistics);
        Require.Length(shift, scale.Length, ForwardName, nameof(shift));
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new ForwardTwin(x, scale, shift, rows, statistics, y))
            : accelerator.Prepare(LayerNormForwardKernel, LaunchShape.Linear(rows), x, scale, shift, rows, scale.Length, statistics, y);
    }

    /// <summary>Prepares the gradient by x.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="x">(rows, columns), what the way there was given.</param>
    /// <param name="dy">(rows, columns), the gradient by y.</param>
    /// <param name="statistics">(rows, 2), what the way there wrote.</param>
    /// <param name="scale">(columns).</param>
    /// <param name="rows">Samples.</param>
    /// <param name="dx">(rows, columns), written.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareBackward(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> dy, DeviceView<float> statistics,
        DeviceView<float> scale, int rows, DeviceView<float> dx)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        RequireShapes(BackwardName, rows, scale, x, dx, statistics);
        Require.Matrix(dy, rows, scale.Length, BackwardName);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new BackwardTwin(x, dy, statistics, scale, rows, dx))
            : accelerator.Prepare(LayerNormBackwardKernel, LaunchShape.Linear(rows), x, dy, statistics, scale, rows, scale.Length, dx);
    }

    /// <summary>Prepares the gradients by scale and shift.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="x">(rows, columns), what the way there was given.</param>
    /// <param name="dy">(rows, columns), the gradient by y.</param>
    /// <param name="statistics">(rows, 2), what the way there wrote.</param>
    /// <param name="rows">Samples.</param>
    /// <param name="dScale">(columns), written.</param>
    /// <param name="dShift">(columns), written.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareParameterGradient(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> dy, DeviceView<float> statistics,
        int rows, DeviceView<float> dScale, DeviceView<float> dShift)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        RequireShapes(ParametersName, rows, dScale, x, dy, statistics);
        Require.Length(dShift, dScale.Length, ParametersName, nameof(dShift));
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new ParametersTwin(x, dy, statistics, rows, dScale, dShift))
            : accelerator.Prepare(LayerNormParametersKernel, LaunchShape.Linear(dScale.Length), x, dy, statistics, rows, dScale.Length, dScale, dShift);
    }

    private static void RequireShapes(
        string operation, int rows, DeviceView<float> ofColumns, DeviceView<float> x, DeviceView<float> other, DeviceView<float> statistics)
    {
        Require.Positive(ofColumns.Length, operation);
        Require.Matrix(x, rows, ofColumns.Length, operation);
        Require.Matrix(other, rows, ofColumns.Length, operation);
        Require.Length(statistics, 2 * rows, operation);
    }
}
