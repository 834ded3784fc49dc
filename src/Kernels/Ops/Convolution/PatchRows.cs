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
    internal int Across;
    internal int Down;

    /// <summary>Elements that a place, a row of places and an image add to where a patch begins, the last two beyond what their places do.</summary>
    internal int PerPlace;
    internal int PerLine;
    internal int PerImage;

    /// <summary>Elements of a window's row, and from its end to the begin of the next one.</summary>
    internal int Run;
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
            PerPlace = s.StrideWidth * s.Channels,
            PerLine = ((s.StrideHeight * s.Width) - (s.OutputWidth * s.StrideWidth)) * s.Channels,
            PerImage = (s.Height - (s.OutputHeight * s.StrideHeight)) * s.Width * s.Channels,
            Run = s.KernelWidth * s.Channels,
            Gap = (s.Width - s.KernelWidth) * s.Channels,
        };
    }

    /// <inheritdoc/>
    public static int Start(PatchRows<TDirection, TWidth> panel, int row)
    {
        var line = Quotient(row, panel.Across);
        var image = Quotient(line, panel.Down);
        return (row * panel.PerPlace) + (line * panel.PerLine) + (image * panel.PerImage);
    }

    /// <inheritdoc/>
    public static Float4 Fetch(PatchRows<TDirection, TWidth> panel, int start, int column, int left)
    {
        var run = Quotient(column, panel.Run);
        var at = start + column + (run * panel.Gap);
        if (TWidth.IsWide)
        {
            return TWidth.Fetch(panel.Images, at, left);
        }

        // One division for four elements: each lies a gap further for every run that ends before it, of which there may be three.
        var (first, second, third) = (((run + 1) * panel.Run) - column, ((run + 2) * panel.Run) - column, ((run + 3) * panel.Run) - column);
        return new Float4
        {
            X = left > 0 ? panel.Images[at] : 0f,
            Y = left > 1 ? panel.Images[at + 1 + (first <= 1 ? panel.Gap : 0)] : 0f,
            Z = left > 2 ? panel.Images[at + 2 + (first <= 2 ? panel.Gap : 0) + (second <= 2 ? panel.Gap : 0)] : 0f,
            W = left > 3 ? panel.Images[at + 3 + (first <= 3 ? panel.Gap : 0) + (second <= 3 ? panel.Gap : 0) + (third <= 3 ? panel.Gap : 0)] : 0f,
        };
    }

    /// <summary>The quotient of numbers that are not negative, which without signs takes fewer instructions.</summary>
    private static int Quotient(int dividend, int divisor) => (int)((uint)dividend / (uint)divisor);
}
