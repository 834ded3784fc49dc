using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cuda;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>What is found, and what is said where nothing is.</summary>
[Collection(nameof(CudaCollection))]
public sealed class CudaDiscoveryTests
{
    [Fact]
    public void A_device_says_what_it_is()
    {
        var found = new EmulatedDriver { DeviceCount = 2, Capability = 89 }.Discover();
        Assert.Null(found.Problem);
        Assert.Equal(["cuda:0", "cuda:1"], found.Devices.Select(d => d.Id));
        var device = found.Devices[1];
        Assert.Equal(("Emulated Device 1", "compute capability 8.9", 58, 1L << 30, DeviceClass.Gpu),
            (device.Name, device.Version, device.ComputeUnits, device.MemoryBytes, device.Class));
        Assert.EndsWith("CUDA 12.4", device.DriverVersion.TrimEnd(')'), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_driver_the_names_tried_are_listed()
    {
        var found = CudaDiscovery.Run(["libcuda-of-no-kind.so.1"]);
        Assert.Equal([new("libcuda-of-no-kind.so.1", "not found")], found.Attempts);
        Assert.StartsWith("The CUDA driver could not be loaded (libcuda-of-no-kind.so.1: not found)", found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_lacks_a_function_is_too_old()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the library's name is that of Linux");
        var found = CudaDiscovery.Run(["libm.so.6"]);
        Assert.Contains("has no function cuInit", found.Problem, StringComparison.Ordinal);
        Assert.EndsWith("update the NVIDIA driver to 470 or later.", found.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, "finds no NVIDIA device (CUDA_ERROR_NO_DEVICE (100), no CUDA-capable device is detected)")]
    [InlineData(34, "stand-in for the driver: take its folder out of LD_LIBRARY_PATH.")]
    [InlineData(803, "different versions (CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)")]
    [InlineData(12345, "cuInit of libcuda.so.1 failed with error 12345: check the driver with nvidia-smi.")]
    public void A_driver_that_does_not_start_says_why(int code, string expected)
    {
        var driver = new EmulatedDriver { InitCode = code };
        var found = driver.Discover();
        Assert.Empty(found.Devices);
        Assert.Contains(expected, found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_is_too_old_is_told_from_one_that_is_missing()
    {
        var driver = new EmulatedDriver { Version = 11020 };
        Assert.Equal("The NVIDIA driver has CUDA 11.2, 11.4 or later is needed: update the driver (470 or later).", driver.Discover().Problem);
    }

    [Fact]
    public void A_driver_without_a_device_is_a_finding()
    {
        var driver = new EmulatedDriver { DeviceCount = 0 };
        Assert.Contains("names no device", driver.Discover().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_fails_while_it_is_asked_is_a_finding()
    {
        var driver = new EmulatedDriver { MemoryCode = 999 };
        Assert.Equal("cuDeviceTotalMem_v2 failed with error 999: device 0.", driver.Discover().Problem);
    }

    [Fact]
    public void A_device_that_is_closed_to_programs_is_listed_with_the_cure()
    {
        var driver = new EmulatedDriver { ComputeMode = 2 };
        Assert.Contains("nvidia-smi -c 0", driver.Discover().Devices[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_is_too_old_is_listed_with_the_reason() => Assert.Equal(
        "it has compute capability 2.1, 3.0 or later is needed", new EmulatedDriver { Capability = 21 }.Discover().Devices[0].Problem);
}
