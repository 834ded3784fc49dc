using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>Every declared case on an OpenCL device.</summary>
[Collection(nameof(OpenClCollection))]
public class OpenClOperationTests(OpenClDevices devices)
{
    private static readonly Dictionary<string, OperationCase> _cases = OperationCases.All.ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. _cases.Values.Where(c => !c.IsForCpu).Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Case_is_within_its_bounds(string name)
    {
        Assert.SkipUnless(_cases[name].Fits(devices.Accelerator), $"The device has groups of {devices.Accelerator.Traits.LargestGroup} lanes.");
        var result = _cases[name].Check(devices.Accelerator);
        Assert.True(result.Passed, result.ToString());
    }

    [Fact]
    public void Augmented_images_have_the_bytes_of_the_processor()
    {
        var accelerator = devices.Accelerator;
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        Assert.All(OperationCases.Matching("augment"), c => Assert.Equal(c.Check(cpu).Checksum, c.Check(accelerator).Checksum));
    }

    [Fact]
    public void The_device_computes_and_is_reported()
    {
        var result = OperationCases.Matching("column-sum(m=33").First().Check(devices.Accelerator);
        Assert.True(result.Passed, result.ToString());
        TestDevices.Report(devices.Accelerator.Description);
    }
}
