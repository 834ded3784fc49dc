using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

public class BiasAddTests(Devices devices) : OpsTests(devices)
{
    [Fact]
    public void Each_row_gets_the_same_bias() => Everywhere(scope =>
    {
        var (a, y) = (scope.Of(1f, 2f, 3f, 4f, float.NaN, 6f), scope.Floats(6));
        BiasAdd.Prepare(scope.Accelerator, a, scope.Of(10f, -20f, float.PositiveInfinity), 2, 3, y).Run();
        Assert.Equal([11f, -18f, float.PositiveInfinity, 14f, float.NaN, float.PositiveInfinity], y.ToArray());
    });

    [Fact]
    public void Wrong_shapes_are_refused_with_both()
    {
        Assert.Contains("a must have 2 x 3 = 6 elements, it has 5", Refusal(s =>
            BiasAdd.Prepare(s.Accelerator, s.Floats(5), s.Floats(3), 2, 3, s.Floats(6))), StringComparison.Ordinal);
        Assert.Contains("bias must have 3 elements, it has 2", Refusal(s =>
            BiasAdd.Prepare(s.Accelerator, s.Floats(6), s.Floats(2), 2, 3, s.Floats(6))), StringComparison.Ordinal);
        Assert.Contains("n must be 1 or more, it is 0", Refusal(s =>
            BiasAdd.Prepare(s.Accelerator, s.Floats(0), s.Floats(0), 2, 0, s.Floats(0))), StringComparison.Ordinal);
    }
}
