namespace Gpu.Training.Data;

/// <summary>
/// Makes of a picture of one drawn sign what MNIST made of its scans (http://yann.lecun.com/exdb/mnist): light ink on black, trimmed, fitted
/// with its proportions into 20 of 28 pixels, and moved so that its centre of mass is the middle. Lines much thinner than a pen's are
/// thickened first: made small they would all but vanish.
/// </summary>
internal static class DigitFitting
{
    /// <summary>The share of the side that the sign fills: 20 of 28.</summary>
    private const double Fill = 20.0 / 28;

    /// <summary>Pixels of the longer side at which a large picture is worked on.</summary>
    private const int WorkingSide = 160;

    /// <summary>Pixels of the trimmed sign's longer side while its lines are measured.</summary>
    private const int InkSide = 80;

    /// <summary>The width of a pen's line, as a share of the sign's longer side: MNIST's are about 2.5 of 20 pixels.</summary>
    private const double PenWidth = 0.125;

    /// <summary>Greys between paper and ink: a picture with less has nothing drawn in it.</summary>
    private const float LeastContrast = 8;

    /// <summary>Spots with less ink than this share of the largest are dust.</summary>
    private const double Dust = 0.08;

    /// <summary>The sign in an image of <paramref name="side"/> x <paramref name="side"/> bytes, its ink light; null where the picture has one colour.</summary>
    internal static byte[]? Fit(GreyPicture picture, int side)
    {
        var step = Math.Max(1.0, Math.Max(picture.Height, picture.Width) / (double)WorkingSide);
        var small = picture.Sample(0, 0, step, (int)(picture.Height / step), (int)(picture.Width / step));
        if (InkOf(small) is not { } ink || Box(ink) is not { } box)
        {
            return null;
        }

        var longer = Math.Max(box.Width, box.Height);
        var scale = longer / (double)InkSide;

        // Room around it for what thickening adds.
        const int Margin = 12;
        var sign = ink.Sample(box.X - (Margin * scale), box.Y - (Margin * scale), scale, InkSide + (2 * Margin), InkSide + (2 * Margin));
        var width = LineWidth(sign);
        var wanted = PenWidth * InkSide;
        sign = width < wanted ? sign.Thicken((wanted - width) / 2) : sign;
        return Centre(sign, side);
    }

    /// <summary>How much ink each pixel has, 0 to 1: its distance from the paper, which the border shows, without dust.</summary>
    private static GreyPicture? InkOf(GreyPicture picture)
    {
        var flat = Flatten(picture);
        var (low, high) = (GreyPicture.Quantile(flat.Values, 0.003), GreyPicture.Quantile(flat.Values, 0.997));
        var sign = -low > high ? -1f : 1f;
        var most = Math.Max(-low, high);
        if (!(most >= LeastContrast))
        {
            return null;
        }

        var ink = flat with { Values = [.. flat.Values.Select(value => Math.Clamp(sign * value / most, 0, 1))] };
        var threshold = Otsu(ink.Values);
        return WithoutDust(ink, threshold);
    }

    /// <summary>
    /// The picture less its paper, which the border shows: a plane through the middles of its four sides, since light falls from somewhere.
    /// The grain is smoothed.
    /// </summary>
    private static GreyPicture Flatten(GreyPicture picture)
    {
        var (values, height, width) = picture;
        float Side(IEnumerable<int> pixels) => GreyPicture.Quantile([.. pixels.Select(i => values[i])], 0.5);
        var (left, right) = (Side(Enumerable.Range(0, height).Select(y => y * width)), Side(Enumerable.Range(0, height).Select(y => (y * width) + width - 1)));
        var (top, bottom) = (Side(Enumerable.Range(0, width)), Side(Enumerable.Range((height - 1) * width, width)));
        var middle = (left + right + top + bottom) / 4;
        var (slopeX, slopeY) = ((right - left) / Math.Max(1, width - 1), (bottom - top) / Math.Max(1, height - 1));
        var flat = picture with
        {
            Values =
            [
                .. values.Select((value, i) => value - middle - (slopeX * ((i % width) - ((width - 1) / 2f))) - (slopeY * ((i / width) - ((height - 1) / 2f)))),
            ],
        };
        return Smooth(flat);
    }

    /// <summary>Each pixel with a share of its neighbours: 1, 2, 1 along rows and columns.</summary>
    private static GreyPicture Smooth(GreyPicture picture)
    {
        var smooth = new float[picture.Values.Length];
        for (var i = 0; i < smooth.Length; i++)
        {
            var (x, y) = (i % picture.Width, i / picture.Width);
            float At(int dx, int dy) =>
                picture.Values[(Math.Clamp(y + dy, 0, picture.Height - 1) * picture.Width) + Math.Clamp(x + dx, 0, picture.Width - 1)];
            float Row(int dy) => (At(-1, dy) + (2 * At(0, dy)) + At(1, dy)) / 4;
            smooth[i] = (Row(-1) + (2 * Row(0)) + Row(1)) / 4;
        }

        return picture with { Values = smooth };
    }

    /// <summary>The value that parts dark from light best (N. Otsu, 1979): the one with the largest variance between the two.</summary>
    private static float Otsu(float[] values)
    {
        const int Bins = 64;
        var counts = new int[Bins];
        foreach (var value in values)
        {
            counts[Math.Min(Bins - 1, (int)(value * Bins))]++;
        }

        double all = values.Length, sum = Enumerable.Range(0, Bins).Sum(b => (double)b * counts[b]);
        double below = 0, sumBelow = 0, best = -1;
        var at = 0;
        for (var b = 0; b < Bins - 1; b++)
        {
            below += counts[b];
            sumBelow += (double)b * counts[b];
            if (below is 0 || below == all)
            {
                continue;
            }

            var distance = (sumBelow / below) - ((sum - sumBelow) / (all - below));
            var between = below * (all - below) * distance * distance;
            (best, at) = between > best ? (between, b) : (best, at);
        }

        return (at + 1f) / Bins;
    }

    /// <summary>
    /// Keeps the spots of ink that are large, with their soft edges; contrast is drawn out so that paper with its grain is 0 and full ink 1.
    /// </summary>
    private static GreyPicture WithoutDust(GreyPicture ink, float threshold)
    {
        var spots = new int[ink.Values.Length];
        var masses = new List<double> { 0 };
        for (var i = 0; i < spots.Length; i++)
        {
            if (spots[i] == 0 && ink.Values[i] > threshold)
            {
                masses.Add(Flood(ink, threshold, spots, i, masses.Count));
            }
        }

        var least = Dust * masses.Max();
        var dark = ink.Values.Where((_, i) => masses[spots[i]] >= least && spots[i] > 0).DefaultIfEmpty(1).ToArray();
        var full = GreyPicture.Quantile(dark, 0.6);
        var paper = threshold / 2;
        return ink with
        {
            Values = [.. ink.Values.Select((value, i) => IsNear(ink, spots, masses, least, i) ? Math.Clamp((value - paper) / Math.Max(full - paper, 0.01f), 0, 1) : 0)],
        };
    }

    /// <summary>Whether a pixel belongs to a large spot, or is its neighbour.</summary>
    private static bool IsNear(GreyPicture ink, int[] spots, List<double> masses, double least, int pixel)
    {
        var (x, y) = (pixel % ink.Width, pixel / ink.Width);
        for (var row = Math.Max(0, y - 1); row <= Math.Min(ink.Height - 1, y + 1); row++)
        {
            for (var column = Math.Max(0, x - 1); column <= Math.Min(ink.Width - 1, x + 1); column++)
            {
                var spot = spots[(row * ink.Width) + column];
                if (spot > 0 && masses[spot] >= least)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static double Flood(GreyPicture ink, float threshold, int[] spots, int start, int number)
    {
        var mass = 0.0;
        var open = new Stack<int>([start]);
        spots[start] = number;
        while (open.TryPop(out var pixel))
        {
            mass += ink.Values[pixel];
            var (x, y) = (pixel % ink.Width, pixel / ink.Width);
            for (var row = Math.Max(0, y - 1); row <= Math.Min(ink.Height - 1, y + 1); row++)
            {
                for (var column = Math.Max(0, x - 1); column <= Math.Min(ink.Width - 1, x + 1); column++)
                {
                    var next = (row * ink.Width) + column;
                    if (spots[next] == 0 && ink.Values[next] > threshold)
                    {
                        spots[next] = number;
                        open.Push(next);
                    }
                }
            }
        }

        return mass;
    }

    /// <summary>The smallest box with all ink in it; null where there is none.</summary>
    private static (int X, int Y, int Width, int Height)? Box(GreyPicture ink)
    {
        var (left, top, right, bottom) = (int.MaxValue, int.MaxValue, -1, -1);
        for (var i = 0; i < ink.Values.Length; i++)
        {
            if (ink.Values[i] > 0.25f)
            {
                var (x, y) = (i % ink.Width, i / ink.Width);
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
            }
        }

        return right < 0 ? null : (left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>The mean width of its lines: twice the area over the length of its edge.</summary>
    private static double LineWidth(GreyPicture sign)
    {
        double area = 0, edge = 0;
        for (var y = 1; y < sign.Height; y++)
        {
            for (var x = 1; x < sign.Width; x++)
            {
                var value = sign.Values[(y * sign.Width) + x];
                var (across, down) = (value - sign.Values[(y * sign.Width) + x - 1], value - sign.Values[((y - 1) * sign.Width) + x]);
                area += value;
                edge += Math.Sqrt((across * across) + (down * down));
            }
        }

        return edge > 0 ? 2 * area / edge : double.MaxValue;
    }

    /// <summary>The sign in its place: as large as it may be, its centre of mass in the middle.</summary>
    private static byte[] Centre(GreyPicture sign, int side)
    {
        var box = Box(sign)!.Value;
        double mass = 0, x = 0, y = 0;
        for (var i = 0; i < sign.Values.Length; i++)
        {
            mass += sign.Values[i];
            x += sign.Values[i] * ((i % sign.Width) + 0.5);
            y += sign.Values[i] * ((i / sign.Width) + 0.5);
        }

        var step = Math.Max(box.Width, box.Height) / (Fill * side);
        var placed = sign.Sample((x / mass) - (step * side / 2), (y / mass) - (step * side / 2), step, side, side);
        return [.. placed.Values.Select(value => (byte)Math.Clamp(MathF.Round(value * byte.MaxValue), 0, byte.MaxValue))];
    }
}
