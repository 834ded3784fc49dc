using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

// The products on devices that run kernels.
public static unsafe partial class MatMul
{
    private static readonly TileKernels _forward = new(ForwardTileKernel<Tile128, Wide, Wide, Wide, Identity>);

    private static readonly ActivationKernels _forwardPlain = new(ForwardKernel<Identity>);

    private static readonly ActivationKernels _forwardTiled = new(ForwardTiledKernel<Identity>);

    private static readonly ActivationKernels _inputGradientPlain = new(InputGradientKernel<Identity>);

    private static readonly ActivationKernels _inputGradientTiled = new(InputGradientTiledKernel<Identity>);

    internal static readonly ProductParts ForwardParts =
        new("matmul-forward", new(ForwardPartKernel<Tile128, Wide, Wide, Wide>), new ActivationKernels(ForwardSumKernel<Identity>).Of);

    private static readonly TileKernels _inputGradient = new(InputGradientTileKernel<Tile128, Wide, Wide, Wide, Identity>);

    private static readonly ProductParts _inputGradientParts =
        new("matmul-input-gradient", new(InputGradientPartKernel<Tile128, Wide, Wide, Wide>), new ActivationKernels(InputGradientSumKernel<Identity>).Of);

    private static readonly TileKernels _layerPart = new(LayerGradientPartKernel<Tile128, Wide, Wide, Wide>);

    private static readonly TileKernels _layerGradient = new(LayerGradientTileKernel<Tile128, Wide, Wide, Wide>);

    internal static readonly ProductParts LayerGradientParts = new("matmul-weight-gradient", _layerPart, _ => LayerGradientSumKernel);

    private static readonly TileKernels _layerUpdate = new(LayerUpdateTileKernel<Tile128, Wide, Wide, Wide>);

    internal static readonly ProductParts LayerUpdateParts = new("matmul-weight-update", _layerPart, _ => LayerUpdateSumKernel);

    private static Launch DeviceForward(ComputeAccelerator accelerator, string? variant, DeviceView<float> x, DeviceView<float> w,
        DeviceView<float>? bias, Activation activation, ProductShape shape, DeviceView<float> y)
    {
        var (m, k, n) = shape;
        var (b, hasBias) = (bias ?? w, Flag(bias is not null));
        return ForwardProduct(x, w, bias, activation, shape, y).Prepare(accelerator, variant) ?? (variant == Tiled
            ? accelerator.Prepare(_forwardTiled.Of(activation), Groups(n, m), x, w, b, hasBias, m, k, n, y)
            : accelerator.Prepare(_forwardPlain.Of(activation), LaunchShape.Linear(m * n), x, w, b, hasBias, m, k, n, y));
    }

    internal static TileProduct ForwardProduct(DeviceView<float> x, DeviceView<float> w, DeviceView<float>? bias, Activation activation,
        ProductShape shape, DeviceView<float> y)
    {
        var (_, k, n) = shape;
        return new()
        {
            Whole = _forward,
            Parts = ForwardParts,
            Layer = shape,
            Shape = shape,
            Left = [x],
            Right = w,
            Activation = activation,
            Inputs = [bias ?? w, Flag(bias is not null)],
            Outputs = [y],
            Widths = new(IsWide(x, k), IsWide(w, n), IsWide(y, n)),
        };
    }

    private static Launch DeviceInputGradient(ComputeAccelerator accelerator, string? variant, DeviceView<float> dy, DeviceView<float> w,
        DeviceView<float>? xKept, Activation activation, ProductShape shape, DeviceView<float> dx)
    {
        var (m, k, n) = shape;
        var (kept, kind) = (xKept ?? dy, xKept is null ? Activation.Identity : activation);
        return InputGradientProduct(dy, w, xKept, kind, shape, dx).Prepare(accelerator, variant) ?? (variant == Tiled
            ? accelerator.Prepare(_inputGradientTiled.Of(kind), Groups(k, m), dy, w, kept, m, k, n, dx)
            : accelerator.Prepare(_inputGradientPlain.Of(kind), LaunchShape.Linear(m * k), dy, w, kept, m, k, n, dx));
    }

    internal static TileProduct InputGradientProduct(DeviceView<float> dy, DeviceView<float> w, DeviceView<float>? xKept, Activation activation,
        ProductShape shape, DeviceView<float> dx)
    {
        var (m, k, n) = shape;
        return new()
        {
            Whole = _inputGradient,
            Parts = _inputGradientParts,
            Layer = shape,
            Shape = new(m, n, k),
            Left = [dy],
            Right = w,
            Activation = activation,
            Inputs = [xKept ?? dy],
            Outputs = [dx],
            Widths = new(IsWide(dy, n), IsWide(w, n), IsWide(dx, k) && (xKept is not { } o || IsWide(o, k))),
        };
    }

    /// <summary>dw = x^T dy, and db where it is given, as one launch, or two where the depth is shared out; null where another variant is chosen.</summary>
    private static Launch? DeviceGradient(ComputeAccelerator accelerator, string? variant, DeviceView<float> x, DeviceView<float> dy,
        ProductShape shape, DeviceView<float> dw, DeviceView<float>? db) =>
        GradientProduct(x, dy, shape, dw, db).Prepare(accelerator, variant);

    internal static TileProduct GradientProduct(DeviceView<float> x, DeviceView<float> dy, ProductShape shape, DeviceView<float> dw,
        DeviceView<float>? db) => ParameterProduct(_layerGradient, LayerGradientParts, [], x, dy, shape, dw, db);

    /// <summary>The update of w, and of bias where it is given, as <see cref="DeviceGradient"/>.</summary>
    private static Launch? DeviceUpdate(ComputeAccelerator accelerator, string? variant, DeviceView<float> x, DeviceView<float> dy,
        DeviceView<float> rates, DeviceView<int> cursor, ProductShape shape, DeviceView<float> w, DeviceView<float>? bias) =>
        UpdateProduct(x, dy, rates, cursor, shape, w, bias).Prepare(accelerator, variant);

    internal static TileProduct UpdateProduct(DeviceView<float> x, DeviceView<float> dy, DeviceView<float> rates, DeviceView<int> cursor,
        ProductShape shape, DeviceView<float> w, DeviceView<float>? bias) =>
        ParameterProduct(_layerUpdate, LayerUpdateParts, [rates, cursor], x, dy, shape, w, bias);

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
            Widths = new(IsWide(x, k), IsWide(dy, n), IsWide(weights, n)),
            ColumnSums = hasBias,
        };
    }

    /// <summary>Whether each row begins at a multiple of four elements. Buffers begin at multiples of 16 bytes on every device.</summary>
    internal static bool IsWide<T>(DeviceView<T> view, int columns) where T : unmanaged => columns % 4 == 0 && view.Offset % 4 == 0;
}
