using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cuda;
using Gpu.Kernels.Tests.Cuda.Emulation;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>What is found, and what is said where nothing is.</summary>
[Collection(nameof(CudaCollection))]
public sealed class CudaDiscoveryTests
{
    [Fact]
    public void A_device_says_what_it_is()
    {
        using var driver = new EmulatedCuda { DeviceCount = 2, Capability = 89, Multiprocessors = 58 };
        var found = driver.Discover();
        Assert.Null(found.Problem);
        Assert.Equal([0, 1], found.Devices.Select(d => d.Index));
        var device = found.Devices[1];
        Assert.Equal(("Emulated Device 1", 89, 58, 1L << 30), (device.Name, device.Capability, device.Multiprocessors, device.MemoryBytes));
        Assert.EndsWith("CUDA 12.4", device.DriverVersion.TrimEnd(')'), StringComparison.Ordinal);
        var shown = found.ToBackend().Devices[1];
        Assert.Equal(("cuda:1", "compute capability 8.9", DeviceClass.Gpu), (shown.Id, shown.Version, shown.Class));
        driver.AssertClean();
    }

    [Fact]
    public void Without_a_driver_the_names_tried_are_listed()
    {
        var found = CudaDiscovery.Run(["libcuda-of-no-kind.so.1"], []);
        Assert.Equal([new("libcuda-of-no-kind.so.1", "not found")], found.Attempts);
        Assert.StartsWith("The CUDA driver could not be loaded (libcuda-of-no-kind.so.1: not found)", found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_lacks_a_function_is_too_old()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the library's name is that of Linux");
        var found = CudaDiscovery.Run(["libm.so.6"], []);
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
        using var driver = new EmulatedCuda { InitCode = code };
        var found = driver.Discover();
        Assert.Empty(found.Devices);
        Assert.Contains(expected, found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_is_too_old_is_told_from_one_that_is_missing()
    {
        using var driver = new EmulatedCuda { Version = 11020 };
        Assert.Equal("The NVIDIA driver has CUDA 11.2, 11.4 or later is needed: update the driver (470 or later).", driver.Discover().Problem);
    }

    [Fact]
    public void A_driver_without_a_device_is_a_finding()
    {
        using var driver = new EmulatedCuda { DeviceCount = 0 };
        Assert.Contains("names no device", driver.Discover().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_fails_while_it_is_asked_is_a_finding()
    {
        using var driver = new EmulatedCuda();
        driver.Fail("cuDeviceTotalMem_v2", 999);
        Assert.Equal("cuDeviceTotalMem_v2 failed with error 999: device 0.", driver.Discover().Problem);
    }

    [Fact]
    public void Without_NVRTC_the_device_is_listed_with_what_to_install()
    {
        using var driver = new EmulatedCuda();
        var found = driver.Discover(withNvrtc: false);
        Assert.Contains("the compiler NVRTC was not found: install NVRTC of CUDA 12 (the package cuda-nvrtc-12-4 from NVIDIA, or libnvrtc12",
            Assert.Single(found.Devices).Problem, StringComparison.Ordinal);
        Assert.Contains("or use the device through OpenCL.", found.Problem, StringComparison.Ordinal);
        var exception = Assert.Throws<DeviceException>(() => new CudaAccelerator(found.Devices[0]));
        Assert.StartsWith("cuda:0 (Emulated Device 0) cannot be used: the compiler NVRTC", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(90, "sm_90", false)]
    [InlineData(120, "compute_90", true)]
    [InlineData(87, "compute_86", true)]
    [InlineData(35, null, false)]
    public void A_device_gets_the_best_code_that_the_compiler_has(int capability, string? architecture, bool isPtx)
    {
        using var driver = new EmulatedCuda { Capability = capability };
        var device = driver.Discover().Devices[0];
        var target = CudaTarget.For(capability, driver.Architectures);
        Assert.Equal(architecture is null, device.Problem is not null);
        if (architecture is null)
        {
            Assert.StartsWith("it has compute capability 3.5, NVRTC 12.4 compiles for 5.0 and later", device.Problem, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(($"--gpu-architecture={architecture}", isPtx), (target!.Options[0], target.IsPtx));
    }

    [Fact]
    public void A_device_that_is_closed_to_programs_is_listed_with_the_cure()
    {
        using var driver = new EmulatedCuda { ComputeMode = 2 };
        Assert.Contains("nvidia-smi -c 0", driver.Discover().Devices[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_without_a_device_is_refused()
    {
        var exception = Assert.Throws<DeviceException>(() => CudaAccelerator.Open(1000));
        Assert.Contains("no device cuda:1000", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_NVRTC_is_taken_from_its_folder_and_never_from_the_current_one()
    {
        var name = OperatingSystem.IsWindows() ? "nvrtc-builtins64_124.dll" : "libnvrtc-builtins.so.12.4";
        Assert.Null(CudaLibraries.BuiltinsBeside("libnvrtc.so.12", new Version(12, 4)));
        Assert.Equal(Path.Combine("/opt/cuda", name), CudaLibraries.BuiltinsBeside(Path.Combine("/opt/cuda", "libnvrtc.so.12"), new Version(12, 4)));
    }
}
