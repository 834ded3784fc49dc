using Gpu.Kernels.Ops;

namespace Gpu.Training.Layers;

/// <summary>The words of layers whose window moves over a picture.</summary>
internal static class Windows
{
    /// <summary>The size of the window's image.</summary>
    internal static SampleSize Input(Window window) => new(window.Image.Height, window.Image.Width, window.Channels);

    /// <summary>The pixels of a picture.</summary>
    internal static Extent Pixels(SampleSize size) => new(size.Height, size.Width);

    /// <summary>Sizes as words have them: one for rows and columns that are alike, else <c>3x2</c>.</summary>
    internal static string Text(Extent size) => size.Height == size.Width ? $"{size.Height}" : size.ToString();

    /// <summary>A word and its sizes, where they are not the usual ones.</summary>
    internal static string Text(string word, Extent size, Extent usual) => size == usual ? "" : $" {word} {Text(size)}";

    /// <summary>The layer behind a size that the window is made for.</summary>
    /// <exception cref="TrainingException">The window does not fit.</exception>
    internal static Layer Fit(string words, SampleSize input, Func<Layer> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentOutOfRangeException cause)
        {
            throw TrainingException.BadUsage($"The layer \"{words}\" does not fit behind {input}: {cause.Message.Split(" (Parameter")[0]}", cause);
        }
    }

    /// <summary>Reads a pooling's window: its size, which is its stride where none is given, and a padding.</summary>
    internal static Func<SampleSize, Layer> ReadPooling(LayerWords words, Func<Window, Layer> make)
    {
        var sizes = words.Sizes("the size of the window", least: 1, most: 2);
        var kernel = new Extent(sizes[0], sizes[^1]);
        var stride = words.Pair("stride", leastSize: 1) is { } asked ? Extent(asked) : kernel;
        var padding = words.Pair("padding", leastSize: 0) is { } more ? Extent(more) : default;
        return input => Fit(words.Text, input, () => make(new Window(input.Channels, Pixels(input), kernel, stride, padding)));
    }

    /// <summary>The words of a pooling.</summary>
    internal static string PoolingWords(LayerKind kind, Window window) =>
        $"{kind.Word} {Text(window.Kernel)}{Text("stride", window.Stride, window.Kernel)}{Text("padding", window.Padding, default)}";

    /// <summary>One size for rows and columns, or one for each.</summary>
    internal static Extent Extent((int Rows, int Columns) size) => new(size.Rows, size.Columns);
}
