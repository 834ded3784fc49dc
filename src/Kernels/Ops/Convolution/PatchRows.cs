using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The patches of images as a factor, (images * places, patch length), which are nowhere written down: an element is read from the image where
/// its window lies. Images have no padding. A row of a window lies side by side in memory, so that a patch is as many runs as its window has rows.
/// </summary>
internal struct PatchRows<TDirection, TWidth> : IProductPanel<PatchRows<TDirection, TWidth>>
    where TDirection : struct, IDirection where TWidth : struct, IWidth
{
    internal ArrayView<float> Images;

    /// <summary>Places of a row of places, and rows of places.</summary>
    internal Divisor Across;
    internal Divisor Down;

    /// <summary>Elements that a place, a row of places and an image add to where a patch begins, the last two beyond what their places do.</summary>
    internal int PerPlace;
    internal int PerLine;
    internal int PerImage;

    /// <summary>Elements of a window's row, and from its end to the begin of the next one.</summary>
    internal Divisor Run;
    internal int Gap;

    /// <inheritdoc/>
    public static bool RunsAlongDepth => TDirection.RunsAlongDepth;

    /// <inheritdoc/>
    public static bool IsWide => TWidth.IsWide;

    /// <summary>The patches of images without padding.</summary>
    internal static PatchRows<TDirection, TWidth> Of(ArrayView<float> images, ArrayView<int> sizes)
    {
        var s = WindowSizes.Of(sizes);
        return new()
        {
            Images = images,
            Across = s.OutputWidth,
            Down = s.OutputHeight,
            PerPlace = s.StrideWidth.Value * s.Channels.Value,
            PerLine = ((s.StrideHeight.Value * s.Width.Value) - (s.OutputWidth.Value * s.StrideWidth.Value)) * s.Channels.Value,
            PerImage = (s.Height.Value - (s.OutputHeight.Value * s.StrideHeight.Value)) * s.Width.Value * s.Channels.Value,
            Run = s.Run,
            Gap = (s.Width.Value - s.KernelWidth.Value) * s.Channels.Value,
        };
    }

    /// <inheritdoc/>
    public static bool ReadsStarts => false;

    /// <inheritdoc/>
    public static int Start(PatchRows<TDirection, TWidth> panel, int row)
    {
        var line = Divisor.Quotient(panel.Across, row);
        var image = Divisor.Quotient(panel.Down, line);
        return (row * panel.PerPlace) + (line * panel.PerLine) + (image * panel.PerImage);
    }

    /// <inheritdoc/>
    public static Float4 Fetch(PatchRows<TDirection, TWidth> panel, int start, int column, int left)
    {
        var run = Divisor.Quotient(panel.Run, column);
        var at = start + column + (run * panel.Gap);
        if (TWidth.IsWide)
        {
            return TWidth.Fetch(panel.Images, at, left);
        }

        // One division for four elements: each lies a gap further for every run that ends before it, of which there may be three.
        var (first, second, third) = (((run + 1) * panel.Run.Value) - column, ((run + 2) * panel.Run.Value) - column, ((run + 3) * panel.Run.Value) - column);
        return new Float4
        {
            X = left > 0 ? panel.Images[at] : 0f,
            Y = left > 1 ? panel.Images[at + 1 + (first <= 1 ? panel.Gap : 0)] : 0f,
            Z = left > 2 ? panel.Images[at + 2 + (first <= 2 ? panel.Gap : 0) + (second <= 2 ? panel.Gap : 0)] : 0f,
            W = left > 3 ? panel.Images[at + 3 + (first <= 3 ? panel.Gap : 0) + (second <= 3 ? panel.Gap : 0) + (third <= 3 ? panel.Gap : 0)] : 0f,
        };
    }
}
