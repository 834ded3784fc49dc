namespace Gpu.Training.Data;

/// <summary>Pictures that a person wants answered by a model of small grey images: of any size, dark on light or light on dark.</summary>
public static class DrawnPictures
{
    private const int LargestSide = 64;

    /// <summary>The pictures among some paths, folders opened, in the order of their names; null where a path is anything else.</summary>
    public static IReadOnlyList<string>? Find(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var found = new List<string>();
        foreach (var path in paths)
        {
            string[] pictures = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path).Where(PictureFile.IsNamedSo).Order(StringComparer.Ordinal)]
                : PictureFile.IsNamedSo(path) ? [path]
                : [];
            if (pictures.Length == 0)
            {
                return null;
            }

            found.AddRange(pictures);
        }

        return found.Count > 0 ? found : null;
    }

    /// <summary>Whether a model answers small square images, which a picture can be fitted into.</summary>
    public static bool CanFit(int height, int width) => height == width && height is > 7 and <= LargestSide;

    /// <summary>
    /// The pictures as a model takes them: each sign fitted as MNIST fits its digits. A picture that has the model's size, with paper as in
    /// training, is taken as it is.
    /// </summary>
    /// <param name="paths">The files.</param>
    /// <param name="side">Rows and columns of the model's images.</param>
    /// <param name="isLightPaper">Whether the model was trained on dark ink on light paper.</param>
    /// <param name="names">The names of the classes; null where they have none.</param>
    /// <exception cref="TrainingException">A file is no picture, or one without anything in it.</exception>
    public static DataSet Fit(IReadOnlyList<string> paths, int side, bool isLightPaper, IReadOnlyList<string>? names)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var values = new List<byte>();
        foreach (var path in paths)
        {
            var (pixels, height, width) = PictureFile.Read(path);
            values.AddRange(height == side && width == side && IsReady(pixels, side, isLightPaper) ? pixels : FitOne(path, pixels, height, width, side, isLightPaper));
        }

        return new DataSet(paths.Count == 1 ? paths[0] : $"{paths.Count:N0} pictures", [.. values], [], side, side, classes: 0) { ClassNames = names };
    }

    private static byte[] FitOne(string path, byte[] pixels, int height, int width, int side, bool isLightPaper)
    {
        var fitted = DigitFitting.Fit(new GreyPicture([.. pixels.Select(value => (float)value)], height, width), side)
            ?? throw TrainingException.BadData($"{path}: expected a picture with something drawn in it, found one that is all of one grey; check the file.");
        return isLightPaper ? [.. fitted.Select(value => (byte)(byte.MaxValue - value))] : fitted;
    }

    /// <summary>Whether its border is as empty as that of the images that a model was trained on.</summary>
    private static bool IsReady(byte[] pixels, int side, bool isLightPaper)
    {
        const int Faint = 32;
        const double Most = 0.8;
        var border = Enumerable.Range(0, pixels.Length).Where(i => i / side is 0 || i / side == side - 1 || i % side == 0 || i % side == side - 1).ToArray();
        return border.Count(i => (isLightPaper ? byte.MaxValue - pixels[i] : pixels[i]) < Faint) >= Most * border.Length;
    }
}
