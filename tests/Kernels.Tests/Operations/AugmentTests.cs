using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

/// <summary>What can be worked out by hand, and that draws hang on nothing but seed, epoch and sample.</summary>
public class AugmentTests(Devices devices) : OpsTests(devices)
{
    private const int Height = 9;
    private const int Width = 12;
    private static readonly AugmentShape _shape = new(20, Height, Width, 1);

    /// <summary>Images without a zero and without a pattern that a shift keeps.</summary>
    private static readonly byte[] _images = [.. Enumerable.Range(0, 20 * Height * Width).Select(i => (byte)(1 + (i * i * 31 % 255)))];

    private static ImageAugmentation Shift(int pixels) => ImageAugmentation.None.With(ShiftAugmentation.Kind, pixels);

    [Fact]
    public void Nothing_changes_nothing() => Everywhere(scope => Assert.Equal(_images, Run(scope, ImageAugmentation.None)));

    [Fact]
    public void Amounts_of_0_change_nothing() => Everywhere(scope => Assert.Equal(_images, Run(scope, ImageAugmentation.None
        .With(RotationAugmentation.Kind, 0).With(ScaleAugmentation.Kind, 0).With(ShearAugmentation.Kind, 0).With(ElasticAugmentation.Kind, 0, 4).With(NoiseAugmentation.Kind, 0))));

    [Fact]
    public void A_shift_copies_bytes() => Everywhere(scope =>
    {
        var found = new HashSet<(int, int)>();
        for (var epoch = 0; epoch < 5; epoch++)
        {
            var batch = Run(scope, Shift(2), epoch: epoch);
            for (var row = 0; row < _shape.Rows; row++)
            {
                var shifts = from y in Enumerable.Range(-2, 5)
                             from x in Enumerable.Range(-2, 5)
                             where Enumerable.Range(0, Height * Width).All(i => batch[(row * Height * Width) + i] == Moved(row, i, x, y))
                             select (x, y);
                found.Add(Assert.Single(shifts));
            }
        }

        // 100 draws of 25 shifts leave fewer than 10 of them out.
        Assert.InRange(found.Count, 16, 25);
    });

    [Fact]
    public void Rings_about_the_middle_stay_whatever_the_angle() => Everywhere(scope =>
    {
        var rings = new byte[Height * Height];
        for (var i = 0; i < rings.Length; i++)
        {
            var (y, x) = ((i / Height) - 4.0, (i % Height) - 4.0);
            rings[i] = (byte)Math.Max(0, 200 - (40 * Math.Sqrt((x * x) + (y * y))));
        }

        var turned = Run(scope, ImageAugmentation.None.With(RotationAugmentation.Kind, 180), images: rings, shape: new(1, Height, Height, 1));
        Assert.All(rings.Zip(turned), pair => Assert.InRange(pair.Second, pair.First - 25, pair.First + 25));
    });

    [Fact]
    public void Draws_do_not_hang_on_the_batch() => Everywhere(scope =>
    {
        var all = Augmentations.All.Aggregate(ImageAugmentation.None, (sum, kind) => sum.With(kind, kind.Amounts.Count == 2 ? [36, 4] : [kind.Amounts[0].IsWhole ? 2 : 0.1f]));
        var whole = Run(scope, all);
        var (later, features) = (7, Height * Width);
        Assert.Equal(whole[(later * features)..((later + 3) * features)], Run(scope, all, first: later, shape: _shape with { Rows = 3 }));
        Assert.Equal(whole, Run(scope, all));
        Assert.NotEqual(whole, Run(scope, all, epoch: 1));
        Assert.NotEqual(whole, Run(scope, all, seed: 1UL << 40));
        Assert.NotEqual(whole[..features], Run(scope, all, shape: _shape with { Rows = 1 }, numbers: 77));
    });

    [Fact]
    public void Noise_has_its_mean_and_deviation() => Everywhere(scope =>
    {
        var batch = Run(scope, ImageAugmentation.None.With(NoiseAugmentation.Kind, 0.1f), images: [.. Enumerable.Repeat((byte)128, 20 * Height * Width)]);
        var mean = batch.Average(value => value - 128.0);
        var deviation = Math.Sqrt(batch.Average(value => (value - 128.0) * (value - 128.0)));
        Assert.InRange(mean, -25.5 * 5 / Math.Sqrt(batch.Length), 25.5 * 5 / Math.Sqrt(batch.Length));
        Assert.InRange(deviation, 24.0, 27.0);
    });

    [Fact]
    public void Sine_and_cosine_are_near_the_truth()
    {
        for (var i = -4000; i <= 4000; i++)
        {
            var turns = i / 4000f;
            var (sin, cos) = KernelMath.SinCosOfTurns(turns);
            Assert.True(Math.Abs(sin - Math.Sin(2 * Math.PI * turns)) <= 1.0 / (1 << 22), $"sin of {turns} turns is {sin}");
            Assert.True(Math.Abs(cos - Math.Cos(2 * Math.PI * turns)) <= 1.0 / (1 << 22), $"cos of {turns} turns is {cos}");
        }

        Assert.Equal((0f, 1f), KernelMath.SinCosOfTurns(0));
        Assert.Equal((1f, 0f), KernelMath.SinCosOfTurns(0.25f));
    }

    [Fact]
    public void Wrong_shapes_are_refused()
    {
        Assert.Contains("height must be 1 or more", Refusal(scope => new AugmentBatch(scope.Accelerator, new(1, 0, 3, 1), Shift(1), 1).Dispose()), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("SIGMA from", Assert.Throws<ArgumentOutOfRangeException>(() => ImageAugmentation.None.With(ElasticAugmentation.Kind, 1, 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageAugmentation.None.With(ShiftAugmentation.Kind, 1.5f));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageAugmentation.None.With(RotationAugmentation.Kind, float.NaN));
    }

    /// <summary>The pixel that stands at a place of an image that moved.</summary>
    private static byte Moved(int row, int i, int x, int y)
    {
        var (fromY, fromX) = ((i / Width) - y, (i % Width) - x);
        return fromY is >= 0 and < Height && fromX is >= 0 and < Width ? _images[(row * Height * Width) + (fromY * Width) + fromX] : (byte)0;
    }

    private static byte[] Run(OpsScope scope, ImageAugmentation augmentation, int epoch = 0, ulong seed = 5, int first = 0, AugmentShape? shape = null,
        byte[]? images = null, int? numbers = null)
    {
        var (size, values) = (shape ?? _shape, images ?? _images);
        var samples = values.Length / size.Features;
        var batch = scope.Of(new byte[size.Rows * size.Features]);
        using var operation = new AugmentBatch(scope.Accelerator, size, augmentation, seed);
        operation.Prepare(new AugmentMemory
        {
            Values = scope.Of(values),
            Labels = scope.Of(new byte[samples]),
            Order = scope.Of([.. Enumerable.Range(0, samples)]),
            Samples = scope.Of([.. Enumerable.Range(numbers ?? 0, samples)]),
            Cursor = scope.Of(0, first, 0, 0, epoch, 0),
            Batch = batch,
            BatchLabels = scope.Of(new byte[size.Rows]),
        }).Run();
        scope.Accelerator.Synchronize();
        return batch.ToArray();
    }
}
