using Gpu.Kernels.Accelerators;

namespace Gpu.Kernels.Ops;

// The products on devices that run kernels.
public static unsafe partial class MatMul
{
    private static Launch DeviceForward(ComputeAccelerator accelerator, string? variant, DeviceView<float> x, DeviceView<float> w,
        DeviceView<float>? bias, Activation activation, int m, int k, int n, DeviceView<float> y)
    {
        var (b, hasBias) = (bias ?? w, Flag(bias is not null));
        if (variant == Tiled)
        {
            return accelerator.Prepare(ForwardTiledKernel, Groups(n, m), x, w, b, hasBias, (int)activation, m, k, n, y);
        }

        var choice = ProductTable.Choose(accelerator, variant, m, k, n, sumsColumns: false);
        if (choice.Tile is not { } tile)
        {
            return accelerator.Prepare(ForwardKernel, LaunchShape.Linear(m * n), x, w, b, hasBias, (int)activation, m, k, n, y);
        }

        var loads = Vectors(LeftVectors, x, k) | Vectors(RightVectors, w, n);
        if (choice.Parts == 1)
        {
            return accelerator.Prepare(ForwardTile(tile.Kind), Groups(tile, m, n), x, w, b, hasBias, (int)activation,
                loads | Vectors(TargetVectors, y, n), m, k, n, y);
        }

        var parts = Parts(accelerator, choice, m, n);
        return accelerator.Sequence("matmul-forward[split-k]",
        [
            accelerator.Prepare(ForwardPart(tile.Kind), Groups(choice, m, n), x, w, loads | Vectors(TargetVectors, parts, n),
                tile.ColumnTiles(n), choice.PartDepth, m, k, n, parts),
            accelerator.Prepare(ForwardSumKernel, LaunchShape.Linear(m * n), parts, b, hasBias, (int)activation, choice.Parts, m, n, y),
        ]);
    }

    private static Launch DeviceInputGradient(ComputeAccelerator accelerator, string? variant, DeviceView<float> dy, DeviceView<float> w,
        DeviceView<float>? xOutput, Activation activation, int m, int k, int n, DeviceView<float> dx)
    {
        var (output, kind) = (xOutput ?? dy, xOutput is null ? (int)Activation.Identity : (int)activation);
        if (variant == Tiled)
        {
            return accelerator.Prepare(InputGradientTiledKernel, Groups(k, m), dy, w, output, kind, m, k, n, dx);
        }

        var choice = ProductTable.Choose(accelerator, variant, m, n, k, sumsColumns: false);
        if (choice.Tile is not { } tile)
        {
            return accelerator.Prepare(InputGradientKernel, LaunchShape.Linear(m * k), dy, w, output, kind, m, k, n, dx);
        }

        var loads = Vectors(LeftVectors, dy, n) | Vectors(RightVectors, w, n);
        if (choice.Parts == 1)
        {
            var wide = xOutput is { } o ? Vectors(TargetVectors, o, k) : TargetVectors;
            return accelerator.Prepare(InputGradientTile(tile.Kind), Groups(tile, m, k), dy, w, output, kind,
                loads | (wide & Vectors(TargetVectors, dx, k)), m, k, n, dx);
        }

        var parts = Parts(accelerator, choice, m, k);
        return accelerator.Sequence("matmul-input-gradient[split-k]",
        [
            accelerator.Prepare(InputGradientPart(tile.Kind), Groups(choice, m, k), dy, w, loads | Vectors(TargetVectors, parts, k),
                tile.ColumnTiles(k), choice.PartDepth, m, k, n, parts),
            accelerator.Prepare(InputGradientSumKernel, LaunchShape.Linear(m * k), parts, output, kind, choice.Parts, m, k, dx),
        ]);
    }

    /// <summary>dw = x^T dy, and db where it is given, as one launch, or two where the depth is shared out; null where another variant is chosen.</summary>
    private static Launch? DeviceGradient(ComputeAccelerator accelerator, string? variant, DeviceView<float> x, DeviceView<float> dy,
        int m, int k, int n, DeviceView<float> dw, DeviceView<float>? db)
    {
        var choice = ProductTable.Choose(accelerator, variant, k, m, n, sumsColumns: true);
        if (choice.Tile is not { } tile)
        {
            return null;
        }

        var (b, hasBias) = (db ?? dw, Flag(db is not null));
        if (choice.Parts == 1)
        {
            var vectors = Vectors(LeftVectors, x, k) | Vectors(RightVectors, dy, n) | Vectors(TargetVectors, dw, n);
            return accelerator.Prepare(LayerGradientTile(tile.Kind), Groups(tile, k, n, hasBias), x, dy, vectors, hasBias, m, k, n, dw, b);
        }

        var (launch, parts) = GradientParts(accelerator, choice, tile, hasBias, x, dy, m, k, n);
        return accelerator.Sequence("matmul-weight-gradient[split-k]",
        [
            launch,
            accelerator.Prepare(LayerGradientSumKernel, LaunchShape.Linear((k + hasBias) * n), parts, hasBias, choice.Parts, k, n, dw, b),
        ]);
    }

    /// <summary>The update of w, and of bias where it is given, as <see cref="DeviceGradient"/>.</summary>
    private static Launch? DeviceUpdate(ComputeAccelerator accelerator, string? variant, DeviceView<float> x, DeviceView<float> dy,
        DeviceView<float> rates, DeviceView<int> cursor, int m, int k, int n, DeviceView<float> w, DeviceView<float>? bias)
    {
        var choice = ProductTable.Choose(accelerator, variant, k, m, n, sumsColumns: true);
        if (choice.Tile is not { } tile)
        {
            return null;
        }

        var (b, hasBias) = (bias ?? w, Flag(bias is not null));
        if (choice.Parts == 1)
        {
            var vectors = Vectors(LeftVectors, x, k) | Vectors(RightVectors, dy, n) | Vectors(TargetVectors, w, n);
            return accelerator.Prepare(LayerUpdateTile(tile.Kind), Groups(tile, k, n, hasBias), x, dy, rates, cursor, vectors, hasBias, m, k, n, w, b);
        }

        var (launch, parts) = GradientParts(accelerator, choice, tile, hasBias, x, dy, m, k, n);
        return accelerator.Sequence("matmul-weight-update[split-k]",
        [
            launch,
            accelerator.Prepare(LayerUpdateSumKernel, LaunchShape.Linear((k + hasBias) * n), parts, rates, cursor, hasBias, choice.Parts, k, n, w, b),
        ]);
    }

    private static (Launch Launch, DeviceView<float> Parts) GradientParts(ComputeAccelerator accelerator, ProductChoice choice, TileShape tile,
        int hasBias, DeviceView<float> x, DeviceView<float> dy, int m, int k, int n)
    {
        var parts = Parts(accelerator, choice, k, n);
        var vectors = Vectors(LeftVectors, x, k) | Vectors(RightVectors, dy, n) | Vectors(TargetVectors, parts, n);
        var launch = accelerator.Prepare(LayerGradientPart(tile.Kind), Groups(choice, k, n, hasBias), x, dy, vectors, tile.ColumnTiles(n),
            choice.PartDepth, m, k, n, parts);
        return (launch, parts);
    }

    /// <summary>Scratch memory for the parts, each with a row for column sums.</summary>
    private static DeviceView<float> Parts(ComputeAccelerator accelerator, ProductChoice choice, int rows, int columns) =>
        accelerator.Keep(accelerator.Allocate<float>(choice.Parts * (rows + 1) * columns)).View;

    /// <summary>
    /// The bit where rows of so many elements may be loaded, or stored, by four: each begins at a multiple of four elements. Buffers begin at
    /// multiples of 16 bytes on every device.
    /// </summary>
    internal static int Vectors<T>(int bit, DeviceView<T> view, int columns) where T : unmanaged =>
        columns % 4 == 0 && view.Offset % 4 == 0 ? bit : 0;

    /// <summary>A group a tile, and a row of groups for the column sums.</summary>
    internal static LaunchShape Groups(TileShape tile, int rows, int columns, int hasBias = 0) =>
        LaunchShape.Groups(tile.ColumnTiles(columns), tile.RowTiles(rows) + hasBias, tile.Lanes, 1);

    private static LaunchShape Groups(ProductChoice choice, int rows, int columns, int hasBias = 0) => LaunchShape.Groups(
        choice.Tile!.ColumnTiles(columns) * choice.Parts, choice.Tile.RowTiles(rows) + hasBias, choice.Tile.Lanes, 1);

    private static Delegate ForwardTile(TileKind kind) => kind switch
    {
        TileKind.Tile128 => ForwardTileKernel<Tile128>,
        TileKind.Tile64 => ForwardTileKernel<Tile64>,
        TileKind.Tile32 => ForwardTileKernel<Tile32>,
        TileKind.Split256 => ForwardTileKernel<Split256>,
        _ => ForwardTileKernel<Split64>,
    };

    private static Delegate InputGradientTile(TileKind kind) => kind switch
    {
        TileKind.Tile128 => InputGradientTileKernel<Tile128>,
        TileKind.Tile64 => InputGradientTileKernel<Tile64>,
        TileKind.Tile32 => InputGradientTileKernel<Tile32>,
        TileKind.Split256 => InputGradientTileKernel<Split256>,
        _ => InputGradientTileKernel<Split64>,
    };

    private static Delegate LayerGradientTile(TileKind kind) => kind switch
    {
        TileKind.Tile128 => LayerGradientTileKernel<Tile128>,
        TileKind.Tile64 => LayerGradientTileKernel<Tile64>,
        _ => LayerGradientTileKernel<Tile32>,
    };

    private static Delegate LayerUpdateTile(TileKind kind) => kind switch
    {
        TileKind.Tile128 => LayerUpdateTileKernel<Tile128>,
        TileKind.Tile64 => LayerUpdateTileKernel<Tile64>,
        _ => LayerUpdateTileKernel<Tile32>,
    };

    private static Delegate ForwardPart(TileKind kind) => kind switch
    {
        TileKind.Tile128 => ForwardPartKernel<Tile128>,
        TileKind.Tile64 => ForwardPartKernel<Tile64>,
        _ => ForwardPartKernel<Tile32>,
    };

    private static Delegate InputGradientPart(TileKind kind) => kind switch
    {
        TileKind.Tile128 => InputGradientPartKernel<Tile128>,
        TileKind.Tile64 => InputGradientPartKernel<Tile64>,
        _ => InputGradientPartKernel<Tile32>,
    };

    private static Delegate LayerGradientPart(TileKind kind) => kind switch
    {
        TileKind.Tile128 => LayerGradientPartKernel<Tile128>,
        TileKind.Tile64 => LayerGradientPartKernel<Tile64>,
        _ => LayerGradientPartKernel<Tile32>,
    };
}
