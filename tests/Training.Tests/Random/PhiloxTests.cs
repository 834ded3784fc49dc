using Gpu.Kernels.Ops;
using Gpu.Training.Random;

namespace Gpu.Training.Tests.Random;

public class PhiloxTests
{
    /// <summary>The known answers that come with Random123, the authors' own implementation.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u,
        0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Block_gives_the_published_words(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x, uint y, uint z, uint w) =>
        Assert.Equal((x, y, z, w), Philox.Block(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void Streams_of_other_seeds_purposes_epochs_and_indices_differ()
    {
        RandomStream[] streams =
        [
            new(1, RandomPurpose.Shuffle), new(2, RandomPurpose.Shuffle), new(1UL << 32, RandomPurpose.Shuffle),
            new(1, RandomPurpose.Split), new(1, RandomPurpose.Shuffle, epoch: 1), new(1, RandomPurpose.Shuffle, index: 1),
            new(1, RandomPurpose.Shuffle, epoch: 1 << 24),
        ];
        var first = streams.Select(stream => stream.NextUInt32()).ToArray();
        Assert.Equal(first.Length, first.Distinct().Count());
    }

    [Fact]
    public void Shuffle_is_a_permutation_that_moves_nearly_everything()
    {
        int[] items = [.. Enumerable.Range(0, 1000)];
        new RandomStream(3, RandomPurpose.Shuffle).Shuffle(items);
        Assert.Equal(Enumerable.Range(0, 1000), items.Order());

        // A random permutation leaves one item in place on average (Montmort).
        Assert.InRange(items.Where((item, i) => item == i).Count(), 0, 8);
    }

    [Fact]
    public void Next_is_uniform_over_a_count_that_is_no_power_of_two()
    {
        var stream = new RandomStream(5, RandomPurpose.Split);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
        {
            counts[stream.Next(7)]++;
        }

        // Six standard deviations of a binomial count: sqrt(70,000 * 1/7 * 6/7) = 92.6.
        Assert.All(counts, count => Assert.InRange(count, 10_000 - 556, 10_000 + 556));
    }

    [Fact]
    public void Normal_numbers_have_mean_0_and_variance_1()
    {
        var stream = new RandomStream(9, RandomPurpose.Weights);
        var draws = Enumerable.Range(0, 100_000).Select(_ => stream.NextNormal()).ToArray();

        // Six standard errors: of the mean 1/sqrt(n), of the variance sqrt(2/n).
        Assert.InRange(draws.Average(), -0.019, 0.019);
        Assert.InRange(draws.Select(x => x * x).Average(), 1 - 0.027, 1 + 0.027);
        Assert.InRange(draws.Max(Math.Abs), 3.5, 6.5);
    }
}
