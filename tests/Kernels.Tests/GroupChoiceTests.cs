using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Tests;

/// <summary>The groups that graphics processors get where a kernel leaves them open.</summary>
public class GroupChoiceTests
{
    [Theory]
    [InlineData(1, 1, 132, 1024, 1, 1)]
    [InlineData(10, 32, 132, 1024, 16, 4)]
    [InlineData(128, 32, 132, 1024, 64, 1)]
    [InlineData(101_770, 1, 132, 1024, 128, 1)]
    [InlineData(2500, 2000, 132, 1024, 256, 1)]
    [InlineData(2500, 2000, 132, 96, 64, 1)]
    [InlineData(1, 60_000_000, 132, 1024, 1, 256)]
    [InlineData(3, 100_000, 4, 1024, 4, 64)]
    public void Groups_fit_the_shape_and_the_device(int x, int y, int units, int largest, int groupX, int groupY) =>
        Assert.Equal((groupX, groupY), GroupChoice.For(x, y, units, largest));

    [Fact]
    public void Every_index_is_reached_within_the_limits_of_devices()
    {
        foreach (var x in (int[])[1, 2, 31, 33, 64, 1000, 1_000_000, int.MaxValue])
        {
            foreach (var y in (int[])[1, 3, 64, 65_535, 65_536, 10_000_000, int.MaxValue])
            {
                foreach (var largest in (int[])[1, 48, 256, 1024])
                {
                    var (groupX, groupY) = GroupChoice.For(x, y, 80, largest);
                    Assert.True(groupX >= 1 && groupY >= 1 && groupX * groupY <= Math.Min(largest, 256), $"{x} x {y}: {groupX} x {groupY}");
                    Assert.True((y + (long)groupY - 1) / groupY <= 65_535 || groupX == 1, $"{x} x {y}: {groupX} x {groupY}");
                }
            }
        }
    }
}
