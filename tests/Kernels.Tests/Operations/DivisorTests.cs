using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

public class DivisorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(20)]
    [InlineData(641)]
    [InlineData(65_535)]
    [InlineData(65_537)]
    [InlineData(1 << 30)]
    [InlineData((1 << 30) + 1)]
    [InlineData(int.MaxValue)]
    public void It_divides_as_the_processor_does(int value)
    {
        var prepared = Divisor.Prepare(value);
        var divisor = Divisor.Of(new Int4 { X = prepared[0], Y = prepared[1], Z = prepared[2] });
        var random = new Random(value);

        // Beside numbers of all sizes those around multiples of the divisor, where a multiplier that is off by one shows.
        var multiples = Enumerable.Range(0, 10_000).Select(_ => (long)value * random.NextInt64((int.MaxValue / value) + 1L));
        long[] numbers = [0, int.MaxValue, .. multiples.SelectMany(m => new[] { m - 1, m, m + value - 1 }), .. Enumerable.Range(0, 10_000).Select(_ => random.NextInt64(1L << random.Next(1, 32)))];
        Assert.All(numbers.Where(n => n is >= 0 and <= int.MaxValue), n => Assert.Equal((int)n / value, Divisor.Quotient(divisor, (int)n)));
    }
}
