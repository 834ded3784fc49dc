using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>
    /// One augmented image before it is rounded to bytes. The place that a pixel is taken from is off by what its own sums may be off; between places a
    /// bilinear interpolation changes by no more than its largest value a pixel.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="shape">Its size; one image.</param>
    /// <param name="augmentation">What is done to it.</param>
    /// <param name="words">A word of the sample by stream and place: the places of a stream follow one another in chunks of 64.</param>
    internal static Bounded Augment(ReadOnlySpan<byte> image, AugmentShape shape, ImageAugmentation augmentation, Func<int, int, uint> words)
    {
        var map = AugmentationMap(augmentation, words);
        var across = AugmentationField(shape, augmentation, (x, y) => (short)words(ElasticAugmentation.Slot, FieldPlace(shape, x, y)));
        var down = AugmentationField(shape, augmentation, (x, y) => (short)(words(ElasticAugmentation.Slot, FieldPlace(shape, x, y)) >> 16));
        var result = Bounded.Zeros(shape.Features);
        var largest = image.Length == 0 ? 0 : image.ToArray().Max();
        for (var i = 0; i < shape.Features; i++)
        {
            var (y, x, channel) = (i / shape.Channels / shape.Width, i / shape.Channels % shape.Width, i % shape.Channels);
            Tracked u = x - ((shape.Width - 1) / 2.0);
            Tracked v = y - ((shape.Height - 1) / 2.0);
            var atX = (map[0] * u) + (map[1] * v) + map[2] + ((shape.Width - 1) / 2.0) + across[(y * shape.Width) + x];
            var atY = (map[3] * u) + (map[4] * v) + map[5] + ((shape.Height - 1) / 2.0) + down[(y * shape.Width) + x];
            var value = Interpolated(image, shape, atX.Value, atY.Value, channel);

            // Places are counted from 1 where kernels add them up, and rounded there.
            var own = 4 * Rounding * (Math.Abs(u.Value) + Math.Abs(v.Value) + shape.Width + shape.Height);
            var error = (largest * (atX.Error + atY.Error + own)) + (8 * Rounding * largest);
            if (augmentation.IsNoisy)
            {
                var noise = 255 * (double)augmentation.Noise / Math.Sqrt(8 * 255 / 12.0) * (HalfBytes(words(NoiseAugmentation.Slot, i)) - 60);
                value = Math.Clamp(value + noise, 0, 255);
                error += 4 * Rounding * (255 + Math.Abs(noise));
            }

            (result.Values[i], result.Allowed[i]) = (value, 0.5 + error);
        }

        return result;
    }

    /// <summary>The word of a place in a stream, by the generator itself: word w of block b of a chunk is for place 16 w + b.</summary>
    internal static uint AugmentationWord(ulong seed, int epoch, int sample, int stream, int place)
    {
        var block = (uint)((place / 64 * 16) + (place % 16));
        var (x, y, z, w) = Philox.Block(block, (uint)sample, (7u << 24) ^ (uint)epoch, (uint)stream, (uint)seed, (uint)(seed >> 32));
        return (place % 64 / 16) switch { 0 => x, 1 => y, 2 => z, _ => w };
    }

    private static int FieldPlace(AugmentShape shape, int x, int y) => (y * ((shape.Width + 31) / 32 * 32)) + x;

    /// <summary>Where the middle of the result is taken from, and the steps across and down: xx, xy, x0, yx, yy, y0.</summary>
    private static Tracked[] AugmentationMap(ImageAugmentation augmentation, Func<int, int, uint> words)
    {
        var amounts = augmentation.Amounts;

        // The first block of a stream is its first places of each quarter of a chunk.
        double Uniform(int stream, int word) => Math.Floor((int)words(stream, 16 * word) / 256.0) / 8388608;
        double Whole(int word) => Math.Floor((words(ShiftAugmentation.Slot, 16 * word) >> 16) * ((2.0 * amounts[ShiftAugmentation.Slot]) + 1) / 65536) - amounts[ShiftAugmentation.Slot];

        var angle = 2 * Math.PI * amounts[RotationAugmentation.Slot] / 360 * Uniform(RotationAugmentation.Slot, 0);
        var own = (8 * Rounding * Math.Abs(angle)) + (4 * Rounding * (angle == 0 ? 0 : 1));
        var (sin, cos) = (new Tracked(Math.Sin(angle), own), new Tracked(Math.Cos(angle), own));
        Tracked[] map = [1, 0, Whole(0), 0, 1, Whole(1)];
        map = After(map, cos, (Tracked)0 - sin, sin, cos);
        var share = amounts[ScaleAugmentation.Slot];
        map = After(map, Factor(share, Uniform(ScaleAugmentation.Slot, 0)), 0, 0, Factor(share, Uniform(ScaleAugmentation.Slot, 1)));
        var lean = amounts[ShearAugmentation.Slot] * Uniform(ShearAugmentation.Slot, 0);
        return After(map, 1, new Tracked(lean, Rounding * Math.Abs(lean)), 0, 1);
    }

    private static Tracked Factor(double share, double uniform) => share == 0 ? 1 : Tracked.Rounded(1 + (share * uniform));

    /// <summary>A map with a matrix behind it; products by 0 and 1 are exact.</summary>
    private static Tracked[] After(Tracked[] map, Tracked xx, Tracked xy, Tracked yx, Tracked yy)
    {
        Tracked Of(Tracked a, Tracked x, Tracked b, Tracked y) => b == 0 && a == 1 ? x : a == 0 && b == 1 ? y : (a * x) + (b * y);
        return [.. Enumerable.Range(0, 3).Select(i => Of(xx, map[i], xy, map[i + 3])), .. Enumerable.Range(0, 3).Select(i => Of(yx, map[i], yy, map[i + 3]))];
    }

    /// <summary>Displacements in pixels: numbers of 16 bits from -1 to 1, smoothed down and across with errors of weights and sums.</summary>
    private static Tracked[] AugmentationField(AugmentShape shape, ImageAugmentation augmentation, Func<int, int, int> number)
    {
        var (height, width) = (shape.Height, shape.Width);
        if (!augmentation.IsElastic)
        {
            return new Tracked[height * width];
        }

        var sigma = (double)augmentation.Sigma;
        var radius = (int)Math.Ceiling(3 * sigma);
        double[] weights = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(d => Math.Exp(-d * d / (2 * sigma * sigma)))];
        var sum = weights.Sum();
        var field = new Tracked[height * width];
        for (var i = 0; i < field.Length; i++)
        {
            field[i] = number(i % width, i / width) / 32768.0;
        }

        field = Smoothed(field, height, width, 1, [.. weights.Select(weight => weight / sum)]);
        return Smoothed(field, width, height, width, [.. weights.Select(weight => weight / sum * augmentation.Alpha)]);
    }

    /// <summary>
    /// Sums of a field along one direction. Along columns <paramref name="step"/> is 1, the distance of the lines that are not added up; along rows it is
    /// their length.
    /// </summary>
    private static Tracked[] Smoothed(Tracked[] field, int length, int lines, int step, double[] weights)
    {
        var result = new Tracked[field.Length];
        var (radius, stride) = (weights.Length / 2, step == 1 ? lines : 1);
        for (var line = 0; line < lines; line++)
        {
            for (var at = 0; at < length; at++)
            {
                var (sum, magnitude, error) = (0.0, 0.0, 0.0);
                var (first, last) = (Math.Max(0, at - radius), Math.Min(length - 1, at + radius));
                for (var k = first; k <= last; k++)
                {
                    var (weight, term) = (weights[at - k + radius], field[(line * step) + (k * stride)]);
                    sum += weight * term.Value;
                    magnitude += weight * Math.Abs(term.Value);
                    error += weight * term.Error;
                }

                result[(line * step) + (at * stride)] = new(sum, error + ((last - first + 3) * Rounding * (magnitude + error)));
            }
        }

        return result;
    }

    private static double Interpolated(ReadOnlySpan<byte> image, AugmentShape shape, double atX, double atY, int channel)
    {
        var (left, top) = ((int)Math.Floor(Math.Clamp(atX, -2, shape.Width + 1)), (int)Math.Floor(Math.Clamp(atY, -2, shape.Height + 1)));
        var sum = 0.0;
        for (var y = Math.Max(top, 0); y <= Math.Min(top + 1, shape.Height - 1); y++)
        {
            for (var x = Math.Max(left, 0); x <= Math.Min(left + 1, shape.Width - 1); x++)
            {
                sum += Math.Max(0, 1 - Math.Abs(atX - x)) * Math.Max(0, 1 - Math.Abs(atY - y)) * image[(((y * shape.Width) + x) * shape.Channels) + channel];
            }
        }

        return sum;
    }

    private static int HalfBytes(uint word) => Enumerable.Range(0, 8).Sum(i => (int)((word >> (4 * i)) & 15));
}
