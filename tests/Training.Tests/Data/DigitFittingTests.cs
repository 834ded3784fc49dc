using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

/// <summary>What a network sees of a drawn sign.</summary>
public sealed class DigitFittingTests
{
    private const int Side = 28, Height = 200;

    /// <summary>A thin pen's line must not vanish where 160 pixels become 20, and a pen of MNIST's width stays as it is.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(20)]
    public void Lines_are_about_as_wide_as_those_of_mnist_whatever_drew_them(int pen)
    {
        // A cross: 160 of 200 pixels high, 120 wide, on white paper.
        var values = new float[Height * Height];
        for (var i = 0; i < values.Length; i++)
        {
            var (x, y) = ((i % Height) - (Height / 2) + 0.5, (i / Height) - (Height / 2) + 0.5);
            var isInk = (Math.Abs(x) < pen / 2.0 && Math.Abs(y) < 80) || (Math.Abs(y) < pen / 2.0 && Math.Abs(x) < 60);
            values[i] = isInk ? 20 : 250;
        }

        var fitted = DigitFitting.Fit(new GreyPicture(values, Height, Height), Side)!;

        // The upright line is 20 pixels long, the other 15; as they are drawn, the first three would be 0.25, 0.5 and 1 wide.
        var width = fitted.Sum(value => value / 255.0) / 35;
        Assert.InRange(width, 1.3, 3);

        // No line is faint.
        Assert.InRange(fitted.Max(), (byte)200, byte.MaxValue);
    }
}
