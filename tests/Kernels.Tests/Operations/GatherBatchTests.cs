using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

public class GatherBatchTests(Devices devices) : OpsTests(devices)
{
    [Fact]
    public void Samples_come_in_the_epochs_order_from_the_cursor_on() => Everywhere(scope =>
    {
        var values = scope.Of<byte>(0, 1, 2, 10, 11, 12, 20, 21, 22, 253, 254, 255);
        var labels = scope.Of<byte>(0, 9, 2, 3);
        var order = scope.Of(2, 3, 0, 1);
        var cursor = scope.Of(0, 1, 0, 0, 0, 0);
        var (x, batchLabels) = (scope.Floats(6), scope.Ints(2));

        var gather = GatherBatch.Prepare(scope.Accelerator, values, labels, order, cursor, 2, -1, 2, 3, x, batchLabels);
        gather.Run();
        Assert.Equal([505, 507, 509, -1, 1, 3], x.ToArray());
        Assert.Equal([3, 0], batchLabels.ToArray());

        cursor.CopyFrom([0, 2, 0, 0, 0, 0]);
        gather.Run();
        Assert.Equal([-1, 1, 3, 19, 21, 23], x.ToArray());
        Assert.Equal([0, 9], batchLabels.ToArray());
    });

    [Fact]
    public void Scaled_to_one_a_byte_keeps_its_ends() => Everywhere(scope =>
    {
        var x = scope.Floats(2);
        GatherBatch.Prepare(scope.Accelerator, scope.Of<byte>(0, 255), scope.Of<byte>(1), scope.Of(0), scope.Cursor(), 1f / 255, 0, 1, 2, x,
            scope.Ints(1)).Run();
        Assert.Equal([0, 1], x.ToArray());
    });

    [Fact]
    public void Wrong_shapes_are_refused_with_both()
    {
        Assert.Contains("values must have 4 x 3 = 12 elements, it has 11", Refusal(s => GatherBatch.Prepare(s.Accelerator, s.Of(new byte[11]),
            s.Of(new byte[4]), s.Ints(4), s.Cursor(), 1, 0, 2, 3, s.Floats(6), s.Ints(2))), StringComparison.Ordinal);
        Assert.Contains("x must have 2 x 3 = 6 elements, it has 5", Refusal(s => GatherBatch.Prepare(s.Accelerator, s.Of(new byte[12]),
            s.Of(new byte[4]), s.Ints(4), s.Cursor(), 1, 0, 2, 3, s.Floats(5), s.Ints(2))), StringComparison.Ordinal);
        Assert.Contains("order must have at least 2 elements, it has 1", Refusal(s => GatherBatch.Prepare(s.Accelerator, s.Of(new byte[12]),
            s.Of(new byte[4]), s.Ints(1), s.Cursor(), 1, 0, 2, 3, s.Floats(6), s.Ints(2))), StringComparison.Ordinal);
    }
}
