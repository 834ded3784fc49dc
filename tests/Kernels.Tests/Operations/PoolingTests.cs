using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

public class PoolingTests(Devices devices) : OpsTests(devices)
{
    private static readonly Window _halves = new(1, new(2, 4), Extent.Square(2), Extent.Square(2), default);

    [Fact]
    public void Largest_and_mean_by_hand() => Everywhere(scope =>
    {
        var x = scope.Of(1f, 5, -3, -4, 5, 2, -1, -1);
        var (max, chosen, mean) = (scope.Floats(2), scope.Floats(2), scope.Floats(2));
        Pooling.PrepareForward(scope.Accelerator, PoolingKind.Max, _halves, x, 1, max, chosen).Run();
        Pooling.PrepareForward(scope.Accelerator, PoolingKind.Average, _halves, x, 1, mean, null).Run();
        Assert.Equal([5, -1], max.ToArray());
        Assert.Equal([1, 2], chosen.ToArray());
        Assert.Equal([3.25f, -2.25f], mean.ToArray());
    });

    [Fact]
    public void Gradients_go_to_the_first_largest_or_to_all() => Everywhere(scope =>
    {
        var (dy, chosen, max, mean) = (scope.Of(8f, 4), scope.Of(1f, 2), scope.Floats(8), scope.Floats(8));
        Pooling.PrepareBackward(scope.Accelerator, PoolingKind.Max, _halves, dy, chosen, 1, max).Run();
        Pooling.PrepareBackward(scope.Accelerator, PoolingKind.Average, _halves, dy, null, 1, mean).Run();
        Assert.Equal([0, 8, 0, 0, 0, 0, 4, 0], max.ToArray());
        Assert.Equal([2, 2, 1, 1, 2, 2, 1, 1], mean.ToArray());
    });

    [Fact]
    public void Where_all_is_negative_padding_is_never_the_largest() => Everywhere(scope =>
    {
        var window = new Window(1, new(1, 2), new(1, 2), new(1, 1), new(0, 1));
        var (x, y, chosen) = (scope.Of(-7f, float.NegativeInfinity), scope.Floats(3), scope.Floats(3));
        Pooling.PrepareForward(scope.Accelerator, PoolingKind.Max, window, x, 1, y, chosen).Run();
        Assert.Equal([-7, -7, float.NegativeInfinity], y.ToArray());
        Assert.Equal([1, 0, 0], chosen.ToArray());
    });

    [Fact]
    public void Padding_of_more_than_half_the_window_is_refused() => Assert.Contains("padding of at most half the window, 2x2",
        Refusal(scope => Pooling.PrepareForward(scope.Accelerator, PoolingKind.Average,
            new Window(1, new(2, 2), Extent.Square(2), Extent.Square(1), Extent.Square(2)), scope.Floats(4), 1, scope.Floats(25), null)),
        StringComparison.Ordinal);

    [Fact]
    public void Largest_elements_need_room_for_their_places() => Assert.Contains("room for the places",
        Refusal(scope => Pooling.PrepareForward(scope.Accelerator, PoolingKind.Max, _halves, scope.Floats(8), 1, scope.Floats(2), null)),
        StringComparison.Ordinal);
}
