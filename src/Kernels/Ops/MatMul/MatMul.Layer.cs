using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

// What a layer's parameters need of a step, weights and biases together.
public static unsafe partial class MatMul
{
    /// <summary>dw = x^T dy and db = the column sums of dy: x is (m, k), dy (m, n), dw (k, n), db (n).</summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    /// <exception cref="DeviceException">There is no such variant.</exception>
    public static Launch PrepareLayerGradient(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> dy, int m, int k, int n,
        DeviceView<float> dw, DeviceView<float> db, string? variant = null)
    {
        const string Name = "layer-gradient";
        RequireShapes(accelerator, m, k, n, Name);
        Require.Matrix(x, m, k, Name);
        Require.Matrix(dy, m, n, Name);
        Require.Matrix(dw, k, n, Name);
        Require.Length(db, n, Name);
        var forced = Forced(accelerator, variant);
        var fused = Twin(accelerator, forced) is null ? DeviceGradient(accelerator, forced, x, dy, new(m, k, n), dw, db) : null;
        return fused ?? accelerator.Independent(Name,
        [
            PrepareWeightGradient(accelerator, x, dy, m, k, n, dw, variant),
            ColumnSum.Prepare(accelerator, dy, m, n, db),
        ]);
    }

    /// <summary>
    /// w = w - rate x^T dy and bias = bias - rate times the column sums of dy, with rate = rates[cursor[0]]: x is (m, k), dy (m, n),
    /// w (k, n), bias (n).
    /// </summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    /// <exception cref="DeviceException">There is no such variant.</exception>
    public static Launch PrepareLayerUpdate(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> dy, DeviceView<float> rates,
        DeviceView<int> cursor, int m, int k, int n, DeviceView<float> w, DeviceView<float> bias, string? variant = null)
    {
        const string Name = "layer-update";
        RequireShapes(accelerator, m, k, n, Name);
        Require.Matrix(x, m, k, Name);
        Require.Matrix(dy, m, n, Name);
        Require.AtLeast(rates, 1, Name);
        Require.Length(cursor, StepCursor.Length, Name);
        Require.Matrix(w, k, n, Name);
        Require.Length(bias, n, Name);
        var forced = Forced(accelerator, variant);
        var fused = Twin(accelerator, forced) is null ? DeviceUpdate(accelerator, forced, x, dy, rates, cursor, new(m, k, n), w, bias) : null;
        return fused ?? accelerator.Independent(Name,
        [
            PrepareWeightUpdate(accelerator, x, dy, rates, cursor, m, k, n, w, variant),
            ColumnSum.PrepareUpdate(accelerator, dy, rates, cursor, m, n, bias),
        ]);
    }
}
