using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>
    /// Image by image and channel by channel the largest element under each window, and where in the window it stands: of equal ones the first, of
    /// several NaN the last.
    /// </summary>
    public static (Bounded Y, Bounded Chosen) MaxPooling(Window window, double[] x, int m)
    {
        var (y, chosen) = (new double[m * window.Pixels * window.Channels], new double[m * window.Pixels * window.Channels]);
        Array.Fill(y, double.NegativeInfinity);
        Array.Fill(chosen, -1);
        foreach (var (to, from, place) in Under(window, m))
        {
            if (chosen[to] < 0 || x[from] > y[to] || double.IsNaN(x[from]))
            {
                (y[to], chosen[to]) = (x[from], place);
            }
        }

        return (Bounded.Exact(y), Bounded.Exact(chosen));
    }

    /// <summary>The sum of the elements under each window over its size, a sum of that many products.</summary>
    public static Bounded AveragePooling(Window window, double[] x, int m)
    {
        var result = Bounded.Zeros(m * window.Pixels * window.Channels);
        double size = window.Kernel.Height * window.Kernel.Width;
        foreach (var (to, from, _) in Under(window, m))
        {
            result.Values[to] += x[from] / size;
            result.Allowed[to] += (size + 3) * Rounding * Math.Abs(x[from]) / size;
        }

        return result;
    }

    /// <summary>dx: each element of dy goes to the one that was chosen. A sum of as many terms as there are windows over an element.</summary>
    public static Bounded MaxPoolingBackward(Window window, double[] dy, double[] chosen, int m) =>
        Gathered(window, m, (to, place) => chosen[to] == place ? dy[to] : 0);

    /// <summary>dx: each element of dy goes to all under its window, in equal parts.</summary>
    public static Bounded AveragePoolingBackward(Window window, double[] dy, int m) =>
        Gathered(window, m, (to, _) => dy[to] / (window.Kernel.Height * window.Kernel.Width));

    private static Bounded Gathered(Window window, int m, Func<int, int, double> share)
    {
        var result = Bounded.Zeros(m * window.ImageLength);
        var most = window.Kernel.Height * window.Kernel.Width;
        foreach (var (to, from, place) in Under(window, m))
        {
            result.Values[from] += share(to, place);
            result.Allowed[from] += (most + 3) * Rounding * Math.Abs(share(to, place));
        }

        return result;
    }

    /// <summary>Every pair of an element of the output and one of the image under its window, with the place in the window.</summary>
    private static IEnumerable<(int To, int From, int Place)> Under(Window window, int m)
    {
        for (var to = 0; to < m * window.Pixels * window.Channels; to++)
        {
            var (pixel, channel) = (to / window.Channels, to % window.Channels);
            var (image, row, column) = (pixel / window.Pixels, pixel % window.Pixels / window.Output.Width, pixel % window.Output.Width);
            for (var place = 0; place < window.Kernel.Height * window.Kernel.Width; place++)
            {
                var y = (row * window.Stride.Height) - window.Padding.Height + (place / window.Kernel.Width);
                var x = (column * window.Stride.Width) - window.Padding.Width + (place % window.Kernel.Width);
                if (y >= 0 && y < window.Image.Height && x >= 0 && x < window.Image.Width)
                {
                    yield return (to, (((((image * window.Image.Height) + y) * window.Image.Width) + x) * window.Channels) + channel, place);
                }
            }
        }
    }
}
