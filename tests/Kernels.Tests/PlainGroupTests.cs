using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;

namespace Gpu.Kernels.Tests;

/// <summary>Kernels that state their groups: lanes, barriers, shared memory.</summary>
public sealed class PlainGroupTests : IDisposable
{
    private readonly CpuAccelerator _cpu = new(new CpuOptions { Path = SimdPath.Plain, Threads = 1, Strict = true });

    public void Dispose() => _cpu.Dispose();

    [Fact]
    public void Lanes_know_their_place()
    {
        using var linear = _cpu.Allocate<int>(3 * 2 * 4 * 2);
        using var global = _cpu.Allocate<int>(3 * 2 * 4 * 2);
        _cpu.Prepare(PlainKernels.GridKernel, LaunchShape.Groups(3, 2, 4, 2), linear, global).Run();
        Assert.Equal(Enumerable.Range(0, 48).Select(i => (1000 * (i / 8)) + (i % 8)), linear.ToArray());
        Assert.Equal(Enumerable.Range(0, 48).Select(i => (100 * (i / 12)) + (i % 12)), global.ToArray());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    public void Tiled_product_is_the_product(int n)
    {
        var random = new Random(7);
        var a = Enumerable.Range(0, n * n).Select(_ => (float)random.Next(-8, 9)).ToArray();
        var b = Enumerable.Range(0, n * n).Select(_ => (float)random.Next(-8, 9)).ToArray();
        using var left = Filled(a);
        using var right = Filled(b);
        using var product = _cpu.Allocate<float>(n * n);
        var groups = n / PlainKernels.Tile;
        var shape = LaunchShape.Groups(groups, groups, PlainKernels.Tile, PlainKernels.Tile);
        var launch = _cpu.Prepare(PlainKernels.TiledProductKernel, shape, left, right, n, product);
        launch.Run();
        launch.Run();
        var expected = Enumerable.Range(0, n * n).Select(i => Enumerable.Range(0, n).Sum(k => a[(i / n * n) + k] * b[(k * n) + (i % n)]));
        Assert.Equal(expected, product.ToArray());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(33, 1)]
    [InlineData(64, 1)]
    [InlineData(8, 8)]
    public void Barrier_holds_for_every_group_width(int x, int y)
    {
        var lanes = x * y;
        using var input = Filled(Enumerable.Range(0, 5 * lanes).ToArray());
        using var output = _cpu.Allocate<int>(5 * lanes);
        _cpu.Prepare(PlainKernels.ReverseKernel, LaunchShape.Groups(5, 1, x, y), input, output).Run();
        Assert.Equal(Enumerable.Range(0, 5).SelectMany(g => Enumerable.Range(g * lanes, lanes).Reverse()), output.ToArray());
    }

    [Fact]
    public void Missing_barrier_shows_in_every_run()
    {
        const int Lanes = 8;
        using var input = Filled(Enumerable.Range(0, 2 * Lanes).Select(i => (float)i).ToArray());
        using var output = _cpu.Allocate<float>(Lanes);
        var launch = _cpu.Prepare(PlainKernels.MissingBarrierKernel, LaunchShape.Groups(1, 1, Lanes, 1), input, 2, output);
        launch.Run();
        var first = output.ToArray();
        var right = Enumerable.Range(0, Lanes).Select(lane => (float)((Lanes - 1 - lane) + (2 * Lanes) - 1 - lane));
        Assert.NotEqual(right, first);
        for (var run = 0; run < 20; run++)
        {
            launch.Run();
            Assert.Equal(first, output.ToArray());
        }
    }

    [Fact]
    public void Shared_memory_is_fresh_in_every_group()
    {
        using var y = Filled(new float[12]);
        _cpu.Prepare(PlainKernels.FreshSharedKernel, LaunchShape.Groups(3, 1, 4, 1), y).Run();
        Assert.All(y.ToArray(), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Lanes_that_leave_a_barrier_out_are_an_error_and_no_hang()
    {
        using var y = Filled(new int[64]);
        var launch = _cpu.Prepare(PlainKernels.DivergentKernel, LaunchShape.Groups(1, 1, 4, 1), y);
        for (var run = 0; run < 3; run++)
        {
            var error = Assert.Throws<DeviceException>(launch.Run);
            Assert.Contains("PlainKernels.DivergentKernel failed at group (0, 0), lane (0, 0)", error.Message, StringComparison.Ordinal);
            Assert.Contains("1 of the group's 4 lanes", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Lane_that_fails_ends_the_others_and_the_next_launch_runs()
    {
        using var y = Filled(Enumerable.Range(0, 4).ToArray());
        using var z = _cpu.Allocate<int>(4);
        var error = Assert.Throws<DeviceException>(_cpu.Prepare(PlainKernels.FailingLaneKernel, LaunchShape.Groups(2, 1, 4, 1), y).Run);
        Assert.Contains("lane (2, 0)", error.Message, StringComparison.Ordinal);
        Assert.Contains("index 4 lies outside", error.Message, StringComparison.Ordinal);
        _cpu.Prepare(PlainKernels.ReverseKernel, LaunchShape.Groups(1, 1, 4, 1), y, z).Run();
        Assert.Equal([3, 2, 1, 0], z.ToArray());
    }

    [Fact]
    public void Shared_memory_must_be_the_same_in_all_lanes()
    {
        using var y = Filled(new int[4]);
        var error = Assert.Throws<DeviceException>(_cpu.Prepare(PlainKernels.DifferentSharedKernel, LaunchShape.Groups(1, 1, 4, 1), y).Run);
        Assert.Contains("5 Int32 in this lane, 4 Int32 in another", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(64)]
    public void Votes_and_broadcasts_reach_all_lanes(int lanes)
    {
        using var counts = _cpu.Allocate<int>(lanes);
        using var flags = _cpu.Allocate<int>(lanes);
        _cpu.Prepare(PlainKernels.VoteKernel, LaunchShape.Groups(1, 1, lanes, 1), counts, flags).Run();
        Assert.All(counts.ToArray(), count => Assert.Equal((lanes + 2) / 3, count));
        Assert.All(flags.ToArray(), flag => Assert.Equal(1, flag));
    }

    [Fact]
    public void Order_of_lanes_is_the_same_in_every_run()
    {
        using var tickets = _cpu.Allocate<int>(12);
        for (var run = 0; run < 10; run++)
        {
            using var counter = Filled(new int[1]);
            _cpu.Prepare(PlainKernels.TicketKernel, LaunchShape.Groups(1, 1, 6, 1), counter, tickets).Run();
            Assert.Equal([0, 1, 2, 3, 4, 5, 11, 10, 9, 8, 7, 6], tickets.ToArray());
        }
    }

    private DeviceBuffer<T> Filled<T>(T[] values) where T : unmanaged
    {
        var buffer = _cpu.Allocate<T>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }
}
