using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A product of rows x depth by depth x columns that devices make in tiles. A kernel's arguments stand in one order: the left factor, the
/// right one, inputs, the layer's sizes, outputs.
/// </summary>
internal sealed record TileProduct
{
    /// <summary>Kernels that make the product in one launch.</summary>
    internal required TileKernels Whole { get; init; }

    /// <summary>How it is made in parts; null where its depth is never shared out to several groups.</summary>
    internal ProductParts? Parts { get; init; }

    /// <summary>The sizes of the layer.</summary>
    internal required ProductShape Layer { get; init; }

    /// <summary>Rows, depth and columns of the product itself.</summary>
    internal required ProductShape Shape { get; init; }

    /// <summary>The left factor.</summary>
    internal required KernelArgument[] Left { get; init; }

    /// <summary>The right factor.</summary>
    internal required DeviceView<float> Right { get; init; }

    /// <summary>The activation that the whole product's kernels take as a type; none where null.</summary>
    internal Activation? Activation { get; init; }

    /// <summary>What the results need beside the product.</summary>
    internal required KernelArgument[] Inputs { get; init; }

    /// <summary>What the launch that adds parts needs beside them; as <see cref="Inputs"/> where null.</summary>
    internal KernelArgument[]? PartInputs { get; init; }

    /// <summary>Where the results go.</summary>
    internal required KernelArgument[] Outputs { get; init; }

    /// <summary>What may be loaded and stored by four.</summary>
    internal required ProductWidths Widths { get; init; }

    /// <summary>
    /// 1 where the right factor's columns are summed as well, by a row of groups beyond the tiles; 0 where the kernels could, but are not to;
    /// null where they cannot.
    /// </summary>
    internal int? ColumnSums { get; init; }

    /// <summary>Prepares the product: a launch, or two where its depth is shared out; null where it is not to be made in tiles.</summary>
    /// <exception cref="DeviceException">The device has not the lanes or the memory for the tile that is forced.</exception>
    internal Launch? Prepare(ComputeAccelerator accelerator, string? variant)
    {
        var choice = ProductTable.Choose(
            accelerator, variant, Shape.M, Shape.K, Shape.N, sumsColumns: ColumnSums is not null, inParts: Parts is not null);
        return choice.Tile is null ? null : Prepare(accelerator, choice);
    }

    /// <summary>Prepares the product in a way that has a tile.</summary>
    internal Launch Prepare(ComputeAccelerator accelerator, ProductChoice choice)
    {
        var tile = choice.Tile!;
        var sums = ColumnSums ?? 0;
        Type[] types = Activation is { } kind ? [ActivationList.TypeOf(kind)] : [];
        var groups = LaunchShape.Groups(tile.ColumnTiles(Shape.N) * choice.Parts, tile.RowTiles(Shape.M) + sums, tile.Lanes, 1);
        var (m, k, n) = Layer;
        if (Parts is null || choice.Parts == 1)
        {
            return accelerator.Prepare(Whole.Of(tile, [.. Widths.Types, .. types]), groups, [.. Left, Right, .. Inputs, m, k, n, .. Outputs]);
        }

        // Each part has a row for column sums.
        var parts = accelerator.Keep(accelerator.Allocate<float>(choice.Parts * (Shape.M + 1) * Shape.N)).View;
        var widths = Widths with { Target = MatMul.IsWide(parts, Shape.N) };
        return accelerator.Sequence($"{Parts.Name}[{MatMul.SplitK}]",
        [
            accelerator.Prepare(Parts.Kernels.Of(tile, widths.Types), groups, [.. Left, Right, tile.ColumnTiles(Shape.N), choice.PartDepth, m, k, n, parts]),
            accelerator.Prepare(Parts.Sum(Activation ?? Ops.Activation.Identity), LaunchShape.Linear((Shape.M + sums) * Shape.N),
                [parts, .. PartInputs ?? Inputs, choice.Parts, Shape.M, Shape.N, .. Outputs]),
        ]);
    }
}

/// <summary>A product whose depth is shared out: several groups sum parts of it, and a second launch adds them.</summary>
/// <param name="Name">The operation.</param>
/// <param name="Kernels">They make the parts, as those of the whole product without its inputs.</param>
/// <param name="Sum">The kernel that adds them, for an activation: parts, inputs, their number, rows, columns, outputs.</param>
internal sealed record ProductParts(string Name, TileKernels Kernels, Func<Activation, Delegate> Sum);

/// <summary>Sizes of a product of (m, k) by (k, n).</summary>
internal readonly record struct ProductShape(int M, int K, int N);
