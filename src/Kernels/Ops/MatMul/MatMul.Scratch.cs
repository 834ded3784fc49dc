using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

// What launches of products keep on a device beside their arguments: the parts of sums whose depth is shared out.
public static unsafe partial class MatMul
{
    /// <summary>Bytes that <see cref="PrepareForward"/> keeps.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="m">Rows of x.</param>
    /// <param name="k">Columns of x.</param>
    /// <param name="n">Columns of w.</param>
    public static long ForwardScratchBytes(ComputeAccelerator accelerator, int m, int k, int n) => ScratchBytes(accelerator, m, k, n, sumsColumns: false);

    /// <summary>Bytes that <see cref="PrepareInputGradient"/> keeps.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="m">Rows of dy.</param>
    /// <param name="k">Rows of w.</param>
    /// <param name="n">Columns of dy.</param>
    public static long InputGradientScratchBytes(ComputeAccelerator accelerator, int m, int k, int n)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var forced = Forced(accelerator, null);
        return Twin(accelerator, forced) is null ? ScratchBytes(accelerator, m, n, k, sumsColumns: false)
            : IsPacked(forced, k, n) ? sizeof(float) * (long)TransposedProduct.PanelFloats(m, n)
            : 0;
    }

    /// <summary>Bytes that <see cref="PrepareWeightGradient"/> keeps.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="m">Rows of x and dy.</param>
    /// <param name="k">Columns of x.</param>
    /// <param name="n">Columns of dy.</param>
    public static long WeightGradientScratchBytes(ComputeAccelerator accelerator, int m, int k, int n) =>
        ScratchBytes(accelerator, k, m, n, sumsColumns: false);

    /// <summary>Bytes that <see cref="PrepareLayerGradient"/> keeps, and as many that <see cref="PrepareLayerUpdate"/> does.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="m">Rows of x and dy.</param>
    /// <param name="k">Columns of x.</param>
    /// <param name="n">Columns of dy.</param>
    public static long LayerGradientScratchBytes(ComputeAccelerator accelerator, int m, int k, int n) => ScratchBytes(accelerator, k, m, n, sumsColumns: true);

    private static long ScratchBytes(ComputeAccelerator accelerator, int rows, int depth, int columns, bool sumsColumns)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var forced = Forced(accelerator, null);
        return forced == Tiled || Twin(accelerator, forced) is not null ? 0 : PartBytes(accelerator, forced, rows, depth, columns, sumsColumns);
    }

    /// <summary>Bytes of the parts of a product in tiles.</summary>
    internal static long PartBytes(ComputeAccelerator accelerator, string? variant, int rows, int depth, int columns, bool sumsColumns)
    {
        var choice = ProductTable.Choose(accelerator, variant, rows, depth, columns, sumsColumns);
        return choice.Parts == 1 ? 0 : sizeof(float) * (long)choice.Parts * (rows + 1) * columns;
    }
}
