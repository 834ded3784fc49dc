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
/// Every declared case but the largest through the host side of the CUDA backend, with an emulated driver: shapes, views, arguments
/// and groups reach the driver as the kernels' signatures say.
/// </summary>
[Collection(nameof(CudaCollection))]
public sealed class EmulatedOperationTests : IDisposable
{
    private const long MostFlops = 10_000_000;

    private readonly EmulatedCuda _driver = new();

    public static TheoryData<string> Operations => [.. OperationCases.All.Select(c => c.Operation).Distinct()];

    public void Dispose() => _driver.Dispose();

    /// <summary>The tiles of graphics processors, whose groups the emulation is slow at: the smallest cases of each.</summary>
    [Fact]
    public void Groups_of_many_lanes_are_within_their_bounds()
    {
        _driver.Dispose();
        using var driver = new EmulatedCuda { LanesOfGroup = 256 };
        using (var cuda = driver.Open())
        {
            var cases = OperationCases.All.Where(c => c.Lanes > 64 && c.Fits(cuda)).GroupBy(c => (c.Operation, c.Variant))
                .SelectMany(g => g.OrderBy(c => c.Flops).Where(c => c.Flops > 30_000).Take(1)).ToArray();
            Assert.Contains(cases, c => c.Lanes == 256);
            foreach (var declared in cases)
            {
                var result = declared.Check(cuda);
                Assert.True(result.Passed, result.ToString());
            }
        }

        driver.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Cases_are_within_their_bounds(string operation)
    {
        using (var cuda = _driver.Open())
        {
            foreach (var declared in OperationCases.All.Where(c => c.Operation == operation && c.Flops < MostFlops && c.Fits(cuda)))
            {
                var result = declared.Check(cuda);
                Assert.True(result.Passed, result.ToString());
            }
        }

        _driver.AssertClean();
    }
}
