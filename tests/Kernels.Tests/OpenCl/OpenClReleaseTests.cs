using Gpu.Kernels.Accelerators;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>What is given back, and what is said, when calls of an OpenCL driver fail; with an emulated driver.</summary>
public class OpenClReleaseTests
{
    private readonly EmulatedOpenCl _driver = new();

    [Fact]
    public void Everything_is_given_back_in_any_case()
    {
        var accelerator = _driver.Open();
        var buffer = accelerator.Allocate<float>(10);
        var host = accelerator.AllocateHost<float>(10);
        buffer.Upload(host, 0, 10, 0);
        Assert.Equal(["Buffer", "Buffer", "CommandQueue", "Context", "Event"], _driver.Alive);
        accelerator.Dispose();
        Assert.Empty(_driver.Alive);
        Assert.Throws<ObjectDisposedException>(() => accelerator.Allocate<float>(1));
        Assert.Throws<ObjectDisposedException>(() => buffer.CopyFrom([]));
        buffer.Dispose();
        host.Dispose();
    }

    [Fact]
    public void A_device_that_was_lost_is_reported_once_and_closing_stays_quiet()
    {
        var accelerator = _driver.Open();
        accelerator.Allocate<float>(10);
        accelerator.AllocateHost<float>(10);
        _driver.Fail("clFinish", EmulatedOpenCl.InvalidQueue, always: true);
        Assert.Contains("CL_INVALID_COMMAND_QUEUE", Assert.Throws<DeviceException>(accelerator.Synchronize).Message, StringComparison.Ordinal);
        accelerator.Dispose();
        accelerator.Dispose();
        Assert.Empty(_driver.Alive);
    }

    [Theory]
    [InlineData("clFinish")]
    [InlineData("clReleaseMemObject")]
    [InlineData("clReleaseCommandQueue")]
    [InlineData("clEnqueueUnmapMemObject")]
    [InlineData("clWaitForEvents")]
    public void A_call_that_fails_while_closing_is_reported_after_everything_was_given_back(string call)
    {
        var accelerator = _driver.Open();
        var host = accelerator.AllocateHost<float>(10);
        accelerator.Allocate<float>(10).Upload(host, 0, 10, 0);
        _driver.Fail(call, EmulatedOpenCl.InvalidObject);
        Assert.Contains(call, Assert.Throws<DeviceException>(accelerator.Dispose).Message, StringComparison.Ordinal);
        Assert.Equal(call.StartsWith("clRelease", StringComparison.Ordinal) ? 1 : 0, _driver.Alive.Count());
        accelerator.Dispose();
    }

    [Fact]
    public void Memory_that_ran_out_stays_the_error_whatever_closing_says()
    {
        void Work()
        {
            using var accelerator = _driver.Open();
            using var buffer = accelerator.Allocate<float>(10);
            _driver.Fail("clEnqueueWriteBuffer", EmulatedOpenCl.OutOfMemory);
            _driver.Fail("clFinish", EmulatedOpenCl.InvalidQueue, always: true);
            buffer.CopyFrom([1f]);
        }

        Assert.StartsWith("clEnqueueWriteBuffer", Assert.Throws<OutOfDeviceMemoryException>(Work).Message, StringComparison.Ordinal);
        Assert.Empty(_driver.Alive);
    }
}
