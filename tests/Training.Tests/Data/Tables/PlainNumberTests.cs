using System.Globalization;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data.Tables;

/// <summary>What is read and sorted sooner is what .NET reads and sorts.</summary>
public sealed class PlainNumberTests
{
    [Fact]
    public void Plain_numbers_are_the_same_bits_as_by_the_parser_of_dotnet()
    {
        var random = new System.Random(3);
        var taken = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var digits = string.Concat(Enumerable.Range(0, random.Next(1, 18)).Select(_ => (char)('0' + random.Next(10))));
            var point = random.Next(-3, digits.Length + 1);
            var text = (random.Next(2) == 0 ? "-" : "") + (point < 0 ? digits : digits.Insert(point, "."));
            if (PlainNumber.TryRead(text, out var value))
            {
                taken++;
                Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(value));
            }
        }

        Assert.InRange(taken, 150_000, 199_999);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData("1e5")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("1234567890123456")]
    [InlineData("٣")]
    public void Whatever_is_not_plain_is_left_to_others(string text) => Assert.False(PlainNumber.TryRead(text, out _));

    [Fact]
    public void Many_numbers_are_sorted_as_by_comparing_them()
    {
        var random = new System.Random(5);
        float[] values = [.. Enumerable.Range(0, 3 * NumberSort.Least).Select(_ => BitConverter.Int32BitsToSingle(random.Next() ^ (random.Next(2) << 31))).Where(value => !float.IsNaN(value)), 0, -1, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon];
        var expected = values.Order().ToArray();
        NumberSort.Sort(values, new uint[values.Length]);
        Assert.Equal(expected, values);
        Assert.True(values[0] < 0 && values.Length > NumberSort.Least);
    }
}
