using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>Memory, launches, errors and release on an OpenCL device.</summary>
[Collection(nameof(OpenClCollection))]
public class OpenClAcceleratorTests(OpenClDevices devices)
{
    [Fact]
    public void Memory_keeps_what_is_copied_at_any_offset()
    {
        using var buffer = devices.Accelerator.Allocate<int>(100);
        buffer.CopyFrom([.. Enumerable.Range(0, 100)]);
        buffer.CopyFrom([7, 8, 9], 40);
        var part = new int[5];
        buffer.CopyTo(part, 39);
        Assert.Equal([39, 7, 8, 9, 43], part);
        Assert.Equal(100, buffer.ToArray().Length);
    }

    [Fact]
    public void Memory_of_no_elements_is_memory()
    {
        using var buffer = devices.Accelerator.Allocate<float>(0);
        buffer.CopyFrom([]);
        Assert.Empty(buffer.ToArray());
    }

    [Fact]
    public void A_range_outside_of_a_buffer_is_refused()
    {
        using var buffer = devices.Accelerator.Allocate<float>(4);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.CopyFrom([1f, 2f], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.CopyTo(new float[5]));
    }

    [Fact]
    public void A_processor_makes_large_products_alone_in_tiles()
    {
        var accelerator = devices.Accelerator;
        Assert.SkipWhen(accelerator.Traits.IsGpu, "The device is a graphics processor.");
        Assert.Null(ProductTable.Choose(accelerator, null, 32, 784, 128, sumsColumns: false).Tile);
        Assert.Null(ProductTable.Choose(accelerator, MatMul.Plain, 128, 2500, 2000, sumsColumns: false).Tile);
        var large = ProductTable.Choose(accelerator, null, 128, 2500, 2000, sumsColumns: true);
        Assert.Equal((TileKind.Tile32, 1, 2500), (large.Tile!.Kind, large.Parts, large.PartDepth));
    }

    [Fact]
    public void A_kernel_runs_on_parts_of_buffers_as_often_as_asked()
    {
        var accelerator = devices.Accelerator;
        using var x = accelerator.Allocate<float>(300);
        using var y = accelerator.Allocate<float>(300);
        x.CopyFrom([.. Enumerable.Range(0, 300).Select(i => (float)i)]);
        y.CopyFrom(new float[300]);
        var launch = Activations.PrepareForward(accelerator, Activation.LeakyRelu, x.View.Slice(10, 3), y.View.Slice(200, 3));
        launch.Run();
        launch.Run();
        var found = y.ToArray();
        Assert.Equal([0f, 10f, 11f, 12f, 0f], found[199..204]);
        Assert.Equal(33f, found.Sum());
        Assert.Equal("Activations.ActivationForwardKernel<LeakyRelu>", launch.Name);
    }

    /// <summary>The device reads four numbers at once only where a view begins at a multiple of four of its buffer.</summary>
    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(0, 2, 0)]
    [InlineData(0, 0, 3)]
    public void Products_of_views_that_begin_anywhere_are_the_same(int left, int right, int target)
    {
        const int size = 32;
        float[] Product(int atX, int atW, int atY)
        {
            using var x = devices.Accelerator.Allocate<float>((size * size) + atX);
            using var w = devices.Accelerator.Allocate<float>((size * size) + atW);
            using var y = devices.Accelerator.Allocate<float>((size * size) + atY);
            x.CopyFrom([.. Enumerable.Range(0, size * size).Select(i => (i % 7) - 3f)], atX);
            w.CopyFrom([.. Enumerable.Range(0, size * size).Select(i => (i % 5) - 2.25f)], atW);
            MatMul.PrepareForward(devices.Accelerator, x.View.Slice(atX, size * size), w.View.Slice(atW, size * size), null, Activation.Identity,
                size, size, size, y.View.Slice(atY, size * size), MatMul.Register32).Run();
            return y.ToArray()[atY..];
        }

        Assert.Equal(Product(0, 0, 0), Product(left, right, target));
    }

    [Fact]
    public void Arguments_that_the_kernel_does_not_take_are_named()
    {
        var accelerator = devices.Accelerator;
        using var floats = accelerator.Allocate<float>(4);
        using var integers = accelerator.Allocate<int>(4);
        var exception = Assert.Throws<ArgumentException>(() =>
            accelerator.Prepare(Activations.ActivationForwardKernel<Relu>, LaunchShape.Linear(4), integers, 4, floats));
        Assert.Contains("argument a must be a view of float, it is a view of int", exception.Message, StringComparison.Ordinal);
        exception = Assert.Throws<ArgumentException>(() =>
            accelerator.Prepare(Activations.ActivationForwardKernel<Relu>, LaunchShape.Linear(4), floats));
        Assert.Contains("takes 3 arguments (a, count, y), 1 were given", exception.Message, StringComparison.Ordinal);
        exception = Assert.Throws<ArgumentException>(() =>
            accelerator.Prepare(Activations.ActivationForwardKernel<Relu>, LaunchShape.Groups(1, 1, 4, 1), floats, 4, floats));
        Assert.Contains("in groups of 4 x 1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_of_another_device_is_refused()
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var foreign = cpu.Allocate<float>(4);
        using var own = devices.Accelerator.Allocate<float>(4);
        var exception = Assert.Throws<ArgumentException>(() =>
            devices.Accelerator.Prepare(Activations.ActivationForwardKernel<Relu>, LaunchShape.Linear(4), foreign, 4, own));
        Assert.Contains("copy it over first", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Host_memory_of_another_device_is_refused()
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var foreign = cpu.AllocateHost<float>(4);
        using var own = devices.Accelerator.Allocate<float>(4);
        Assert.Throws<ArgumentException>(() => own.Upload(foreign, 0, 4, 0));
    }

    [Fact]
    public void Without_profiling_launches_are_not_timed()
    {
        using var accelerator = AcceleratorFactory.Open(devices.Accelerator.Id);
        using var x = accelerator.Allocate<float>(8);
        var launch = Activations.PrepareForward(accelerator, Activation.Relu, x, x);
        Assert.Throws<InvalidOperationException>(() => accelerator.Measure(launch, 1));
    }

    [Fact]
    public void Memory_that_was_given_back_is_not_used()
    {
        var buffer = devices.Accelerator.Allocate<float>(4);
        var launch = Activations.PrepareForward(devices.Accelerator, Activation.Relu, buffer, buffer);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(launch.Run);
        Assert.Throws<ObjectDisposedException>(() => buffer.CopyFrom([1f]));
    }

    [Fact]
    public void Memory_that_is_not_there_is_an_error_with_sizes()
    {
        var exception = Assert.Throws<OutOfDeviceMemoryException>(() => devices.Accelerator.Allocate<Block>(int.MaxValue));
        Assert.Contains("8,796,093,018,112", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_open_is_given_back_with_the_accelerator()
    {
        var accelerator = OpenClDevices.Open();
        var buffer = accelerator.Allocate<float>(10);
        Assert.Equal(40, accelerator.Memory.AllocatedBytes);
        accelerator.Dispose();
        accelerator.Dispose();
        Assert.Equal(0, accelerator.Memory.AllocatedBytes);
        Assert.Throws<ObjectDisposedException>(() => buffer.CopyFrom([1f]));
        Assert.Throws<ObjectDisposedException>(() => accelerator.Allocate<float>(1));
    }

    /// <summary>An element of 4 KiB.</summary>
    private unsafe struct Block
    {
        public fixed byte Bytes[4096];
    }
}
