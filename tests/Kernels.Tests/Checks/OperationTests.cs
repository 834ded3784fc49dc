using Gpu.Kernels.Checks;

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
        var results = devices.All.Select(d => (Device: d.Name, d.Accelerator.IsPlain, Result: _cases[name].Check(d.Accelerator))).ToList();

        Assert.All(results, r => Assert.True(r.Result.Passed, $"{r.Device}: {r.Result}"));
        Assert.All(results, r => Assert.True(r.Result.Checksum == results[0].Result.Checksum,
            $"{name}: '{r.Device}' has other bits than '{results[0].Device}'."));
    }

    [Fact]
    public void Names_find_their_case_and_no_other() =>
        Assert.All(OperationCases.All, c => Assert.Equal([c], OperationCases.Matching(c.Name)));

    [Fact]
    public void Every_operation_has_a_case_worth_timing() =>
        Assert.All(OperationCases.All.GroupBy(c => c.Operation),
            g => Assert.True(g.Any(c => c.Timed && (c.Flops > 0 || c.Bytes > 0)), $"{g.Key} has no timed case."));
}
