using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;
using Gpu.Kernels.Accelerators.Cuda;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests.Cuda.Emulation;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>Memory, launches, errors and release of the CUDA backend's host side, with an emulated driver.</summary>
[Collection(nameof(CudaCollection))]
public sealed class CudaAcceleratorTests : IDisposable
{
    private readonly EmulatedCuda _driver = new();

    public void Dispose() => _driver.Dispose();

    [Fact]
    public void Fresh_memory_is_not_cleared_and_copies_keep_their_place()
    {
        using var cuda = _driver.Open();
        using var buffer = cuda.Allocate<int>(100);
        Assert.Equal(-1, buffer.ToArray()[99]);
        buffer.CopyFrom([.. Enumerable.Range(0, 100)]);
        buffer.CopyFrom([7, 8, 9], 40);
        var part = new int[5];
        buffer.CopyTo(part, 39);
        Assert.Equal([39, 7, 8, 9, 43], part);
        using var empty = cuda.Allocate<float>(0);
        empty.CopyFrom([]);
        Assert.Empty(empty.ToArray());
    }

    [Fact]
    public void Memory_that_is_not_there_is_an_error_with_what_was_asked_for_and_what_was_free()
    {
        using var cuda = _driver.Open();
        using var first = cuda.Allocate<float>(100_000_000);
        var exception = Assert.Throws<OutOfDeviceMemoryException>(() => cuda.Allocate<float>(200_000_000));
        Assert.Equal("cuMemAlloc_v2 failed with CUDA_ERROR_OUT_OF_MEMORY (2), out of memory: 800,000,000 bytes on cuda:0 (Emulated Device 0) were asked for, "
            + "of its 1,073,741,824 bytes 673,741,824 are free and 400,000,000 in use by this program: use a smaller batch or network.", exception.Message);
        Assert.Equal(400_000_000, cuda.Memory.AllocatedBytes);
    }

    [Fact]
    public void Page_locked_memory_that_is_not_there_is_out_of_memory_too()
    {
        using var cuda = _driver.Open();
        _driver.Fail("cuMemHostAlloc", EmulatedCuda.OutOfMemory);
        var message = Assert.Throws<OutOfDeviceMemoryException>(() => cuda.AllocateHost<float>(10)).Message;
        Assert.Contains("40 bytes of page-locked host memory for cuda:0 (Emulated Device 0)", message, StringComparison.Ordinal);
        Assert.True(!OperatingSystem.IsLinux() || message.Contains(" bytes are free: close other programs", StringComparison.Ordinal), message);
        _driver.Fail("cuEventCreate", EmulatedCuda.OutOfMemory);
        Assert.Throws<OutOfDeviceMemoryException>(() => cuda.AllocateHost<float>(10));
        cuda.Dispose();
        _driver.AssertClean();
    }

    [Fact]
    public void A_kernel_that_fails_while_it_runs_is_reported_once_and_closing_stays_quiet()
    {
        var cuda = _driver.Open();
        var x = cuda.Allocate<float>(8);
        var launch = Activations.PrepareForward(cuda, Activation.Relu, x, x);
        _driver.Fail("kernel", EmulatedCuda.IllegalAddress);
        launch.Run();
        var exception = Assert.Throws<DeviceException>(cuda.Synchronize);
        Assert.StartsWith("cuStreamSynchronize failed with CUDA_ERROR_ILLEGAL_ADDRESS (700), an illegal memory access was encountered: the work of cuda:0",
            exception.Message, StringComparison.Ordinal);
        Assert.Throws<DeviceException>(launch.Run);
        x.Dispose();
        cuda.Dispose();
        cuda.Dispose();
    }

    [Fact]
    public void A_launch_that_the_driver_refuses_is_named_with_its_sizes()
    {
        using var cuda = _driver.Open();
        using var x = cuda.Allocate<float>(1000);
        var launch = Activations.PrepareForward(cuda, Activation.Relu, x, x);
        _driver.Fail("cuLaunchKernel", 701);
        var exception = Assert.Throws<DeviceException>(launch.Run);
        Assert.Equal("cuLaunchKernel failed with error 701: Activations.ActivationForwardKernel, 16 x 1 groups of 64 x 1 lanes on cuda:0 (Emulated Device 0).",
            exception.Message);
        launch.Run();
        cuda.Synchronize();
    }

    [Theory]
    [InlineData("cuDevicePrimaryCtxRetain")]
    [InlineData("cuCtxSetCurrent")]
    [InlineData("cuStreamCreate")]
    public void A_device_that_does_not_open_leaves_nothing_behind(string call)
    {
        var device = _driver.Discover().Devices[0];
        _driver.Fail(call, 999);
        Assert.Throws<DeviceException>(() => new CudaAccelerator(device));
        _driver.AssertClean();
    }

    [Fact]
    public void A_call_that_fails_while_closing_is_reported_after_everything_was_given_back()
    {
        var cuda = _driver.Open();
        cuda.Allocate<float>(3);
        _driver.Fail("cuStreamDestroy_v2", EmulatedCuda.InvalidValue);
        Assert.Contains("cuStreamDestroy_v2", Assert.Throws<DeviceException>(cuda.Dispose).Message, StringComparison.Ordinal);
        Assert.Equal(["Stream"], _driver.Alive.Keys);
    }

    [Fact]
    public void Everything_that_is_open_is_given_back_with_the_accelerator()
    {
        var cuda = _driver.Open();
        var buffer = cuda.Allocate<float>(10);
        var host = cuda.AllocateHost<float>(10);
        buffer.Upload(host, 0, 10, 0);
        var launch = Activations.PrepareForward(cuda, Activation.Relu, buffer, buffer);
        var sequence = cuda.Sequence("both", [launch, launch]);
        sequence.Run();
        cuda.Measure(launch, 2);
        Assert.Equal(["Allocation", "Event", "Executable", "HostMemory", "Module", "PrimaryContext", "Stream"], _driver.Alive.Keys.Order());
        cuda.Dispose();
        _driver.AssertClean();
        Assert.Throws<ObjectDisposedException>(launch.Run);
        Assert.Throws<ObjectDisposedException>(() => cuda.Allocate<float>(1));
        Assert.Throws<ObjectDisposedException>(() => buffer.CopyFrom([1f]));
        buffer.Dispose();
        host.Dispose();
    }

    [Fact]
    public void A_thousand_cycles_leave_nothing_behind()
    {
        for (var i = 0; i < 1000; i++)
        {
            using var cuda = _driver.Open();
            using var x = cuda.Allocate<float>(64);
            x.CopyFrom(new float[64]);
            var launch = Activations.PrepareForward(cuda, Activation.Relu, x, x);
            var sequence = cuda.Sequence("twice", [launch, launch]);
            if (i % 100 == 0)
            {
                sequence.Run();
            }
        }

        _driver.AssertClean();
        Assert.Equal(1000, _driver.Calls("cuDevicePrimaryCtxRelease_v2"));
        Assert.Equal(_driver.Calls("cuMemAlloc_v2"), _driver.Calls("cuMemFree_v2"));
        Assert.Equal(_driver.Calls("cuModuleLoadDataEx"), _driver.Calls("cuModuleUnload"));
        Assert.Equal(_driver.Calls("cuGraphInstantiateWithFlags"), _driver.Calls("cuGraphExecDestroy"));
    }

    [Fact]
    public void Another_thread_may_go_on_with_the_work()
    {
        using var cuda = _driver.Open();
        using var x = cuda.Allocate<float>(4);
        var thread = new Thread(() => x.CopyFrom([1, 2, 3, 4]));
        thread.Start();
        thread.Join();
        Assert.Equal([1, 2, 3, 4], x.ToArray());
    }

    [Fact]
    public void Two_accelerators_of_one_thread_do_not_disturb_each_other()
    {
        using var first = _driver.Open();
        using var left = first.Allocate<int>(2);
        using (var second = _driver.Open())
        {
            using var right = second.Allocate<int>(2);
            left.CopyFrom([1, 2]);
            right.CopyFrom([3, 4]);
            Assert.Equal([3, 4], right.ToArray());
        }

        Assert.Equal([1, 2], left.ToArray());
    }

    [Fact]
    public void Groups_beyond_the_limits_of_the_device_are_refused_with_one_sentence()
    {
        _driver.Dispose();
        var library = new KernelLibrary(["__kernel void tiled(__global float* a, int a_offset, int a_length)\n"],
            [new("Gpu.Kernels.Tests.PlainKernels.TiledProductKernel", "tiled", 0,
                [new("a", KernelParameterKind.View, "float"), new("b", KernelParameterKind.View, "float"),
                    new("n", KernelParameterKind.Scalar, "int"), new("c", KernelParameterKind.View, "float")], [0])]);
        using var driver = new EmulatedCuda(library);
        using var cuda = driver.Open();
        using var x = cuda.Allocate<float>(16);
        Launch Prepare(LaunchShape shape) => cuda.Prepare(PlainKernels.TiledProductKernel, shape, x, x, 4, x);
        Assert.Contains("launches at most 65,535 in the second dimension",
            Assert.Throws<DeviceException>(() => Prepare(LaunchShape.Groups(1, 65_536, 4, 4))).Message, StringComparison.Ordinal);
        Assert.Contains("in groups of at most 1024",
            Assert.Throws<DeviceException>(() => Prepare(LaunchShape.Groups(1, 1, 64, 32))).Message, StringComparison.Ordinal);
        Prepare(LaunchShape.Groups(1, 1, 4, 4)).Run();
        cuda.Synchronize();
    }

    [Fact]
    public void Memory_of_another_device_is_refused()
    {
        using var cuda = _driver.Open();
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var foreign = cpu.Allocate<float>(4);
        using var own = cuda.Allocate<float>(4);
        Assert.Contains("copy it over first", Assert.Throws<ArgumentException>(() =>
            cuda.Prepare(Activations.ActivationForwardKernel, LaunchShape.Linear(4), foreign, 1, 4, own)).Message, StringComparison.Ordinal);
        using var host = cpu.AllocateHost<float>(4);
        Assert.Throws<ArgumentException>(() => own.Upload(host, 0, 4, 0));
    }
}
