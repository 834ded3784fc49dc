using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;

namespace Gpu.Kernels.Tests.Simulator;

/// <summary>Kernels as they are written, on strict memory: what a launch does, and which faults it finds.</summary>
public sealed class SimulatorTests : IDisposable
{
    private readonly SimulatorAccelerator _simulator = new(strict: true);

    public void Dispose() => _simulator.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(257)]
    public void A_kernel_runs_for_every_index(int count)
    {
        using var x = Filled([.. Enumerable.Range(0, count).Select(i => (float)i)]);
        using var y = _simulator.Allocate<float>(count);
        _simulator.Prepare(TestKernels.ScaleKernel, LaunchShape.Linear(count), x, 3f, y).Run();
        Assert.Equal(Enumerable.Range(0, count).Select(i => 3f * i), y.ToArray());
    }

    [Fact]
    public void A_kernel_runs_for_every_index_of_a_plane()
    {
        using var y = _simulator.Allocate<int>(70 * 3);
        _simulator.Prepare(TestKernels.PlaneKernel, LaunchShape.Plane(70, 3), 70, y).Run();
        Assert.Equal(Enumerable.Range(0, 210).Select(i => (100 * (i / 70)) + (i % 70)), y.ToArray());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(33, 1)]
    [InlineData(8, 8)]
    [InlineData(256, 1)]
    public void A_barrier_holds_for_every_size_of_group(int x, int y)
    {
        var lanes = x * y;
        using var input = Filled(Enumerable.Range(0, 3 * lanes).ToArray());
        using var output = _simulator.Allocate<int>(3 * lanes);
        _simulator.Prepare(TestKernels.ReverseKernel, LaunchShape.Groups(3, 1, x, y), input, output).Run();
        Assert.Equal(Enumerable.Range(0, 3).SelectMany(g => Enumerable.Range(g * lanes, lanes).Reverse()), output.ToArray());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    public void A_tiled_product_is_the_product(int n)
    {
        var random = new Random(7);
        var a = Enumerable.Range(0, n * n).Select(_ => (float)random.Next(-8, 9)).ToArray();
        var b = Enumerable.Range(0, n * n).Select(_ => (float)random.Next(-8, 9)).ToArray();
        using var left = Filled(a);
        using var right = Filled(b);
        using var product = _simulator.Allocate<float>(n * n);
        var groups = n / TestKernels.Tile;
        var launch = _simulator.Prepare(TestKernels.TiledProductKernel, LaunchShape.Groups(groups, groups, TestKernels.Tile, TestKernels.Tile), left, right, n, product);
        launch.Run();
        launch.Run();
        var expected = Enumerable.Range(0, n * n).Select(i => Enumerable.Range(0, n).Sum(k => a[(i / n * n) + k] * b[(k * n) + (i % n)]));
        Assert.Equal(expected, product.ToArray());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void An_index_outside_of_a_view_fails_the_launch_and_the_next_one_works(int offset)
    {
        using var y = _simulator.Allocate<float>(10);
        var launch = _simulator.Prepare(TestKernels.OffsetKernel, LaunchShape.Linear(9), offset, y);
        for (var run = 0; run < 3; run++)
        {
            var error = Assert.Throws<DeviceException>(launch.Run);
            Assert.StartsWith("TestKernels.OffsetKernel failed: ", error.Message, StringComparison.Ordinal);
            Assert.Contains("out of", error.Message, StringComparison.OrdinalIgnoreCase);
        }

        _simulator.Prepare(TestKernels.OffsetKernel, LaunchShape.Linear(9), 1, y).Run();
        Assert.All(y.ToArray()[1..], value => Assert.Equal(1f, value));

        // What the lanes that failed wrote lies in the guards, and is told too.
        Assert.Throws<DeviceException>(y.Dispose);
    }

    [Fact]
    public void A_slice_ends_where_it_was_cut()
    {
        using var y = _simulator.Allocate<float>(10);
        var launch = _simulator.Prepare(TestKernels.OffsetKernel, LaunchShape.Linear(5), 0, y.View.Slice(3, 4));
        Assert.Throws<DeviceException>(launch.Run);
        Assert.Throws<ArgumentOutOfRangeException>(() => y.View.Slice(3, 8));
    }

    [Fact]
    public void Fresh_memory_is_NaN()
    {
        using var y = _simulator.Allocate<float>(5);
        Assert.All(y.ToArray(), value => Assert.True(float.IsNaN(value)));
    }

    [Theory]
    [InlineData(-1, "4 bytes before the start")]
    [InlineData(7, "0 bytes after the end")]
    public unsafe void A_write_beyond_a_buffer_is_caught(int element, string where)
    {
        var buffer = (CpuBuffer<int>)_simulator.Allocate<int>(7);
        buffer.Pointer[element] = 0;
        var error = Assert.Throws<DeviceException>(buffer.Dispose);
        Assert.Contains("7 Int32", error.Message, StringComparison.Ordinal);
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_was_given_back_is_not_used()
    {
        var y = _simulator.Allocate<float>(4);
        var launch = _simulator.Prepare(TestKernels.OffsetKernel, LaunchShape.Linear(4), 0, y);
        y.Dispose();
        Assert.Throws<ObjectDisposedException>(launch.Run);
    }

    [Fact]
    public void A_number_may_be_of_an_enumeration()
    {
        using var y = _simulator.Allocate<uint>(2);
        var error = Assert.ThrowsAny<ArgumentException>(() => _simulator.Prepare(TestKernels.KindKernel, LaunchShape.Linear(2), 1f, 3_000_000_000u, y));
        Assert.Contains("argument activation must be int, it is float", error.Message, StringComparison.Ordinal);
        _simulator.Prepare(TestKernels.KindKernel, LaunchShape.Linear(2), (int)Ops.Activation.Tanh, 3_000_000_000u, y).Run();
        Assert.Equal([3_000_000_000u + (uint)Ops.Activation.Tanh, 3_000_000_000u + (uint)Ops.Activation.Tanh], y.ToArray());
    }

    [Fact]
    public void Arguments_are_checked_when_the_kernel_is_prepared()
    {
        using var other = new SimulatorAccelerator();
        using var foreign = other.Allocate<float>(4);
        using var y = _simulator.Allocate<float>(4);
        using var integers = _simulator.Allocate<int>(4);
        Refused("takes 3 arguments (x, factor, y), 2 were given", TestKernels.ScaleKernel, LaunchShape.Linear(4), y, 1f);
        Refused("argument factor must be float, it is int", TestKernels.ScaleKernel, LaunchShape.Linear(4), y, 1, y);
        Refused("argument y must be a view of float, it is a view of int", TestKernels.ScaleKernel, LaunchShape.Linear(4), y, 1f, integers);
        Refused("another accelerator's memory", TestKernels.ScaleKernel, LaunchShape.Linear(4), y, 1f, foreign);
        Refused("takes an index of 1 dimensions, it was launched over 2", TestKernels.ScaleKernel, LaunchShape.Plane(2, 2), y, 1f, y);
        Refused("takes an index of 1 dimensions, it was launched in groups of 4 x 1", TestKernels.ScaleKernel, LaunchShape.Groups(1, 1, 4, 1), y, 1f, y);
        Refused("takes no index", TestKernels.ReverseKernel, LaunchShape.Linear(4), integers, integers);
        Refused("a kernel is a public static method", InstanceKernel, LaunchShape.Linear(4), y);
    }

    [Fact]
    public void Groups_that_are_too_large_are_refused()
    {
        using var y = _simulator.Allocate<int>(4);
        var error = Assert.Throws<DeviceException>(() => _simulator.Prepare(TestKernels.ReverseKernel, LaunchShape.Groups(1, 1, 128, 3), y, y));
        Assert.Contains("groups of 128 x 3 lanes were asked for, simulator has groups of at most 256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_processor_runs_a_kernel_without_a_twin_on_its_own_memory()
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1, Strict = true });
        using var x = cpu.Allocate<float>(5);
        x.CopyFrom([1f, 2f, 3f, 4f, 5f]);
        cpu.Prepare(TestKernels.ScaleKernel, LaunchShape.Linear(5), x, 2f, x).Run();
        Assert.Equal([2f, 4f, 6f, 8f, 10f], x.ToArray());
    }

    private void InstanceKernel(ILGPU.Index1D i, ILGPU.ArrayView<float> y) => y[i] = 1f;

    private void Refused(string expected, Delegate kernel, LaunchShape shape, params KernelArgument[] arguments)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => _simulator.Prepare(kernel, shape, arguments));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private DeviceBuffer<T> Filled<T>(T[] values) where T : unmanaged
    {
        var buffer = _simulator.Allocate<T>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }
}
