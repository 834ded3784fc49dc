using Gpu.Kernels.Accelerators;

namespace Gpu.Kernels.Ops;

// The first layer on devices that run kernels.
public sealed partial class GatherMatMul
{
    private Launch DeviceForward(DeviceView<float> w, DeviceView<float> bias, Activation activation, DeviceView<float> y)
    {
        if (Choose(_rows, _features, sumsColumns: false) is not { } tile)
        {
            return _accelerator.Prepare(GatherMatMulForwardKernel, LaunchShape.Linear(_rows * _outputs), _values, _order, _cursor, w, bias,
                _scale, _offset, (int)activation, _rows, _features, _outputs, y);
        }

        var vectors = ValueVectors | MatMul.Vectors(MatMul.RightVectors, w, _outputs) | MatMul.Vectors(MatMul.TargetVectors, y, _outputs);
        return _accelerator.Prepare(ForwardTile(tile.Kind), MatMul.Groups(tile, _rows, _outputs), _values, _order, _cursor, w, bias, _scale,
            _offset, (int)activation, vectors, _rows, _features, _outputs, y);
    }

    /// <summary>dw, and db where it is given.</summary>
    private Launch DeviceGradient(DeviceView<float> dy, DeviceView<float> dw, DeviceView<float>? db)
    {
        if (Choose(_features, _rows, sumsColumns: true) is not { } tile)
        {
            var weights = _accelerator.Prepare(GatherMatMulWeightGradientKernel, LaunchShape.Linear(_features * _outputs), _values, _order,
                _cursor, dy, _scale, _offset, _rows, _features, _outputs, dw);
            return db is { } sums
                ? _accelerator.Independent("layer-gradient", [weights, ColumnSum.Prepare(_accelerator, dy, _rows, _outputs, sums)])
                : weights;
        }

        var hasBias = db is null ? 0 : 1;
        var vectors = ValueVectors | MatMul.Vectors(MatMul.RightVectors, dy, _outputs) | MatMul.Vectors(MatMul.TargetVectors, dw, _outputs);
        return _accelerator.Prepare(GradientTile(tile.Kind), MatMul.Groups(tile, _features, _outputs, hasBias), _values, _order, _cursor, dy,
            _scale, _offset, vectors, hasBias, _rows, _features, _outputs, dw, db ?? dw);
    }

    /// <summary>The update of w, and of bias where it is given.</summary>
    private Launch DeviceUpdate(DeviceView<float> dy, DeviceView<float> rates, DeviceView<float> w, DeviceView<float>? bias)
    {
        if (Choose(_features, _rows, sumsColumns: true) is not { } tile)
        {
            var weights = _accelerator.Prepare(GatherMatMulWeightUpdateKernel, LaunchShape.Linear(_features * _outputs), _values, _order,
                _cursor, dy, rates, _scale, _offset, _rows, _features, _outputs, w);
            return bias is { } b
                ? _accelerator.Independent("layer-update", [weights, ColumnSum.PrepareUpdate(_accelerator, dy, rates, _cursor, _rows, _outputs, b)])
                : weights;
        }

        var hasBias = bias is null ? 0 : 1;
        var vectors = ValueVectors | MatMul.Vectors(MatMul.RightVectors, dy, _outputs) | MatMul.Vectors(MatMul.TargetVectors, w, _outputs);
        return _accelerator.Prepare(UpdateTile(tile.Kind), MatMul.Groups(tile, _features, _outputs, hasBias), _values, _order, _cursor, dy,
            rates, _scale, _offset, vectors, hasBias, _rows, _features, _outputs, w, bias ?? w);
    }

    /// <summary>Bytes are loaded by four where every sample begins at a multiple of four.</summary>
    private int ValueVectors => MatMul.Vectors(MatMul.LeftVectors, _values, _features);

    private TileShape? Choose(int rows, int depth, bool sumsColumns) =>
        ProductTable.Choose(_accelerator, _variant, rows, depth, _outputs, sumsColumns, inParts: false).Tile;

    private static Delegate ForwardTile(TileKind kind) => kind switch
    {
        TileKind.Tile128 => GatherForwardTileKernel<Tile128>,
        TileKind.Tile64 => GatherForwardTileKernel<Tile64>,
        TileKind.Tile32 => GatherForwardTileKernel<Tile32>,
        TileKind.Split256 => GatherForwardTileKernel<Split256>,
        _ => GatherForwardTileKernel<Split64>,
    };

    private static Delegate GradientTile(TileKind kind) => kind switch
    {
        TileKind.Tile128 => GatherGradientTileKernel<Tile128>,
        TileKind.Tile64 => GatherGradientTileKernel<Tile64>,
        _ => GatherGradientTileKernel<Tile32>,
    };

    private static Delegate UpdateTile(TileKind kind) => kind switch
    {
        TileKind.Tile128 => GatherUpdateTileKernel<Tile128>,
        TileKind.Tile64 => GatherUpdateTileKernel<Tile64>,
        _ => GatherUpdateTileKernel<Tile32>,
    };
}
