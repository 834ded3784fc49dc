using System.Text.Json;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

/// <summary>
/// One step of layers and losses against PyTorch 1.13, whose values <c>tests/Benchmarks/torch_layers.py</c> wrote into <c>torch-layers.json</c>.
/// </summary>
public class LayerPeerTests(Devices devices) : OpsTests(devices)
{
    public static TheoryData<PoolingKind> Poolings => [.. Enum.GetValues<PoolingKind>()];

    public static TheoryData<RegressionKind> Regressions => [.. Enum.GetValues<RegressionKind>()];

    [Fact]
    public void Dropout_with_the_mask_that_was_worked_out_anew() => Everywhere(scope =>
    {
        var row = Row("dropout");
        var (m, n) = (row.GetProperty("m").GetInt32(), row.GetProperty("n").GetInt32());
        var mask = new DropoutMask(row.GetProperty("seed").GetUInt64(), row.GetProperty("layer").GetInt32(), row.GetProperty("rate").GetSingle());
        var cursor = scope.Cursor(globalStep: row.GetProperty("step").GetInt32());
        foreach (var (from, to) in (ReadOnlySpan<(string, string)>)[("x", "y"), ("dy", "dx")])
        {
            var result = scope.Floats(m * n);
            Dropout.Prepare(scope.Accelerator, mask, cursor, scope.Of(Numbers(row, from)), m, n, result).Run();
            AssertNear(row, to, result.ToArray());
        }
    });

    [Theory]
    [MemberData(nameof(Poolings))]
    public void Pooling_of_overlapping_padded_windows(PoolingKind kind) => Everywhere(scope =>
    {
        var row = Row($"{kind}".ToLowerInvariant());
        var window = new Window(3, new(5, 4), Extent.Square(3), Extent.Square(2), Extent.Square(1));
        var (y, dx) = (scope.Floats(2 * 18), scope.Floats(2 * 60));
        var chosen = scope.Floats(Pooling.KeepsChosen(kind) ? 2 * 18 : 0);
        Pooling.PrepareForward(scope.Accelerator, kind, window, scope.Of(Numbers(row, "x")), 2, y, chosen).Run();
        Pooling.PrepareBackward(scope.Accelerator, kind, window, scope.Of(Numbers(row, "dy")), chosen, 2, dx).Run();
        AssertNear(row, "y", y.ToArray());
        AssertNear(row, "dx", dx.ToArray());
    });

    [Fact]
    public void Batch_norm_in_training_and_in_evaluation() => Everywhere(scope =>
    {
        var row = Row("batch-norm");
        var (mean, variance) = (scope.Of(Numbers(row, "mean")), scope.Of(Numbers(row, "variance")));
        var layer = new BatchNormMemory
        {
            Scale = scope.Of(Numbers(row, "scale")),
            Shift = scope.Of(Numbers(row, "shift")),
            Statistics = scope.Floats(8),
            RunningMean = mean,
            RunningVariance = variance,
        };
        var (x, partials) = (scope.Of(Numbers(row, "x")), scope.Floats(BatchNorm.PartialsLength(12, 4)));
        var (y, dx, dScale, dShift, evaluated) = (scope.Floats(48), scope.Floats(48), scope.Floats(4), scope.Floats(4), scope.Floats(48));
        BatchNorm.PrepareForward(scope.Accelerator, layer, x, 12, partials, y).Run();
        BatchNorm.PrepareBackward(scope.Accelerator, layer, x, scope.Of(Numbers(row, "dy")), 12, partials, dScale, dShift, dx).Run();
        BatchNorm.PrepareEvaluation(scope.Accelerator, layer, x, 12, evaluated).Run();
        AssertNear(row, "y", y.ToArray());
        AssertNear(row, "dx", dx.ToArray());
        AssertNear(row, "dScale", dScale.ToArray());
        AssertNear(row, "dShift", dShift.ToArray());
        AssertNear(row, "meanAfter", mean.ToArray());
        AssertNear(row, "varianceAfter", variance.ToArray());
        AssertNear(row, "evaluated", evaluated.ToArray());
    });

    [Fact]
    public void Layer_norm() => Everywhere(scope =>
    {
        var row = Row("layer-norm");
        var (x, dy, scale) = (scope.Of(Numbers(row, "x")), scope.Of(Numbers(row, "dy")), scope.Of(Numbers(row, "scale")));
        var (statistics, y, dx, dScale, dShift) = (scope.Floats(8), scope.Floats(28), scope.Floats(28), scope.Floats(7), scope.Floats(7));
        LayerNorm.PrepareForward(scope.Accelerator, x, scale, scope.Of(Numbers(row, "shift")), 4, statistics, y).Run();
        LayerNorm.PrepareBackward(scope.Accelerator, x, dy, statistics, scale, 4, dx).Run();
        LayerNorm.PrepareParameterGradient(scope.Accelerator, x, dy, statistics, 4, dScale, dShift).Run();
        AssertNear(row, "y", y.ToArray());
        AssertNear(row, "dx", dx.ToArray());
        AssertNear(row, "dScale", dScale.ToArray());
        AssertNear(row, "dShift", dShift.ToArray());
    });

    [Fact]
    public void Leaky_relu_of_a_slope() => Everywhere(scope =>
    {
        var row = Row("leaky-relu");
        var (x, y, dx) = (scope.Of(Numbers(row, "x")), scope.Floats(28), scope.Floats(28));
        SlopedRelu.PrepareForward(scope.Accelerator, x, 0.2f, y).Run();
        SlopedRelu.PrepareBackward(scope.Accelerator, x, scope.Of(Numbers(row, "dy")), 0.2f, dx).Run();
        AssertNear(row, "y", y.ToArray());
        AssertNear(row, "dx", dx.ToArray());
    });

    [Fact]
    public void Vectors_for_values() => Everywhere(scope =>
    {
        var row = Row("embedding");
        var (x, dy, width) = (scope.Of(Numbers(row, "x")), scope.Of(Numbers(row, "dy")), row.GetProperty("width").GetInt32());
        int[] values = [.. row.GetProperty("values").EnumerateArray().Select(count => count.GetInt32())];
        var firsts = scope.Of([0, values[0], values[0] + values[1]]);
        var (y, dx, dTable) = (scope.Floats(6 * (2 + (2 * width))), scope.Floats(6 * 4), scope.Floats(values.Sum() * width));
        Embedding.PrepareForward(scope.Accelerator, x, scope.Of(Numbers(row, "table")), firsts, 6, width, y).Run();
        Embedding.PrepareBackward(scope.Accelerator, dy, firsts, 6, width, dx).Run();
        Embedding.PrepareTableGradient(scope.Accelerator, x, dy, firsts, 6, width, dTable).Run();
        AssertNear(row, "y", y.ToArray());
        AssertNear(row, "dTable", dTable.ToArray());
        AssertNear(row, "dxOfPlain", [.. dx.ToArray().Chunk(4).SelectMany(inputs => inputs[..2])]);
        Assert.All(dx.ToArray().Chunk(4).SelectMany(inputs => inputs[2..]), gradient => Assert.Equal(0, gradient));
    });

    [Theory]
    [MemberData(nameof(Regressions))]
    public void Regression_losses(RegressionKind kind) => Everywhere(scope =>
    {
        var row = Row($"{kind}".ToLowerInvariant());
        var (losses, gradient) = (scope.Floats(4), scope.Floats(12));
        RegressionLoss.Prepare(scope.Accelerator, kind,
            new(scope.Of(Numbers(row, "outputs")), scope.Of(Numbers(row, "targets")), 4, 3, losses, scope.Ints(4), gradient)).Run();
        Assert.Equal(row.GetProperty("loss").GetDouble(), losses.ToArray().Average(loss => (double)loss), 1e-6);
        AssertNear(row, "gradient", gradient.ToArray());
    });

    [Theory]
    [InlineData("class-weights")]
    [InlineData("class-weights-and-smoothing")]
    public void Cross_entropy_with_class_weights(string operation) => Everywhere(scope =>
    {
        var row = Row(operation);
        int[] labels = [.. row.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];
        var (losses, gradient) = (scope.Floats(5), scope.Floats(20));
        WeightedCrossEntropy.Prepare(scope.Accelerator, new(scope.Of(Numbers(row, "logits")), scope.Of(labels), 5, 4, losses, scope.Ints(5), gradient),
            scope.Of(Numbers(row, "weights")), row.GetProperty("smoothing").GetSingle()).Run();
        Assert.Equal(row.GetProperty("loss").GetDouble(), losses.ToArray().Average(loss => (double)loss), 1e-6);
        AssertNear(row, "gradient", gradient.ToArray());
    });

    [Fact]
    public void A_smoothing_that_is_no_share_is_refused() => Assert.Contains("smoothing from 0 to 1",
        Refusal(scope => WeightedCrossEntropy.Prepare(scope.Accelerator,
            new(scope.Floats(2), scope.Ints(1), 1, 2, scope.Floats(1), scope.Ints(1), null), scope.Floats(2), 1.5f)), StringComparison.Ordinal);

    private static JsonElement Row(string operation)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Operations", "torch-layers.json")));
        return file.RootElement.EnumerateArray().Single(row => row.GetProperty("operation").GetString() == operation).Clone();
    }

    private static float[] Numbers(JsonElement row, string key) => [.. row.GetProperty(key).EnumerateArray().Select(value => value.GetSingle())];

    /// <summary>Some dozens of roundings of numbers that are not much above 1 or the value itself: sums of at most twelve terms of up to ten.</summary>
    private static void AssertNear(JsonElement row, string key, float[] found)
    {
        var expected = Numbers(row, key);
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < found.Length; i++)
        {
            var allowed = 40 * MathF.ScaleB(1, -24) * (1 + Math.Abs(expected[i]));
            Assert.True(Math.Abs(found[i] - expected[i]) <= allowed, $"{key}[{i}]: {found[i]:G9} instead of {expected[i]:G9} +- {allowed}");
        }
    }
}
