using Gpu.Training.Metrics;

namespace Gpu.Training.Tests;

public class PrincipalComponentsTests
{
    [Fact]
    public void Rows_that_lie_along_two_directions_are_found_on_them()
    {
        // a (0.6, 0.8, 0) + b (-0.8, 0.6, 0) + (5, 5, 5), with variances of 9 and 1.
        (float A, float B)[] places = [(3, 1), (-3, 1), (3, -1), (-3, -1)];
        float[] rows = [.. places.SelectMany(place => new[] { (0.6f * place.A) - (0.8f * place.B) + 5, (0.8f * place.A) + (0.6f * place.B) + 5, 5f })];
        var (first, second, firstShare, secondShare) = PrincipalComponents.Of(rows, 3);
        Assert.All(places.Index(), place =>
        {
            // A direction may as well point the other way.
            Assert.Equal(place.Item.A * Math.Sign(first[0]), first[place.Index], 1e-4);
            Assert.Equal(place.Item.B * Math.Sign(second[0]), second[place.Index], 1e-4);
        });
        Assert.Equal(0.9, firstShare, 1e-5);
        Assert.Equal(0.1, secondShare, 1e-5);
    }

    [Fact]
    public void Rows_that_are_all_the_same_lie_nowhere_apart()
    {
        var (first, second, firstShare, _) = PrincipalComponents.Of([1, 2, 1, 2, 1, 2], 2);
        Assert.All(first.Concat(second), place => Assert.Equal(0, place));
        Assert.Equal(0, firstShare);
    }
}
