using Gpu.Training.Data;
using Gpu.Training.Tests.Loop;

namespace Gpu.Training.Tests.Data;

public class InkTests
{
    [Fact]
    public void The_mean_is_a_share_of_the_largest_value() =>
        Assert.Equal((255 + 51) / (4.0 * 255), Ink.Mean(new DataSet("made", [255, 0, 51, 0], [], 2, 2, 0)), 1e-12);

    [Fact]
    public void Every_sample_counts()
    {
        var values = new byte[30_000 * 4];
        values.AsSpan(0, values.Length / 2).Fill(255);
        values[^1] = 255;
        Assert.Equal(0.5 + (1.0 / values.Length), Ink.Mean(new DataSet("made", values, [], 2, 2, 0)), 1e-12);
    }

    /// <summary>MNIST has a mean of 0.13, Fashion-MNIST of 0.29; a single 1 may have 0.05.</summary>
    [Theory]
    [InlineData(0.13, 222, true)]
    [InlineData(0.29, 182, true)]
    [InlineData(0.87, 33, true)]
    [InlineData(0.13, 13, false)]
    [InlineData(0.13, 73, false)]
    [InlineData(0.45, 140, false)]
    [InlineData(0.87, 222, false)]
    public void Negatives_of_what_was_trained_on_are_warned_of(double trained, byte value, bool isWarned)
    {
        var images = new DataSet("made", [.. Enumerable.Repeat(value, 90)], [], 3, 3, 0);
        Assert.Equal(isWarned, Ink.Warning(images, trained) is not null);
        Assert.Null(Ink.Warning(new DataSet("no images", images.Values, [], 1, 9, 0), trained));
    }

    [Fact]
    public void Made_samples_are_like_themselves()
    {
        var data = Samples.Make(500);
        Assert.Null(Ink.Warning(data, Ink.Mean(data)));
    }
}
