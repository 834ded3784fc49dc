using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests.OpenCl;

namespace Gpu.Kernels.Tests;

/// <summary>Devices by name, and the list of all.</summary>
[Collection(nameof(OpenClCollection))]
public class AcceleratorFactoryTests(OpenClDevices devices)
{
    [Theory]
    [InlineData("cpu", true)]
    [InlineData("opencl", true)]
    [InlineData("opencl:12", true)]
    [InlineData("cuda:0", true)]
    [InlineData("simulator", true)]
    [InlineData("simulator:0", false)]
    [InlineData("cpu:0", false)]
    [InlineData("cpu:", false)]
    [InlineData("OPENCL", false)]
    [InlineData("opencl:", false)]
    [InlineData("opencl:-1", false)]
    [InlineData("opencl:1:2", false)]
    [InlineData("cuda:x", false)]
    [InlineData("gpu", false)]
    [InlineData("", false)]
    public void A_name_is_told_from_another_text(string text, bool isName)
    {
        Assert.Equal(isName, DeviceName.TryParse(text, out _));
        if (!isName)
        {
            Assert.Throws<ArgumentException>(() => AcceleratorFactory.Open(text));
        }
    }

    [Theory]
    [InlineData("cpu", AcceleratorKind.Cpu, null)]
    [InlineData("opencl", AcceleratorKind.OpenCl, null)]
    [InlineData("cuda:12", AcceleratorKind.Cuda, 12)]
    [InlineData("simulator", AcceleratorKind.Simulator, null)]
    public void A_name_is_of_a_backend_and_a_number(string text, AcceleratorKind kind, int? index)
    {
        Assert.True(DeviceName.TryParse(text, out var name));
        Assert.Equal(new DeviceName(kind, index), name);
        Assert.Contains(text.Split(':')[0], DeviceName.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void The_processor_opens_with_the_threads_and_variants_asked_for()
    {
        var variants = VariantChoice.Automatic.With(MatMul.Choices, "tiled");
        using var accelerator = AcceleratorFactory.Open("cpu", new AcceleratorOptions { Threads = 3, Variants = variants });
        Assert.Equal(3, accelerator.Traits.ComputeUnits);
        Assert.Same(variants, accelerator.Variants);
    }

    [Fact]
    public void Every_usable_device_of_the_list_opens_by_its_name()
    {
        _ = devices.Accelerator;
        var found = DeviceDiscovery.Run();
        Assert.Equal([AcceleratorKind.Cuda, AcceleratorKind.OpenCl], found.Backends.Select(b => b.Kind));
        Assert.All(found.Backends, b => Assert.Equal(b.Devices.All(d => d.Problem is not null), b.Problem is not null));
        foreach (var device in found.Devices.Where(d => d.Problem is null))
        {
            using var accelerator = AcceleratorFactory.Open(device.Id, new AcceleratorOptions { Timed = true });
            Assert.Equal(device.Id, accelerator.Id);
            Assert.Equal(device.Name, accelerator.Name);
            Assert.Equal(device.ComputeUnits, accelerator.Traits.ComputeUnits);
            Assert.Equal(device.Class == DeviceClass.Gpu, accelerator.Traits.IsGpu);
        }
    }

    [Theory]
    [InlineData("opencl:1000")]
    [InlineData("cuda:1000")]
    public void A_device_that_is_not_there_is_named(string id) =>
        Assert.Contains(id, Assert.Throws<DeviceException>(() => AcceleratorFactory.Open(id)).Message, StringComparison.Ordinal);
}
