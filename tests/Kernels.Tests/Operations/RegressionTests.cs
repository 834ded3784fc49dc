using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

public class RegressionTests(Devices devices) : OpsTests(devices)
{
    [Theory]
    [InlineData(RegressionKind.Squared, 0.625f, 2f, new[] { 0.5f, -0.25f, 0f, -1f })]
    [InlineData(RegressionKind.Absolute, 0.75f, 1f, new[] { 0.25f, -0.25f, 0f, -0.25f })]
    [InlineData(RegressionKind.Huber, 0.3125f, 0.75f, new[] { 0.25f, -0.125f, 0f, -0.25f })]
    public void Costs_and_slopes_by_hand(RegressionKind kind, float first, float second, float[] gradient) => Everywhere(scope =>
    {
        // Distances of 1 and -0.5 in the first row, 0 and -2 in the second.
        var (outputs, targets) = (scope.Of(3f, 1, 7, 4), scope.Of(2f, 1.5f, 7, 6));
        var (losses, correct, dy) = (scope.Floats(2), scope.Ints(2), scope.Floats(4));
        RegressionLoss.Prepare(scope.Accelerator, kind, new(outputs, targets, 2, 2, losses, correct, dy)).Run();
        Assert.Equal([first, second], losses.ToArray());
        Assert.Equal(gradient, dy.ToArray());
        Assert.Equal([0, 0], correct.ToArray());
    });

    [Fact]
    public void Targets_of_another_size_are_refused() => Assert.Contains("targets must have 2 x 1",
        Refusal(scope => RegressionLoss.Prepare(scope.Accelerator, RegressionKind.Huber,
            new(scope.Floats(2), scope.Floats(3), 2, 1, scope.Floats(2), scope.Ints(2), null))), StringComparison.Ordinal);
}
