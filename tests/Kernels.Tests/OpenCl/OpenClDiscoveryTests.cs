using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.OpenCl;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>What is found, and what is said where nothing is.</summary>
[Collection(nameof(OpenClCollection))]
public sealed class OpenClDiscoveryTests(OpenClDevices devices) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpu-opencl-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_device_says_what_it_is()
    {
        _ = devices.Accelerator;
        var found = OpenClDiscovery.Run();
        var device = found.Backend.Devices.First(d => d.Problem is null);
        Assert.NotEmpty(device.Name);
        Assert.NotEmpty(device.DriverVersion);
        Assert.StartsWith("OpenCL ", device.Version, StringComparison.Ordinal);
        Assert.True(device.MemoryBytes > 0 && device.ComputeUnits > 0);
        Assert.Equal(found.Devices.Select((_, i) => $"opencl:{i}"), found.Devices.Select(d => d.Found.Id));
        Assert.Contains(found.Backend.Attempts, a => a.Outcome == "loaded");
    }

    [Theory]
    [InlineData("OpenCL 1.2 emulated", 1L, "it has OpenCL 1.2, 2.0 or later is needed: try a newer driver")]
    [InlineData("OpenCL 3.0 emulated", 0L, "its OpenCL 3.0 has no generic address space, which is needed (PoCL has it from 4.0, rusticl has not): try a newer driver or another one")]
    [InlineData("emulated", 1L, "its version reads 'emulated', expected 'OpenCL 2.0' or later")]
    [InlineData("OpenCL 3.0 emulated", 1L, null)]
    [InlineData("OpenCL 2.1 emulated", 0L, null)]
    public void A_device_that_ILGPU_would_refuse_says_why(string version, long genericAddressSpace, string? problem)
    {
        var found = new EmulatedOpenCl { Version = version, GenericAddressSpace = genericAddressSpace }.Discover().Backend;
        Assert.Equal(problem, Assert.Single(found.Devices).Problem);
        Assert.Equal(problem is null ? null : $"No OpenCL device can be used: Emulated Device: {problem}.", found.Problem);
    }

    [Fact]
    public void Without_library_and_driver_the_names_tried_are_listed()
    {
        var found = OpenClDiscovery.Run(["libnothing-of-this-name.so.1"], _folder).Backend;
        Assert.Empty(found.Devices);
        Assert.Equal([new("libnothing-of-this-name.so.1", "not found")], found.Attempts);
        Assert.Contains("libnothing-of-this-name.so.1: not found", found.Problem, StringComparison.Ordinal);
        Assert.Contains("install", found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_loader_is_named_and_the_next_name_is_tried()
    {
        _ = devices.Accelerator;
        var path = Path.Combine(_folder, "libOpenCL.so.1");
        File.WriteAllBytes(path, []);
        var found = OpenClDiscovery.Run([path, .. OpenClLibrary.LoaderNames], _folder).Backend;
        Assert.Equal(new LibraryAttempt(path, "is empty"), found.Attempts[0]);
        Assert.Equal("loaded", found.Attempts[^1].Outcome);
        Assert.Null(found.Problem);
    }

    [Fact]
    public void Where_only_a_broken_loader_is_there_the_problem_names_it()
    {
        var path = Path.Combine(_folder, "libOpenCL.so.1");
        File.WriteAllText(path, "this is not a library");
        var found = OpenClDiscovery.Run([path], _folder).Backend;
        Assert.Empty(found.Devices);
        Assert.Contains($"({path}: {Assert.Single(found.Attempts).Outcome})", found.Problem, StringComparison.Ordinal);
        Assert.EndsWith($"reinstall the package that {path} belongs to.", found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_registered_driver_that_is_broken_or_missing_is_named()
    {
        File.WriteAllText(Path.Combine(_folder, "a.icd"), "libno-such-driver.so.1\n");
        var driver = Path.Combine(_folder, "libbroken.so");
        File.WriteAllBytes(driver, []);
        File.WriteAllText(Path.Combine(_folder, "b.icd"), driver);
        var found = OpenClDiscovery.Run(["libnothing-of-this-name.so.1"], _folder).Backend;
        Assert.Equal([new("libnothing-of-this-name.so.1", "not found")], found.Attempts);
        Assert.Contains("libno-such-driver.so.1: not found", found.Problem, StringComparison.Ordinal);
        Assert.Contains($"{driver}: is empty", found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void One_registration_file_may_stand_for_the_folder()
    {
        var file = Path.Combine(_folder, "one.icd");
        File.WriteAllText(file, "libno-such-driver.so.1\n");
        var found = OpenClDiscovery.Run(["libnothing-of-this-name.so.1"], file).Backend;
        Assert.Contains("libno-such-driver.so.1", Assert.Single(found.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_not_OpenCL_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the library's name is that of Linux");
        var found = OpenClDiscovery.Run(["libm.so.6"], _folder).Backend;
        Assert.Contains("clGetPlatformIDs", Assert.Single(found.Attempts).Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_amiss_is_told_beside_a_device_that_can_be_used()
    {
        var driver = new EmulatedOpenCl { Platforms = [("Empty", []), ("Half", [null, "Good"])] };
        var found = driver.Discover().Backend;
        Assert.Equal("Good", Assert.Single(found.Devices).Name);
        Assert.Null(found.Problem);
        Assert.Equal("platform Empty has no device", found.Notes[0]);
        Assert.StartsWith("device 0 of platform Half: clGetDeviceInfo failed with CL_DEVICE_NOT_AVAILABLE (-2)", found.Notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_registration_that_leads_nowhere_is_told_beside_the_loader()
    {
        _ = devices.Accelerator;
        var missing = Path.Combine(_folder, "a.icd");
        File.WriteAllText(missing, "libno-such-driver.so.1\n");
        var found = OpenClDiscovery.Run(vendorFolder: _folder).Backend;
        Assert.Equal($"{missing} registers a driver that cannot be loaded (libno-such-driver.so.1: not found)", found.Notes[0]);
        Assert.Null(found.Problem);
    }

    [Fact]
    public void A_registration_that_cannot_be_read_is_told_and_no_exception()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere a link cannot lead to itself");
        var file = Path.Combine(_folder, "a.icd");
        File.CreateSymbolicLink(file, file);
        var found = OpenClDiscovery.Run(["libnothing-of-this-name.so.1"], _folder).Backend;
        Assert.StartsWith($"{file} cannot be read", Assert.Single(found.Notes), StringComparison.Ordinal);
        Assert.Contains(found.Notes[0], found.Problem, StringComparison.Ordinal);
    }
}
