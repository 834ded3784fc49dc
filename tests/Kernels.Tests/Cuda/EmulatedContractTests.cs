using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cuda;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Tests.Cuda.Emulation;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>The contract on the host side of the CUDA backend, with an emulated driver.</summary>
[Collection(nameof(CudaCollection))]
public sealed class EmulatedContractTests : AcceleratorContract, IDisposable
{
    private readonly EmulatedCuda _driver = new();
    private readonly CudaAccelerator _cuda;

    public EmulatedContractTests() => _cuda = _driver.Open();

    protected override ComputeAccelerator Accelerator => _cuda;

    protected override long ForeignBytes => _driver.ManagedBytes;

    public void Dispose()
    {
        try
        {
            _cuda.Dispose();
            _driver.AssertClean();
        }
        finally
        {
            _driver.Dispose();
        }
    }
}

/// <summary>
/// Every declared case through the host side of the CUDA backend, with an emulated driver: shapes, views, arguments and groups reach
/// the driver as the kernels' signatures say.
/// </summary>
[Collection(nameof(CudaCollection))]
public sealed class EmulatedOperationTests : IDisposable
{
    private static readonly Dictionary<string, OperationCase> _cases = OperationCases.All.ToDictionary(c => c.Name);

    private readonly EmulatedCuda _driver = new();

    public static TheoryData<string> Names =>
        [.. _cases.Values.Where(c => c.Flops < 10_000_000 && !c.IsForCpu && c.Lanes <= EmulatedCuda.LanesOfGroup).Select(c => c.Name)];

    public void Dispose() => _driver.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Case_is_within_its_bounds(string name)
    {
        using (var cuda = _driver.Open())
        {
            try
            {
                var result = _cases[name].Check(cuda);
                Assert.True(result.Passed, result.ToString());
            }
            catch (DeviceException exception)
            {
                Assert.Fail($"{exception.Message} {string.Join("; ", _driver.Violations)}");
            }
        }

        _driver.AssertClean();
    }
}
