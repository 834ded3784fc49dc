using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

public class PixelScalingTests
{
    [Theory]
    [InlineData("unit", 1 / 255f, 0f)]
    [InlineData("none", 1f, 0f)]
    [InlineData("0.5,0.25", 4 / 255f, -2f)]
    [InlineData("0.1307,0.3081", 0.0127282331f, -0.4242129f)]
    public void The_text_form_says_the_arithmetic_and_comes_back(string text, float scale, float offset)
    {
        var scaling = PixelScaling.Parse(text);
        Assert.Equal(scale, scaling.Scale, 1e-9f);
        Assert.Equal(offset, scaling.Offset, 1e-7f);
        Assert.Equal(text, scaling.ToString());
        Assert.Equal(scaling, PixelScaling.Parse(scaling.ToString()));
    }

    [Fact]
    public void Scaled_pixels_have_the_mean_and_deviation_that_were_asked_for()
    {
        var scaling = PixelScaling.Parse("0.2,0.4");
        Assert.True(Math.Abs((51 * scaling.Scale) + scaling.Offset) < 1e-6, "the mean goes to 0");
        Assert.True(Math.Abs((153 * scaling.Scale) + scaling.Offset - 1) < 1e-6, "a deviation above it goes to 1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Unit")]
    [InlineData("0.5")]
    [InlineData("0.5,0")]
    [InlineData("0.5,-1")]
    [InlineData("0.5,NaN")]
    [InlineData("Infinity,1")]
    [InlineData("1,2,3")]
    [InlineData("0.1,1e-300")]
    [InlineData("0.1,1e300")]
    public void Anything_else_is_wrong_usage(string text)
    {
        var error = Assert.Throws<TrainingException>(() => PixelScaling.Parse(text));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
        Assert.False(PixelScaling.TryParse(text, out _));
    }

    [Theory]
    [InlineData("none", 10, null)]
    [InlineData("none", 11, "from 0 to 11")]
    [InlineData("unit", 255, null)]
    [InlineData("0.5,0.05", 255, null)]
    [InlineData("0.5,0.04", 255, "from -12.5 to 12.5")]
    public void Inputs_far_out_draw_a_warning_that_names_the_cure(string scale, byte largest, string? named)
    {
        var data = new DataSet("x", [0, 0, largest, 0], [0, 1], 1, 2, 2);
        var warning = InputRange.Warning(data, PixelScaling.Parse(scale));
        if (named is null)
        {
            Assert.Null(warning);
        }
        else
        {
            Assert.Contains(named, warning, StringComparison.Ordinal);
            Assert.Contains("--scale unit", warning, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(255, "unit")]
    [InlineData(128, "unit")]
    [InlineData(0, "unit")]
    [InlineData(1, "0,0.00392156862745098")]
    [InlineData(15, "0,0.058823529411764705")]
    public void Auto_is_unit_for_bright_images_and_else_makes_the_largest_value_one(byte most, string expected)
    {
        var data = new DataSet("made", [0, most, 0, 0], [], 2, 2, 0);
        var scaling = PixelScaling.Auto.Resolve(data);
        Assert.Equal(expected, scaling.ToString());
        Assert.Equal(0, scaling.Offset);
        Assert.Equal(most == 128 ? 128 / 255f : most == 0 ? 0 : 1, most * scaling.Scale, 1e-6f);
        Assert.Same(PixelScaling.None, PixelScaling.None.Resolve(data));
        Assert.Null(InputRange.Warning(data, scaling));
        Assert.Equal(most is 1 or 15, InputRange.Warning(data, PixelScaling.Unit) is { } warning && warning.Contains("--scale auto", StringComparison.Ordinal));
    }
}
