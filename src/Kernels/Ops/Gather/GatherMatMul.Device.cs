using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

// The first layer on devices that run kernels.
public sealed partial class GatherMatMul
{
    private static readonly TileKernels _forward = new(GatherForwardTileKernel<Tile128, Wide, Wide, Wide, Identity>);

    private static readonly ActivationKernels _forwardPlain = new(GatherMatMulForwardKernel<Identity>);

    private static readonly TileKernels _gradient = new(GatherGradientTileKernel<Tile128, Wide, Wide, Wide>);

    private static readonly TileKernels _update = new(GatherUpdateTileKernel<Tile128, Wide, Wide, Wide>);

    private static readonly TileKernels _part = new(GatherGradientPartKernel<Tile128, Wide, Wide, Wide>);

    private static readonly ProductParts _gradientParts = MatMul.LayerGradientParts with { Name = "gather-matmul-weight-gradient", Kernels = _part };

    private static readonly ProductParts _updateParts = MatMul.LayerUpdateParts with { Name = "gather-matmul-weight-update", Kernels = _part };

    private Launch DeviceForward(DeviceView<float> w, DeviceView<float> bias, Activation activation, DeviceView<float> y) =>
        (Product(_forward, new(_shape.Rows, _shape.Features, _shape.Outputs), w, [bias], [y], y, columnSums: null) with { Activation = activation })
            .Prepare(_accelerator, _variant)
        ?? _accelerator.Prepare(_forwardPlain.Of(activation), LaunchShape.Linear(_shape.Rows * _shape.Outputs), _values, _order, _cursor, w, bias,
            _scale, _shape.Offset, _shape.Rows, _shape.Features, _shape.Outputs, _shape.FirstFeature(1), _skipsZeros, y);

    /// <summary>dw, and db where it is given.</summary>
    private Launch DeviceGradient(DeviceView<float> dy, DeviceView<float> dw, DeviceView<float>? db)
    {
        if ((ParameterProduct(_gradient, dy, [], dw, db) with { Parts = _gradientParts }).Prepare(_accelerator, _variant) is { } launch)
        {
            return launch;
        }

        var weights = _accelerator.Prepare(GatherMatMulWeightGradientKernel, LaunchShape.Linear(_shape.Features * _shape.Outputs), _values, _order,
            _cursor, dy, _scale, _shape.Offset, _shape.Rows, _shape.Features, _shape.Outputs, _skipsZeros, dw);
        return db is { } sums
            ? _accelerator.Independent("layer-gradient", [weights, ColumnSum.Prepare(_accelerator, dy, _shape.Rows, _shape.Outputs, sums)])
            : weights;
    }

    /// <summary>The update of w, and of bias where it is given.</summary>
    private Launch DeviceUpdate(DeviceView<float> dy, DeviceView<float> rates, DeviceView<float> w, DeviceView<float>? bias)
    {
        var product = ParameterProduct(_update, dy, [rates], w, bias) with
        {
            Parts = _updateParts,
            PartInputs = [rates, _cursor, bias is null ? 0 : 1],
        };
        if (product.Prepare(_accelerator, _variant) is { } launch)
        {
            return launch;
        }

        var weights = _accelerator.Prepare(GatherMatMulWeightUpdateKernel, LaunchShape.Linear(_shape.Features * _shape.Outputs), _values, _order,
            _cursor, dy, rates, _scale, _shape.Offset, _shape.Rows, _shape.Features, _shape.Outputs, _skipsZeros, w);
        return bias is { } b
            ? _accelerator.Independent("layer-update", [weights, ColumnSum.PrepareUpdate(_accelerator, dy, rates, _cursor, _shape.Rows, _shape.Outputs, b)])
            : weights;
    }

    /// <summary>x^T dy and the column sums of dy, for weights and, where it is given, bias.</summary>
    private TileProduct ParameterProduct(TileKernels kernels, DeviceView<float> dy, KernelArgument[] inputs, DeviceView<float> weights,
        DeviceView<float>? bias)
    {
        var hasBias = bias is null ? 0 : 1;
        return Product(kernels, new(_shape.Features, _shape.Rows, _shape.Outputs), dy, [.. inputs, hasBias], [weights, bias ?? weights], weights, hasBias);
    }

    private TileProduct Product(TileKernels kernels, ProductShape shape, DeviceView<float> right, KernelArgument[] inputs,
        KernelArgument[] outputs, DeviceView<float> target, int? columnSums) => new()
        {
            Whole = kernels,
            Layer = new(_shape.Rows, _shape.Features, _shape.Outputs),
            Shape = shape,
            Left = [_values, _order, _cursor, _scale, _shape.Offset],
            Right = right,
            Inputs = inputs,
            Outputs = outputs,
            Widths = new(MatMul.IsWide(_values, _shape.Features), MatMul.IsWide(right, _shape.Outputs), MatMul.IsWide(target, _shape.Outputs)),
            ColumnSums = columnSums,
        };
}
