using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

public class BatchNormTests(Devices devices) : OpsTests(devices)
{
    [Fact]
    public void Two_rows_become_plus_and_minus_one() => Everywhere(scope =>
    {
        // Mean 3 and variance 4, by the rows less one 8: a tenth of them gets into the running 0 and 1.
        var (layer, x, y) = (Layer(scope, 1), scope.Of(1f, 5), scope.Floats(2));
        BatchNorm.PrepareForward(scope.Accelerator, layer, x, 2, scope.Floats(2), y).Run();
        Near(-1 / Math.Sqrt(1 + (1e-5 / 4)), y.ToArray()[0]);
        Near(1 / Math.Sqrt(1 + (1e-5 / 4)), y.ToArray()[1]);
        Near(0.3, Read(layer.RunningMean));
        Near(1.7, Read(layer.RunningVariance));
    });

    [Fact]
    public void A_large_mean_costs_the_variance_nothing() => Everywhere(scope =>
    {
        // Squares of 4096 + 0.25 less the square of the mean would leave nothing of a variance of 1/16.
        float[] values = [.. Enumerable.Range(0, 200).Select(row => 4096 + (row % 2 == 0 ? 0.25f : -0.25f))];
        var (layer, y) = (Layer(scope, 1), scope.Floats(200));
        BatchNorm.PrepareForward(scope.Accelerator, layer, scope.Of(values), 200, scope.Floats(BatchNorm.PartialsLength(200, 1)), y).Run();
        Assert.All(y.ToArray(), value => Near(0.25 / Math.Sqrt(0.0625 + 1e-5), Math.Abs(value), ulps: 8));
    });

    [Fact]
    public void One_row_and_a_row_of_NaN_leave_the_running_variance() => Everywhere(scope =>
    {
        foreach (var rows in (int[])[1, 3])
        {
            var (layer, y) = (Layer(scope, 1), scope.Floats(rows));
            BatchNorm.PrepareForward(scope.Accelerator, layer, scope.Of([.. Enumerable.Repeat(rows == 1 ? 7f : float.NaN, rows)]), rows, scope.Floats(2), y).Run();
            Assert.Equal(rows == 1 ? 0 : float.NaN, y.ToArray()[0]);
            Assert.Equal(1f, Read(layer.RunningVariance));
        }
    });

    [Fact]
    public void No_rows_are_refused() => Assert.Contains("rows must be 1 or more",
        Refusal(scope => BatchNorm.PrepareForward(scope.Accelerator, Layer(scope, 1), scope.Floats(0), 0, scope.Floats(0), scope.Floats(0))),
        StringComparison.Ordinal);

    private static float Read(Gpu.Kernels.Devices.DeviceView<float> view) => view.Buffer.ToArray()[0];

    private static BatchNormMemory Layer(OpsScope scope, int channels) => new()
    {
        Scale = scope.Of([.. Enumerable.Repeat(1f, channels)]),
        Shift = scope.Floats(channels),
        Statistics = scope.Floats(2 * channels),
        RunningMean = scope.Floats(channels),
        RunningVariance = scope.Of([.. Enumerable.Repeat(1f, channels)]),
    };
}
