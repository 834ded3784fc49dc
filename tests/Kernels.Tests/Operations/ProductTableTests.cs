using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

/// <summary>The table that chooses how a device makes a product.</summary>
public class ProductTableTests
{
    private static readonly DeviceTraits _h200 = new(IsGpu: true, 132, 1024, 49152, 32, "NVIDIA Corporation");

    private static readonly DeviceTraits[] _devices =
    [
        _h200,
        new(IsGpu: true, 1, 64, 16384, 32, "a small one"),
        new(IsGpu: true, 8, 32, 16384, 8, "one with groups that no tile fits"),
        new(IsGpu: true, 104, 256, 65536, 64, "Advanced Micro Devices, Inc."),
        new(IsGpu: true, 32, 512, 65536, 16, "Intel(R) Corporation"),
        new(IsGpu: false, 2, 4096, 1 << 20, 1, "AuthenticAMD"),
    ];

    private static readonly int[] _extents = [1, 10, 33, 128, 784, 2500, 60_000];

    [Fact]
    public void Every_shape_has_a_choice_that_fits_the_device()
    {
        foreach (var device in _devices)
        {
            foreach (var (rows, depth, columns) in from rows in _extents from depth in _extents from columns in _extents select (rows, depth, columns))
            {
                foreach (var sumsColumns in (bool[])[false, true])
                {
                    var choice = ProductTable.Choose(device, null, rows, depth, columns, sumsColumns);
                    Assert.Equal(choice, ProductTable.Choose(device, null, rows, depth, columns, sumsColumns));
                    Check(device, choice, rows, depth, columns, sumsColumns);
                }
            }
        }
    }

    [Fact]
    public void Processors_make_one_element_a_lane() => Assert.All(_devices.Where(d => !d.IsGpu),
        device => Assert.Null(ProductTable.Choose(device, null, 4096, 4096, 4096, sumsColumns: false).Tile));

    [Fact]
    public void Few_elements_share_out_their_depth_and_many_are_made_in_the_largest_tiles()
    {
        Assert.Equal(TileKind.Split256, ProductTable.Choose(_h200, null, 32, 784, 128, sumsColumns: false).Tile?.Kind);
        Assert.Equal(TileKind.Tile32, ProductTable.Choose(_h200, null, 784, 32, 128, sumsColumns: true).Tile?.Kind);
        var (tile, parts, _) = ProductTable.Choose(_h200, null, 4096, 4096, 4096, sumsColumns: false);
        Assert.Equal((TileKind.Tile128, 1), (tile?.Kind, parts));
        Assert.NotEqual(TileKind.Tile128, ProductTable.Choose(_devices[4], null, 4096, 4096, 4096, sumsColumns: false).Tile?.Kind);
        (tile, parts, _) = ProductTable.Choose(_h200, null, 128, 60_000, 10, sumsColumns: true);
        Assert.True(tile is not null && parts > 1);
    }

    [Fact]
    public void Graphics_processors_that_hold_a_tile_sum_columns_with_the_product()
    {
        var devices = _devices.Where(d => d is { IsGpu: true, LargestGroup: >= 64 }).ToArray();
        Assert.Equal(4, devices.Length);
        Assert.All(from device in devices from rows in _extents from depth in _extents from columns in _extents select (device, rows, depth, columns),
            c => Assert.NotNull(ProductTable.Choose(c.device, null, c.rows, c.depth, c.columns, sumsColumns: true).Tile));
    }

    /// <summary>Tiles of rows lie along the second dimension, of which CUDA launches 65,535 groups, and one more row of groups may sum columns.</summary>
    [Fact]
    public void A_product_has_no_more_tiles_of_rows_than_devices_launch() =>
        Assert.All(from device in _devices from rows in (int[])[2_097_000, 2_097_121, 4_194_241, 10_000_000] from columns in (int[])[8, 100] select (device, rows, columns),
            c => Assert.True((ProductTable.Choose(c.device, null, c.rows, 64, c.columns, sumsColumns: false).Tile?.RowTiles(c.rows) ?? 0) < 65_535));

    [Fact]
    public void Each_way_to_make_a_tile_is_a_kernel_of_its_own()
    {
        var kernels = new TileKernels(MatMul.LayerUpdateTileKernel<Tile128, Wide, Wide, Wide>);
        var kernel = kernels.Of(TileShape.Of(TileKind.Tile64), new ProductWidths(Left: true, Right: false, Target: true).Types);
        Assert.Equal([typeof(Tile64), typeof(Wide), typeof(Narrow), typeof(Wide)], kernel.Method.GetGenericArguments());
    }

    [Theory]
    [InlineData(MatMul.Register)]
    [InlineData(MatMul.Register32)]
    [InlineData(MatMul.SplitK)]
    [InlineData(MatMul.SplitGroup)]
    public void A_forced_variant_is_chosen_on_every_device_that_has_the_lanes(string variant)
    {
        Assert.All(_devices.Where(d => d.LargestGroup >= 64), device =>
        {
            var choice = ProductTable.Choose(device, variant, 33, 100, 65, sumsColumns: false);
            Check(device, choice, 33, 100, 65, sumsColumns: false);
            Assert.NotNull(choice.Tile);
            Assert.Equal(variant == MatMul.SplitGroup, choice.Tile.IsSplit);
            Assert.Equal(variant == MatMul.SplitK, choice.Parts > 1);
        });
    }

    [Fact]
    public void A_forced_tile_that_does_not_fit_is_refused_with_what_there_is()
    {
        var refusal = Assert.Throws<DeviceException>(() => ProductTable.Choose(_devices[1], MatMul.Register128, 1, 1, 1, sumsColumns: false));
        Assert.Contains("groups of 256 lanes", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("the device has 64", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>What the skeletons take for granted.</summary>
    [Fact]
    public void Tiles_are_shared_out_to_their_lanes_without_rest()
    {
        CheckRegisterTile<Tile128, FourQuads>();
        CheckRegisterTile<Tile64, Quad>();
        CheckRegisterTile<Tile64Dense, FourQuads>();
        CheckRegisterTile<Tile32, Quad>();
        CheckSplitTile<Split256>();
        CheckSplitTile<Split64>();
    }

    private static void CheckRegisterTile<TTile, TSums>() where TTile : struct, IProductTile where TSums : struct, ILaneSums<TSums>
    {
        Assert.Equal(TTile.Rows * TTile.Columns, TTile.Lanes * 16 * TSums.Quads * TSums.Quads);
        Assert.Equal(0, TTile.Columns / 4 / TSums.Quads % 8);
        Assert.True(TTile.Depth is 8 or 16);
        Assert.Equal(TTile.Rows * TTile.Depth, 4 * TTile.Lanes * (LeftSide<TTile>.HasSecond ? 2 : 1));
        Assert.Equal(TTile.Columns * TTile.Depth, 4 * TTile.Lanes * (RightSide<TTile>.HasSecond ? 2 : 1));
        Assert.True(TTile.Lanes <= TTile.SharedFours && TTile.Columns <= TTile.Lanes);
    }

    private static void CheckSplitTile<TTile>() where TTile : struct, IProductTile
    {
        Assert.Equal((8, 8), (TTile.Rows, TTile.Columns));
        Assert.True(TTile.Lanes is 64 or 256);
    }

    private static void Check(DeviceTraits device, ProductChoice choice, int rows, int depth, int columns, bool sumsColumns)
    {
        if (choice.Tile is not { } tile)
        {
            return;
        }

        Assert.True(tile.Lanes <= device.LargestGroup && tile.SharedBytes <= device.SharedMemoryBytes);
        Assert.False(tile.IsSplit && (sumsColumns || choice.Parts > 1));
        Assert.True(choice.Parts >= 1 && (long)choice.Parts * choice.PartDepth >= depth && (long)(choice.Parts - 1) * choice.PartDepth < depth,
            $"{rows} x {depth} x {columns}: {choice.Parts} parts of {choice.PartDepth}");
        Assert.True(choice.Parts == 1 || choice.PartDepth % tile.Depth == 0);
    }
}
