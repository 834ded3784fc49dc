using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Which tile a device makes a product with: a function of the device's model and the product's shape alone, so that a sum is always taken
/// in the same order. Where nothing is forced, graphics processors take the choice of the fewest estimated cycles. The estimate counts
/// operations, bytes and waits; what each costs was fitted to 968 measurements on an H100 (<c>Gpu.Benchmarks --products cuda</c>), 39 products by
/// up to 30 ways: its choice took 4 % longer than the best in the mean, 26 % at worst. Processors, also behind OpenCL, make one element a lane. Large products of a
/// processor behind OpenCL are made in tiles of 32 x 32: with PoCL 3.1 on two cores a step of the widest network takes about 1 s in place of 2.6, and a wish to stop waits for a
/// step. They would halve the steps of 784-128-10 too, but its first start would take 16 s in place of 9, to compile them.
/// </summary>
internal static class ProductTable
{
    /// <summary>Multiply-adds of a compute unit in a cycle.</summary>
    private const double UnitRate = 128;

    /// <summary>Bytes that each loads in a cycle from the cache that all share, when all do.</summary>
    private const double SharedBytes = 15;

    /// <summary>Cycles of a launch that the product does not explain.</summary>
    private const double LaunchCycles = 6000;

    /// <summary>Cycles of the launch that adds the parts' sums, of at most <see cref="FewParts"/>.</summary>
    private const double AddingCycles = 7500;

    private const int FewParts = 32;

    /// <summary>Cycles of that launch for each part beyond these: a lane adds an element of all parts, four loads under way at a time.</summary>
    private const double PartCycles = LoadCycles / 4;

    /// <summary>Cycles of a step of a tile's loop from its loads to their use.</summary>
    private const double StepCycles = 700;

    /// <summary>Cycles from a load to its use where nothing else is under way.</summary>
    private const double LoadCycles = 400;

    /// <summary>Bytes that an element of the result costs, where its group writes it at the end.</summary>
    private const double ResultBytes = 14;

    /// <summary>The largest scratch buffer for parts, in floats.</summary>
    private const long MostPartFloats = 1 << 26;

    /// <summary>
    /// Multiply-adds from which a product is large for a processor. At batch size 128 four of the six layers of the widest network have
    /// more; 784-128-10 has 3 million at most in a step.
    /// </summary>
    private const long LargeForProcessor = 1 << 26;

    /// <summary>
    /// Parts of the depth. The many are for the gradients of convolutions' weights: few weights, and a term for each place of each image.
    /// </summary>
    private static readonly int[] _parts = [2, 4, 8, 16, 32, 64, 128];

    /// <summary>Chooses.</summary>
    /// <param name="device">The device.</param>
    /// <param name="variant">One of <see cref="MatMul"/>'s variants, or null.</param>
    /// <param name="rows">Rows of the product.</param>
    /// <param name="depth">Terms of each sum.</param>
    /// <param name="columns">Columns of the product.</param>
    /// <param name="sumsColumns">Whether the columns of the right factor are summed as well.</param>
    /// <param name="inParts">Whether several groups may share out the depth.</param>
    /// <exception cref="DeviceException">The device has not the lanes or the memory for the tile that is forced.</exception>
    internal static ProductChoice Choose(DeviceTraits device, string? variant, int rows, int depth, int columns, bool sumsColumns,
        bool inParts = true)
    {
        var fitting = Fitting(device, rows, sumsColumns);
        IEnumerable<ProductChoice> whole = fitting.Select(tile => new ProductChoice(tile, 1, depth));

        // Without a tile column sums would be a launch of their own, in which a lane walks a whole column.
        IEnumerable<ProductChoice> untiled = sumsColumns ? [] : [new(null, 1, depth)];
        var candidates = variant switch
        {
            MatMul.Register => whole.Where(choice => !choice.Tile!.IsSplit),
            MatMul.Register128 => [Only(device, TileKind.Tile128, depth)],
            MatMul.Register64 => [Only(device, TileKind.Tile64, depth)],
            MatMul.Register64Dense => [Only(device, TileKind.Tile64Dense, depth)],
            MatMul.Register32 => [Only(device, TileKind.Tile32, depth)],
            MatMul.SplitK when inParts => InParts(fitting, rows, depth, columns),
            MatMul.SplitK => whole.Where(choice => !choice.Tile!.IsSplit),
            MatMul.SplitGroup when !sumsColumns => whole.Where(choice => choice.Tile!.IsSplit),
            MatMul.Plain or MatMul.Tiled => [],
            _ when device.IsGpu => [.. untiled, .. whole, .. inParts ? InParts(fitting, rows, depth, columns) : []],
            _ => [],
        };
        var suited = candidates.Where(choice => variant is not null || IsSuited(device, choice.Tile))
            .OrderBy(choice => Cycles(device, choice, rows, depth, columns)).ToArray();
        return suited.Length > 0 ? suited[0] : new ProductChoice(null, 1, depth);
    }

    /// <summary>Chooses for a device as it was opened.</summary>
    internal static ProductChoice Choose(ComputeAccelerator accelerator, string? variant, int rows, int depth, int columns, bool sumsColumns,
        bool inParts = true)
    {
        var isLarge = accelerator is { Traits.IsGpu: false, Kind: AcceleratorKind.OpenCl } && (long)rows * depth * columns >= LargeForProcessor;
        var tile = TileShape.Of(TileKind.Tile32);
        return variant is null && isLarge && tile.Fits(accelerator.Traits)
            ? new(tile, 1, depth)
            : Choose(accelerator.Traits with { IsGpu = Chooses(accelerator) }, variant, rows, depth, columns, sumsColumns, inParts);
    }

    /// <summary>Whether a device makes products in tiles where nothing is forced.</summary>
    internal static bool Chooses(ComputeAccelerator accelerator) =>
        accelerator is { Traits.IsGpu: true, Kind: AcceleratorKind.OpenCl or AcceleratorKind.Cuda };

    /// <summary>All tiles and parts of the depth that a device could make a product with, for measurements.</summary>
    internal static IEnumerable<ProductChoice> Tiled(DeviceTraits device, int rows, int depth, int columns, bool sumsColumns)
    {
        var fitting = Fitting(device, rows, sumsColumns);
        return [.. fitting.Select(tile => new ProductChoice(tile, 1, depth)), .. InParts(fitting, rows, depth, columns)];
    }

    private static TileShape[] Fitting(DeviceTraits device, int rows, bool sumsColumns) =>
        [.. TileShape.All.Where(tile => tile.Fits(device) && !(tile.IsSplit && sumsColumns) && tile.RowTiles(rows) < GroupChoice.LongestY)];

    private static ProductChoice Only(DeviceTraits device, TileKind kind, int depth)
    {
        var tile = TileShape.Of(kind);
        return tile.Fits(device)
            ? new(tile, 1, depth)
            : throw new DeviceException($"A tile of {tile.Rows} x {tile.Columns} needs groups of {tile.Lanes} lanes and {tile.SharedBytes:N0} bytes of shared memory, "
                + $"the device has {device.LargestGroup} and {device.SharedMemoryBytes:N0}: force another variant.");
    }

    private static IEnumerable<ProductChoice> InParts(IEnumerable<TileShape> tiles, int rows, int depth, int columns) =>
        from tile in tiles
        where !tile.IsSplit
        from parts in _parts
        let partDepth = (((depth + parts - 1) / parts) + tile.Depth - 1) / tile.Depth * tile.Depth
        let count = (depth + partDepth - 1) / partDepth
        where (count > 1 || parts == _parts[0]) && (long)count * (rows + 1) * columns <= MostPartFloats
        select new ProductChoice(tile, count, partDepth);

    /// <summary>64 sums a lane take all registers of Intel's lanes and more.</summary>
    private static bool IsSuited(DeviceTraits device, TileShape? tile) =>
        tile?.Kind is not (TileKind.Tile128 or TileKind.Tile64Dense) || !device.Vendor.Contains("Intel", StringComparison.OrdinalIgnoreCase);

    /// <summary>The estimate. The busiest unit counts: a product of few tiles leaves the others idle.</summary>
    internal static double Cycles(DeviceTraits device, ProductChoice choice, int rows, int depth, int columns)
    {
        var units = Math.Max(device.ComputeUnits, 1);
        var elements = (double)rows * columns;
        if (choice.Tile is not { } tile)
        {
            // The loads of one lane hang on each other by fours; a warp's loads are seldom side by side in both factors.
            return LaunchCycles + (Math.Ceiling(depth / 4.0) * LoadCycles) + (elements * depth / (units * 16.0));
        }

        var groups = (double)tile.RowTiles(rows) * tile.ColumnTiles(columns) * choice.Parts;
        var perUnit = Math.Ceiling(groups / units);
        var resident = Math.Min(perUnit, Resident(tile.Kind));
        var steps = Math.Ceiling((double)choice.PartDepth / (tile.IsSplit ? tile.Lanes : tile.Depth)) * Math.Ceiling(perUnit / resident);
        var rate = UnitRate * Share(tile.Kind) * Math.Min(1, resident * tile.Lanes / UnitRate);
        var arithmetic = perUnit * tile.Rows * tile.Columns * (double)choice.PartDepth / rate;
        var loads = groups * 4.0 * choice.PartDepth * (tile.Rows + tile.Columns) / (units * SharedBytes);
        var stores = ResultBytes * elements / (Math.Min(groups, units) * SharedBytes);
        var adding = choice.Parts > 1 ? AddingCycles + (PartCycles * Math.Max(0, choice.Parts - FewParts)) + (4 * elements * (choice.Parts + 1) / (units * SharedBytes)) : 0;
        return LaunchCycles + Math.Max(steps * StepCycles, Math.Max(arithmetic, loads)) + stores + adding;
    }

    /// <summary>Groups that a compute unit of NVIDIA runs at once, by the registers of their lanes.</summary>
    private static int Resident(TileKind kind) => kind switch
    {
        TileKind.Tile128 => 2,
        TileKind.Tile64 or TileKind.Split256 => 3,
        TileKind.Tile64Dense => 7,
        TileKind.Tile32 => 11,
        _ => 12,
    };

    /// <summary>Multiply-adds among all instructions of a tile's loop, in the code that ptxas 11.8 makes for sm_90 of ILGPU's PTX: the least of the dense ones.</summary>
    private static double Share(TileKind kind) => kind switch
    {
        TileKind.Tile128 or TileKind.Tile64Dense => 0.81,
        TileKind.Tile64 => 0.74,
        TileKind.Tile32 => 0.69,
        _ => 0.33,
    };
}
