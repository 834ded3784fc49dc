using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Tests;

public class GuidedCutTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(7, 3)]
    [InlineData(32, 2)]
    [InlineData(1000, 16)]
    public void Parts_follow_each_other_and_have_all(int count, int threads)
    {
        var next = 0;
        for (var part = 0; part < GuidedCut.Parts(threads); part++)
        {
            var (first, end) = GuidedCut.Range(count, threads, part);
            Assert.Equal(next, first);
            Assert.True(end >= first, $"part {part} ends at {end}, before {first}");
            next = end;
        }

        Assert.Equal(count, next);
    }

    [Fact]
    public void Long_parts_come_first() =>
        Assert.Equal([10, 10, 4, 4, 2, 2], Enumerable.Range(0, GuidedCut.Parts(2)).Select(part =>
        {
            var (first, end) = GuidedCut.Range(32, 2, part);
            return end - first;
        }));
}
