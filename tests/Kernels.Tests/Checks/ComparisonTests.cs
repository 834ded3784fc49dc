using Gpu.Kernels.Checks;

namespace Gpu.Kernels.Tests.Checks;

public class ComparisonTests
{
    [Theory]
    [InlineData(1f, 1.0, 0.0)]
    [InlineData(1f, 1.5, 0.5)]
    [InlineData(-0f, 0.0, 0.0)]
    [InlineData(float.NaN, double.NaN, 0.0)]
    [InlineData(float.PositiveInfinity, double.PositiveInfinity, 0.0)]
    public void Accepts(float found, double expected, double allowed) =>
        Assert.True(Comparison.Floats("y", [found], new Bounded([expected], [allowed])).Passed);

    [Theory]
    [InlineData(1f, 1.5, 0.4)]
    [InlineData(float.NaN, 1.0, 1e9)]
    [InlineData(1f, double.NaN, 1e9)]
    [InlineData(float.PositiveInfinity, 1.0, double.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(1f, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(1f, 1.0, double.NaN)]
    [InlineData(1f, 1.0, -1.0)]
    [InlineData(1f, 1.0000000001, 0.0)]
    public void Rejects(float found, double expected, double allowed) =>
        Assert.False(Comparison.Floats("y", [found], new Bounded([expected], [allowed])).Passed);

    [Fact]
    public void Finds_the_worst_element_and_names_it()
    {
        var comparison = Comparison.Floats("dx", [0f, 5f, 9f], new Bounded([0, 4, 3], [1, 1, 2]));

        Assert.Equal(3, comparison.WorstShare);
        Assert.Equal("dx[2] is 9, it must be 3 within 2 (off by 6).", comparison.Failure);
    }

    [Theory]
    [InlineData(new[] { 1f, 2f, 3f }, null)]
    [InlineData(new[] { 1f, 2f, 4f }, "y[2] is 4, it must be 3 within 0 (off by 1).")]
    [InlineData(new[] { 1f, 2f, float.NaN }, "y[2] is NaN, it must be 3 within 0 (off by NaN).")]
    [InlineData(new[] { 1f, float.NaN, 3f }, "y[1] is NaN, it must be finite.")]
    [InlineData(new[] { 1f, float.PositiveInfinity, 3f }, "y[1] is Infinity, it must be finite.")]
    public void Some_elements_are_compared_and_the_others_must_be_numbers(float[] found, string? failure) =>
        Assert.Equal(failure, Comparison.FloatsAt("y", found, [(0, 1), (2, 3)]).Failure);

    [Fact]
    public void Exact_takes_no_bound() =>
        Assert.False(Comparison.Floats("y", [1.0000001f], new Bounded([1], [1]), exact: true).Passed);

    [Fact]
    public void An_unwritten_float_fails_even_where_NaN_is_expected()
    {
        var unwritten = BitConverter.UInt32BitsToSingle(Comparison.UnwrittenBits);

        var comparison = Comparison.Floats("y", [unwritten], new Bounded([double.NaN], [1]));

        Assert.Equal("y[0] was never written, it must be NaN.", comparison.Failure);
    }

    [Fact]
    public void Other_lengths_fail()
    {
        Assert.False(Comparison.Floats("y", [1f], new Bounded([1, 1], [0, 0])).Passed);
        Assert.False(Comparison.Integers("y", [1], [1, 1]).Passed);
        Assert.False(Comparison.SameBits<int>("y", [1], [1, 1]).Passed);
    }

    [Fact]
    public void Integers_must_be_equal()
    {
        Assert.True(Comparison.Integers("counts", [1, 2], [1, 2]).Passed);
        Assert.Equal("counts[1] is 2, it must be 3.", Comparison.Integers("counts", [1, 2], [1, 3]).Failure);
        Assert.Equal("counts[0] was never written, it must be 3.", Comparison.Integers("counts", [-1], [3]).Failure);
    }

    [Fact]
    public void Runs_must_agree_in_the_sign_of_zero()
    {
        Assert.True(Comparison.SameBits<float>("y", [float.NaN, 0f], [float.NaN, 0f]).Passed);
        Assert.Equal("y[1] was 0 in one run and -0 in the next.", Comparison.SameBits<float>("y", [1f, 0f], [1f, -0f]).Failure);
    }

    [Fact]
    public void Runs_may_differ_in_what_a_NaN_holds_and_in_nothing_else()
    {
        var other = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(float.NaN) ^ 0x80000001);
        Assert.False(Comparison.SameBits<float>("y", [float.NaN, 1f], [other, 1f]).Passed);
        Assert.True(Comparison.SameRun<float>("y", [float.NaN, 1f], [other, 1f]).Passed);
        Assert.Equal("y[1] was 1 in one run and NaN in the next.", Comparison.SameRun<float>("y", [float.NaN, 1f], [other, float.NaN]).Failure);
        Assert.Equal("y[0] was NaN in one run and 0 in the next.", Comparison.SameRun<float>("y", [float.NaN], [0f]).Failure);
        Assert.Equal("n[1] was 2 in one run and 3 in the next.", Comparison.SameRun<int>("n", [1, 2], [1, 3]).Failure);
    }
}
