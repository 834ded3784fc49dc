using Gpu.Kernels.Accelerators;

namespace Gpu.Kernels.Ops;

// The products on devices that run kernels.
public static unsafe partial class MatMul
{
    private static readonly TileKernels _forward = new(ForwardTileKernel<Tile128>, ForwardTileKernel<Tile64>, ForwardTileKernel<Tile32>,
        ForwardTileKernel<Split256>, ForwardTileKernel<Split64>);

    private static readonly ProductParts _forwardParts = new("matmul-forward",
        new(ForwardPartKernel<Tile128>, ForwardPartKernel<Tile64>, ForwardPartKernel<Tile32>), ForwardSumKernel);

    private static readonly TileKernels _inputGradient = new(InputGradientTileKernel<Tile128>, InputGradientTileKernel<Tile64>,
        InputGradientTileKernel<Tile32>, InputGradientTileKernel<Split256>, InputGradientTileKernel<Split64>);

    private static readonly ProductParts _inputGradientParts = new("matmul-input-gradient",
        new(InputGradientPartKernel<Tile128>, InputGradientPartKernel<Tile64>, InputGradientPartKernel<Tile32>), InputGradientSumKernel);

    private static readonly TileKernels _layerPart = new(LayerGradientPartKernel<Tile128>, LayerGradientPartKernel<Tile64>,
        LayerGradientPartKernel<Tile32>);

    private static readonly TileKernels _layerGradient = new(LayerGradientTileKernel<Tile128>, LayerGradientTileKernel<Tile64>,
        LayerGradientTileKernel<Tile32>);

    private static readonly ProductParts _layerGradientParts = new("matmul-weight-gradient", _layerPart, LayerGradientSumKernel);

    private static readonly TileKernels _layerUpdate = new(LayerUpdateTileKernel<Tile128>, LayerUpdateTileKernel<Tile64>,
        LayerUpdateTileKernel<Tile32>);

    private static readonly ProductParts _layerUpdateParts = new("matmul-weight-update", _layerPart, LayerUpdateSumKernel);

    private static Launch DeviceForward(ComputeAccelerator accelerator, string? variant, DeviceView<float> x, DeviceView<float> w,
        DeviceView<float>? bias, Activation activation, ProductShape shape, DeviceView<float> y)
    {
        var (m, k, n) = shape;
        var (b, hasBias) = (bias ?? w, Flag(bias is not null));
        var product = new TileProduct
        {
            Whole = _forward,
            Parts = _forwardParts,
            Layer = shape,
            Shape = shape,
            Left = [x],
            Right = w,
            Inputs = [b, hasBias, (int)activation],
            Outputs = [y],
            Loads = Loads(x, k, w, n),
            Stores = Stores(y, n),
        };
        return product.Prepare(accelerator, variant) ?? (variant == Tiled
            ? accelerator.Prepare(ForwardTiledKernel, Groups(n, m), x, w, b, hasBias, (int)activation, m, k, n, y)
            : accelerator.Prepare(ForwardKernel, LaunchShape.Linear(m * n), x, w, b, hasBias, (int)activation, m, k, n, y));
    }

    private static Launch DeviceInputGradient(ComputeAccelerator accelerator, string? variant, DeviceView<float> dy, DeviceView<float> w,
        DeviceView<float>? xOutput, Activation activation, ProductShape shape, DeviceView<float> dx)
    {
        var (m, k, n) = shape;
        var (output, kind) = (xOutput ?? dy, xOutput is null ? (int)Activation.Identity : (int)activation);
        var product = new TileProduct
        {
            Whole = _inputGradient,
            Parts = _inputGradientParts,
            Layer = shape,
            Shape = new(m, n, k),
            Left = [dy],
            Right = w,
            Inputs = [output, kind],
            Outputs = [dx],
            Loads = Loads(dy, n, w, n),
            Stores = Stores(dx, k) & (xOutput is { } o ? Stores(o, k) : TargetVectors),
        };
        return product.Prepare(accelerator, variant) ?? (variant == Tiled
            ? accelerator.Prepare(InputGradientTiledKernel, Groups(k, m), dy, w, output, kind, m, k, n, dx)
            : accelerator.Prepare(InputGradientKernel, LaunchShape.Linear(m * k), dy, w, output, kind, m, k, n, dx));
    }

    /// <summary>dw = x^T dy, and db where it is given, as one launch, or two where the depth is shared out; null where another variant is chosen.</summary>
    private static Launch? DeviceGradient(ComputeAccelerator accelerator, string? variant, DeviceView<float> x, DeviceView<float> dy,
        ProductShape shape, DeviceView<float> dw, DeviceView<float>? db) =>
        ParameterProduct(_layerGradient, _layerGradientParts, [], x, dy, shape, dw, db).Prepare(accelerator, variant);

    /// <summary>The update of w, and of bias where it is given, as <see cref="DeviceGradient"/>.</summary>
    private static Launch? DeviceUpdate(ComputeAccelerator accelerator, string? variant, DeviceView<float> x, DeviceView<float> dy,
        DeviceView<float> rates, DeviceView<int> cursor, ProductShape shape, DeviceView<float> w, DeviceView<float>? bias) =>
        ParameterProduct(_layerUpdate, _layerUpdateParts, [rates, cursor], x, dy, shape, w, bias).Prepare(accelerator, variant);

    /// <summary>x^T dy and the column sums of dy, for weights and, where it is given, bias.</summary>
    private static TileProduct ParameterProduct(TileKernels whole, ProductParts parts, KernelArgument[] inputs, DeviceView<float> x,
        DeviceView<float> dy, ProductShape shape, DeviceView<float> weights, DeviceView<float>? bias)
    {
        var (m, k, n) = shape;
        var hasBias = Flag(bias is not null);
        return new()
        {
            Whole = whole,
            Parts = parts,
            Layer = shape,
            Shape = new(k, m, n),
            Left = [x],
            Right = dy,
            Inputs = [.. inputs, hasBias],
            Outputs = [weights, bias ?? weights],
            Loads = Loads(x, k, dy, n),
            Stores = Stores(weights, n),
            ColumnSums = hasBias,
        };
    }

    /// <summary>Which factors of a product may be loaded by four, as bits.</summary>
    internal static int Loads<T>(DeviceView<T> left, int leftColumns, DeviceView<float> right, int rightColumns) where T : unmanaged =>
        (MayBeWide(left, leftColumns) ? LeftVectors : 0) | (MayBeWide(right, rightColumns) ? RightVectors : 0);

    /// <summary>The bit of a result that may be stored by four, or 0.</summary>
    internal static int Stores(DeviceView<float> target, int columns) => MayBeWide(target, columns) ? TargetVectors : 0;

    /// <summary>Whether each row begins at a multiple of four elements. Buffers begin at multiples of 16 bytes on every device.</summary>
    private static bool MayBeWide<T>(DeviceView<T> view, int columns) where T : unmanaged => columns % 4 == 0 && view.Offset % 4 == 0;
}
