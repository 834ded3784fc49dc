using Gpu.Kernels.Checks;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Checks;

/// <summary>Every declared case on every accelerator of <see cref="Devices"/>.</summary>
public class OperationTests(Devices devices) : IClassFixture<Devices>
{
    private static readonly Dictionary<string, OperationCase> _cases = OperationCases.All.ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. _cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Case_is_within_its_bounds_and_all_devices_agree_bit_by_bit(string name)
    {
        // Kernels without a twin run alike on every path, through the simulator.
        var declaration = _cases[name];
        var isKernel = declaration.Variant is OutputLayer.Fused or Tally.Grouped || MatMul.KernelVariants.Contains(declaration.Variant);
        var matrix = devices.All.Where(d => declaration.Fits(d.Accelerator) && (!isKernel || d.Accelerator == devices.Simulator)).ToList();
        var results = declaration.Check(matrix.Select(d => d.Accelerator)).ToList();
        foreach (var ((device, _), result) in matrix.Zip(results))
        {
            Assert.True(result.Passed, $"{device}: {result}");
            Assert.True(result.Checksum == results[0].Checksum, $"{name}: '{device}' has other bits than '{matrix[0].Name}'.");
        }
    }

    [Fact]
    public void Names_find_their_case_and_no_other() =>
        Assert.All(OperationCases.All, c => Assert.Equal([c], OperationCases.Matching(c.Name)));

    [Fact]
    public void Every_operation_has_a_case_worth_timing() =>
        Assert.All(OperationCases.All.GroupBy(c => c.Operation),
            g => Assert.True(g.Any(c => c.Timed && (c.Flops > 0 || c.Bytes > 0)), $"{g.Key} has no timed case."));
}
