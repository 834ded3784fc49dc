using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Tests;

/// <summary>Proves which devices the tests run on, and tells <c>.ci/run</c>, which demands them.</summary>
public class DeviceMatrixTests(Devices devices, ITestOutputHelper output) : IClassFixture<Devices>
{
    [Fact]
    public void The_matrix_holds_the_kernels_and_every_path_of_this_machine_and_each_computes()
    {
        Assert.Equal(SimdPaths.Available, devices.Twins.Select(device => device.Accelerator.Options.Path).Distinct());
        Assert.Contains(SimdPath.Scalar, SimdPaths.Available);
        var probe = OperationCases.Matching("column-sum(m=33").First();
        foreach (var (name, accelerator) in devices.All)
        {
            var result = probe.Check(accelerator);
            Assert.True(result.Passed, result.ToString());
            output.WriteLine(name);
            TestDevices.Report(name.ToLowerInvariant());
        }
    }
}
