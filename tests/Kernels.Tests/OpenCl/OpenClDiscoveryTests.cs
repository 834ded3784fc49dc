using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.OpenCl;

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
        var device = devices.Device;
        Assert.NotEmpty(device.Name);
        Assert.NotEmpty(device.DriverVersion);
        Assert.StartsWith("OpenCL ", device.Version, StringComparison.Ordinal);
        Assert.True(device.MemoryBytes > 0 && device.ComputeUnits > 0 && device.LargestGroup > 0);
        Assert.Equal(Enumerable.Range(0, devices.Discovery.Devices.Count), devices.Discovery.Devices.Select(d => d.Index));
        Assert.Contains(devices.Discovery.Attempts, a => a.Outcome == "loaded");
    }

    [Fact]
    public void Without_library_and_driver_the_names_tried_are_listed()
    {
        var found = OpenClDiscovery.Run(["libnothing-of-this-name.so.1"], _folder);
        Assert.Empty(found.Devices);
        Assert.Equal([new("libnothing-of-this-name.so.1", "not found")], found.Attempts);
        Assert.Contains("libnothing-of-this-name.so.1: not found", found.Problem, StringComparison.Ordinal);
        Assert.Contains("install", found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_loader_is_named_and_the_next_name_is_tried()
    {
        _ = devices.Device;
        var path = Path.Combine(_folder, "libOpenCL.so.1");
        File.WriteAllBytes(path, []);
        var found = OpenClDiscovery.Run([path, .. devices.Discovery.Attempts.Select(a => a.Name)], _folder);
        Assert.Equal(new LibraryAttempt(path, "is empty"), found.Attempts[0]);
        Assert.Equal("loaded", found.Attempts[^1].Outcome);
        Assert.Null(found.Problem);
    }

    [Fact]
    public void Where_only_a_broken_loader_is_there_the_problem_names_it()
    {
        var path = Path.Combine(_folder, "libOpenCL.so.1");
        File.WriteAllText(path, "this is not a library");
        var found = OpenClDiscovery.Run([path], _folder);
        Assert.Empty(found.Devices);
        Assert.Contains($"({path}: {Assert.Single(found.Attempts).Outcome};", found.Problem, StringComparison.Ordinal);
        Assert.EndsWith($"reinstall the package that {path} belongs to.", found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_registered_driver_that_is_broken_or_missing_is_named()
    {
        File.WriteAllText(Path.Combine(_folder, "a.icd"), "libno-such-driver.so.1\n");
        var driver = Path.Combine(_folder, "libbroken.so");
        File.WriteAllBytes(driver, []);
        File.WriteAllText(Path.Combine(_folder, "b.icd"), driver);
        var found = OpenClDiscovery.Run(["libnothing-of-this-name.so.1"], _folder);
        Assert.Equal(
            [new("libnothing-of-this-name.so.1", "not found"), new("libno-such-driver.so.1", "not found"), new(driver, "is empty")],
            found.Attempts);
        Assert.Contains($"{driver}: is empty", found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void One_registration_file_may_stand_for_the_folder()
    {
        var file = Path.Combine(_folder, "one.icd");
        File.WriteAllText(file, "libno-such-driver.so.1\n");
        var found = OpenClDiscovery.Run(["libnothing-of-this-name.so.1"], file);
        Assert.Equal("libno-such-driver.so.1", found.Attempts[^1].Name);
    }

    [Fact]
    public void A_library_that_is_not_OpenCL_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the library's name is that of Linux");
        var found = OpenClDiscovery.Run(["libm.so.6"], _folder);
        Assert.Contains("clGetPlatformIDs", Assert.Single(found.Attempts).Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_loader_the_registered_drivers_are_called_themselves()
    {
        _ = devices.Device;
        Assert.SkipUnless(Directory.Exists("/etc/OpenCL/vendors") && Directory.GetFiles("/etc/OpenCL/vendors", "*.icd").Length > 0,
            "no driver is registered in /etc/OpenCL/vendors");
        var found = OpenClDiscovery.Run(["libnothing-of-this-name.so.1"], "/etc/OpenCL/vendors");
        Assert.Null(found.Problem);
        Assert.Contains(found.Attempts, a => a.Outcome == "loaded");
        using var accelerator = new OpenClAccelerator(found.Devices.First(d => d.Problem is null));
        using var buffer = accelerator.Allocate<int>(3);
        buffer.CopyFrom([1, 2, 3]);
        Assert.Equal([1, 2, 3], buffer.ToArray());
    }

    [Fact]
    public void What_is_amiss_is_told_beside_a_device_that_can_be_used()
    {
        var driver = new EmulatedOpenCl { Platforms = [("Empty", []), ("Half", [null, "Good"])] };
        var found = driver.Discover();
        Assert.Equal("Good", Assert.Single(found.Devices).Name);
        Assert.Null(found.Problem);
        Assert.Equal("platform Empty has no device", found.Notes[0]);
        Assert.StartsWith("device 0 of platform Half: clGetDeviceInfo failed with CL_DEVICE_NOT_AVAILABLE (-2)", found.Notes[1], StringComparison.Ordinal);
        Assert.Equal(found.Notes, found.ToBackend().Notes);
    }

    [Fact]
    public void A_registration_that_leads_nowhere_is_told_beside_the_loader()
    {
        _ = devices.Device;
        var missing = Path.Combine(_folder, "a.icd");
        File.WriteAllText(missing, "libno-such-driver.so.1\n");
        var found = OpenClDiscovery.Run(vendorFolder: _folder);
        Assert.Equal($"{missing} registers a driver that cannot be loaded (libno-such-driver.so.1: not found)", found.Notes[0]);
        Assert.Null(found.Problem);
    }

    [Fact]
    public void A_registration_that_cannot_be_read_is_told_and_no_exception()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere a link cannot lead to itself");
        var file = Path.Combine(_folder, "a.icd");
        File.CreateSymbolicLink(file, file);
        var found = OpenClDiscovery.Run(["libnothing-of-this-name.so.1"], _folder);
        Assert.StartsWith($"{file} cannot be read", Assert.Single(found.Notes), StringComparison.Ordinal);
        Assert.Contains(found.Notes[0], found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_cannot_be_used_is_not_opened()
    {
        var device = devices.Device with { Problem = "its driver has no compiler" };
        var exception = Assert.Throws<DeviceException>(() => new OpenClAccelerator(device));
        Assert.Contains("its driver has no compiler", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_without_a_device_is_refused()
    {
        var exception = Assert.Throws<DeviceException>(() => OpenClAccelerator.Open(1000));
        Assert.Contains("no device opencl:1000", exception.Message, StringComparison.Ordinal);
    }
}
