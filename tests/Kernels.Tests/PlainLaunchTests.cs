using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;

namespace Gpu.Kernels.Tests;

/// <summary>Kernels run as they are written, on the strict device.</summary>
public sealed class PlainLaunchTests : IDisposable
{
    private readonly CpuAccelerator _cpu = Strict(64);

    public void Dispose() => _cpu.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(257)]
    public void Kernel_runs_for_every_index(int count)
    {
        using var x = Filled(_cpu, [.. Enumerable.Range(0, count).Select(i => (float)i)]);
        using var y = _cpu.Allocate<float>(count);
        _cpu.Prepare(PlainKernels.ScaleKernel, LaunchShape.Linear(count), x, 3f, y).Run();
        Assert.Equal(Enumerable.Range(0, count).Select(i => 3f * i), y.ToArray());
    }

    [Fact]
    public void Kernel_runs_for_every_index_of_a_plane()
    {
        using var y = _cpu.Allocate<int>(70 * 3);
        _cpu.Prepare(PlainKernels.PlaneKernel, LaunchShape.Plane(70, 3), 70, y).Run();
        Assert.Equal(Enumerable.Range(0, 210).Select(i => (100 * (i / 70)) + (i % 70)), y.ToArray());
    }

    [Fact]
    public void Scalars_may_be_specialized_or_enums()
    {
        using var y = _cpu.Allocate<uint>(2);
        _cpu.Prepare(PlainKernels.SpecializedKernel, LaunchShape.Linear(2), 1, (int)Ops.Activation.Tanh, 3_000_000_000u, y).Run();
        Assert.Equal([3_000_000_004u, 3_000_000_004u], y.ToArray());
    }

    [Fact]
    public void Dependence_on_the_order_of_indices_shows_in_the_group_width()
    {
        var results = new List<int[]>();
        foreach (var width in (int[])[1, 64])
        {
            using var cpu = Strict(width);
            using var y = Filled(cpu, new int[5]);
            cpu.Prepare(PlainKernels.ChainKernel, LaunchShape.Linear(5), y).Run();
            results.Add(y.ToArray());
        }

        Assert.Equal([1, 2, 3, 4, 5], results[0]);
        Assert.Equal([1, 1, 1, 1, 1], results[1]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void Index_outside_of_a_view_names_kernel_and_index(int offset)
    {
        using var y = _cpu.Allocate<float>(10);
        var launch = _cpu.Prepare(PlainKernels.OffsetKernel, LaunchShape.Linear(9), offset, y);
        var error = Assert.Throws<DeviceException>(launch.Run);
        var index = offset < 0 ? 0 : 8;
        Assert.Contains($"PlainKernels.OffsetKernel failed at index {index}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"index {index + offset} lies outside a view of 10 elements", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slice_ends_where_it_was_cut()
    {
        using var y = _cpu.Allocate<float>(10);
        var launch = _cpu.Prepare(PlainKernels.OffsetKernel, LaunchShape.Linear(5), 0, y.View.Slice(3, 4));
        Assert.Throws<DeviceException>(launch.Run);
        Assert.Throws<ArgumentOutOfRangeException>(() => y.View.Slice(3, 8));
    }

    [Fact]
    public void Groups_outside_of_grouped_kernels_are_refused_with_a_sentence()
    {
        using var y = _cpu.Allocate<int>(4);
        foreach (var kernel in (Delegate[])[PlainKernels.BarrierOutsideOfGroupsKernel, PlainKernels.SharedOutsideOfGroupsKernel])
        {
            var error = Assert.Throws<DeviceException>(_cpu.Prepare(kernel, LaunchShape.Linear(4), y).Run);
            Assert.Contains("without an index parameter", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Fresh_memory_of_a_strict_device_is_NaN()
    {
        using var y = _cpu.Allocate<float>(5);
        Assert.All(y.ToArray(), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Local_memory_is_fresh_in_every_call()
    {
        using var fresh = _cpu.Allocate<float>(3000);
        using var y = _cpu.Allocate<float>(3000);
        _cpu.Prepare(PlainKernels.LocalKernel, LaunchShape.Linear(3000), fresh, y).Run();
        Assert.All(fresh.ToArray(), value => Assert.True(float.IsNaN(value)));
        Assert.Equal(Enumerable.Range(7, 3000).Select(i => (float)i), y.ToArray());
    }

    [Theory]
    [InlineData(-1, "4 bytes before the start")]
    [InlineData(7, "0 bytes after the end")]
    public unsafe void Write_beyond_a_buffer_is_caught(int element, string where)
    {
        var buffer = (CpuBuffer<int>)_cpu.Allocate<int>(7);
        buffer.Pointer[element] = 0;
        var error = Assert.Throws<DeviceException>(buffer.Dispose);
        Assert.Contains("7 Int32", error.Message, StringComparison.Ordinal);
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_was_given_back_is_not_used()
    {
        var y = _cpu.Allocate<float>(4);
        var launch = _cpu.Prepare(PlainKernels.OffsetKernel, LaunchShape.Linear(4), 0, y);
        y.Dispose();
        Assert.Throws<ObjectDisposedException>(launch.Run);
    }

    [Fact]
    public void Arguments_are_checked_when_the_kernel_is_prepared()
    {
        using var other = Strict(1);
        using var foreign = other.Allocate<float>(4);
        using var y = _cpu.Allocate<float>(4);
        using var integers = _cpu.Allocate<int>(4);
        Refused("takes 3 arguments (x, factor, y), 2 were given", PlainKernels.ScaleKernel, LaunchShape.Linear(4), y, 1f);
        Refused("argument 2 (factor) must be Single, it is Int32", PlainKernels.ScaleKernel, LaunchShape.Linear(4), y, 1, y);
        Refused("argument 3 (y) must be ArrayView<Single>, it is a view of Int32", PlainKernels.ScaleKernel, LaunchShape.Linear(4), y, 1f, integers);
        Refused("another accelerator's memory", PlainKernels.ScaleKernel, LaunchShape.Linear(4), y, 1f, foreign);
        Refused("must take Index2D first", PlainKernels.ScaleKernel, LaunchShape.Plane(2, 2), y, 1f, y);
        Refused("must take Index1D first", PlainKernels.Index3DKernel, LaunchShape.Linear(4), integers);
        Refused("takes Index1D first", PlainKernels.ScaleKernel, LaunchShape.Groups(1, 1, 4, 1), y, 1f, y);
        Refused("groups of 1 to 64 lanes, not 16 x 5", PlainKernels.DivergentKernel, LaunchShape.Groups(1, 1, 16, 5), integers);
        Refused("static method", InstanceKernel, LaunchShape.Linear(4), y);
    }

    [Fact]
    public void Launch_allocates_nothing()
    {
        using var x = Filled(_cpu, new float[1000]);
        using var y = _cpu.Allocate<float>(1000);
        using var integers = Filled(_cpu, new int[64]);
        using var reversed = _cpu.Allocate<int>(64);
        foreach (var launch in (Launch[])[
            _cpu.Prepare(PlainKernels.ScaleKernel, LaunchShape.Linear(1000), x, 3f, y),
            _cpu.Prepare(PlainKernels.ReverseKernel, LaunchShape.Groups(4, 1, 16, 1), integers, reversed)])
        {
            launch.Run();
            launch.Run();
            var before = GC.GetAllocatedBytesForCurrentThread();
            launch.Run();
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    private void InstanceKernel(Model.Index1D i, Model.ArrayView<float> y) => y[i] = 1f;

    private void Refused(string expected, Delegate kernel, LaunchShape shape, params KernelArgument[] arguments)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => _cpu.Prepare(kernel, shape, arguments));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static CpuAccelerator Strict(int groupWidth) =>
        new(new CpuOptions { Path = SimdPath.Plain, Threads = 1, Strict = true, GroupWidth = groupWidth });

    private static DeviceBuffer<T> Filled<T>(CpuAccelerator cpu, T[] values) where T : unmanaged
    {
        var buffer = cpu.Allocate<T>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }
}
