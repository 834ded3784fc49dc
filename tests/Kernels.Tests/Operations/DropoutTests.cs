using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

public class DropoutTests(Devices devices) : OpsTests(devices)
{
    private static readonly DropoutMask _mask = new(0x1234_5678_9ABC_DEF0, Layer: 3, Rate: 0.2f);

    [Fact]
    public void Drops_its_share_and_keeps_the_mean() => Everywhere(scope =>
    {
        var factors = Factors(scope, _mask, 0, 100, 1000);

        // 0.2 of 100,000 within five standard deviations; what stays is worth 1 / 0.8.
        Assert.InRange(factors.Count(f => f == 0), 20_000 - 633, 20_000 + 633);
        Assert.All(factors.Where(f => f != 0), f => Assert.Equal(1.25f, f));
    });

    [Fact]
    public void Columns_and_rows_and_words_are_dropped_alike() => Everywhere(scope =>
    {
        var factors = Factors(scope, _mask with { Rate = 0.5f }, 0, 1000, 128);
        for (var column = 0; column < 128; column++)
        {
            var dropped = Enumerable.Range(0, 1000).Count(row => factors[(row * 128) + column] == 0);
            Assert.InRange(dropped, 500 - 79, 500 + 79);
        }
    });

    [Fact]
    public void Seed_layer_and_step_each_change_the_mask() => Everywhere(scope =>
    {
        var here = Factors(scope, _mask, 5, 4, 100);
        Assert.Equal(here, Factors(scope, _mask, 5, 4, 100));
        Assert.NotEqual(here, Factors(scope, _mask, 6, 4, 100));
        Assert.NotEqual(here, Factors(scope, _mask with { Layer = 4 }, 5, 4, 100));
        Assert.NotEqual(here, Factors(scope, _mask with { Seed = _mask.Seed + 1 }, 5, 4, 100));
        Assert.NotEqual(here, Factors(scope, _mask with { Seed = _mask.Seed ^ (1UL << 63) }, 5, 4, 100));
    });

    [Fact]
    public void A_smaller_batch_has_the_same_rows() => Everywhere(scope =>
        Assert.Equal(Factors(scope, _mask, 5, 9, 70)[..(4 * 70)], Factors(scope, _mask, 5, 4, 70)));

    [Theory]
    [InlineData(1f)]
    [InlineData(-0.1f)]
    [InlineData(float.NaN)]
    public void Rates_that_are_no_share_below_one_are_refused(float rate) => Assert.Contains("from 0 up to, not including, 1",
        Refusal(scope => Dropout.Prepare(scope.Accelerator, _mask with { Rate = rate }, scope.Cursor(), scope.Floats(6), 2, 3, scope.Floats(6))),
        StringComparison.Ordinal);

    [Fact]
    public void Wrong_shapes_are_refused() => Assert.Contains("y must have 2 x 3",
        Refusal(scope => Dropout.Prepare(scope.Accelerator, _mask, scope.Cursor(), scope.Floats(6), 2, 3, scope.Floats(7))), StringComparison.Ordinal);

    /// <summary>What ones become.</summary>
    private static float[] Factors(OpsScope scope, DropoutMask mask, int globalStep, int m, int n)
    {
        var x = scope.Of([.. Enumerable.Repeat(1f, m * n)]);
        var y = scope.Floats(m * n);
        Dropout.Prepare(scope.Accelerator, mask, scope.Cursor(globalStep: globalStep), x, m, n, y).Run();
        scope.Accelerator.Synchronize();
        return y.ToArray();
    }
}
