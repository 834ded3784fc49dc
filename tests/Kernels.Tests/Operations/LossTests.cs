using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

public class LossTests(Devices devices) : OpsTests(devices)
{
    public enum Loss
    {
        CrossEntropy,
        SoftmaxMse,
        BinaryCrossEntropy,
    }

    public static TheoryData<Loss> All => [.. Enum.GetValues<Loss>()];

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void Uniform_logits_cost_the_logarithm_of_ten(int label) => Everywhere(scope =>
    {
        var (losses, correct, gradient) = Run(scope, Loss.CrossEntropy, [label], [.. Enumerable.Repeat(3f, 10)]);
        Near(Math.Log(10), losses[0]);
        Assert.Equal(label == 0 ? 1 : 0, correct[0]);
        Near(-0.9, gradient[label]);
        Assert.All(gradient.Where((_, i) => i != label), g => Near(0.1, g));
    });

    [Fact]
    public void Cross_entropy_of_ten_thousand() => Everywhere(scope =>
    {
        var (losses, correct, gradient) = Run(scope, Loss.CrossEntropy, [0, 1], 1e4f, -1e4f, 1e4f, -1e4f);
        Assert.Equal([0, 2e4f], losses);
        Assert.Equal([1, 0], correct);
        Assert.Equal([0, 0, 0.5f, -0.5f], gradient);
    });

    [Theory]
    [InlineData(Loss.CrossEntropy)]
    [InlineData(Loss.SoftmaxMse)]
    public void Gradient_rows_through_softmax_sum_to_zero(Loss loss) => Everywhere(scope =>
    {
        var (_, _, gradient) = Run(scope, loss, [3, 0], 1, 2, 3, -4, 5, 0.5f, 0, -1);
        Assert.Equal(0, gradient.Take(4).Sum(g => (double)g), 1e-7);
        Assert.Equal(0, gradient.Skip(4).Sum(g => (double)g), 1e-7);
    });

    [Fact]
    public void Squared_error_of_softmax_by_hand() => Everywhere(scope =>
    {
        // p = (1/2, 1/2), d = (1/2, -1/2), d.p = 0: gradient p d 2 / (2 * 1).
        var (losses, correct, gradient) = Run(scope, Loss.SoftmaxMse, [1], 7, 7);
        Assert.Equal([0.25f], losses);
        Assert.Equal([0], correct);
        Assert.Equal([0.25f, -0.25f], gradient);
    });

    [Fact]
    public void Binary_cross_entropy_by_hand() => Everywhere(scope =>
    {
        var (losses, _, gradient) = Run(scope, Loss.BinaryCrossEntropy, [1, 0], 0, 0, 1e4f, -1e4f);
        Near(Math.Log(2), losses[0]);
        Assert.Equal(0, losses[1]);
        Assert.Equal([0.125f, -0.125f, 0, 0], gradient);
        Assert.Equal([1e4f], Run(scope, Loss.BinaryCrossEntropy, [0], -1e4f, 1e4f).Losses);
    });

    [Theory]
    [MemberData(nameof(All))]
    public void The_first_of_several_maxima_is_the_answer(Loss loss) => Everywhere(scope =>
        Assert.Equal([1, 0, 0, 1], Run(scope, loss, [0, 1, 2, 2], 5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 4, 5).Correct));

    [Theory]
    [MemberData(nameof(All))]
    public void NaN_spoils_its_row_alone_and_is_never_correct(Loss loss) => Everywhere(scope =>
    {
        var (losses, correct, gradient) = Run(scope, loss, [0, 0, 1, 0], float.NaN, 0, 1, 0, 0, float.NaN, 1, float.NaN);
        Assert.Equal([true, false, true, true], losses.Select(float.IsNaN));
        Assert.Equal([0, 1, 0, 0], correct);
        Assert.True(float.IsNaN(gradient[0]) && float.IsNaN(gradient[5]));
        Assert.True(float.IsFinite(gradient[2]) && float.IsFinite(gradient[3]));
    });

    [Theory]
    [MemberData(nameof(All))]
    public void Losses_without_gradient_have_the_same_bits(Loss loss) => Everywhere(scope =>
    {
        float[] outputs = [.. Enumerable.Range(0, 40 * 10).Select(i => MathF.Sin(i))];
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 10)];
        var with = Run(scope, loss, labels, outputs);
        var without = Run(scope, loss, labels, outputs, gradient: false);
        Assert.Equal(with.Losses, without.Losses);
        Assert.Equal(with.Correct, without.Correct);
    });

    [Theory]
    [MemberData(nameof(All))]
    public void Wrong_shapes_are_refused_with_both(Loss loss)
    {
        Assert.Contains("labels must have 2 elements, it has 1", Refusal(s =>
            Prepare(s, loss, s.Floats(6), s.Ints(1), 2, 3, s.Floats(2), s.Ints(2), s.Floats(6))), StringComparison.Ordinal);
        Assert.Contains("gradient must have 2 x 3 = 6 elements, it has 5", Refusal(s =>
            Prepare(s, loss, s.Floats(6), s.Ints(2), 2, 3, s.Floats(2), s.Ints(2), s.Floats(5))), StringComparison.Ordinal);
        Assert.Contains("n must be 1 or more, it is 0", Refusal(s =>
            Prepare(s, loss, s.Floats(0), s.Ints(2), 2, 0, s.Floats(2), s.Ints(2), null)), StringComparison.Ordinal);
    }

    [Fact]
    public void Losses_of_probabilities_by_hand() => Everywhere(scope =>
    {
        // -log 0.25 and -1 / (0.25 * 2); a probability of 0 costs as much as the smallest normal one, and its gradient is finite.
        var (p, losses, correct, gradient) = (scope.Of(0.75f, 0.25f, 1f, 0f), scope.Floats(2), scope.Ints(2), scope.Floats(4));
        CrossEntropy.Prepare(scope.Accelerator, new(p, scope.Of(1, 1), 2, 2, losses, correct, gradient)).Run();
        Near(Math.Log(4), losses.ToArray()[0]);
        Near(126 * Math.Log(2), losses.ToArray()[1]);
        Assert.Equal([0f, -2f, 0f, -MathF.ScaleB(1, 125)], gradient.ToArray());
        Assert.Equal([0, 0], correct.ToArray());

        // (9/16 + 9/16) / 2 and 2 d / (2 * 2).
        SquaredError.Prepare(scope.Accelerator, new(p, scope.Of(1, 0), 2, 2, losses, correct, gradient)).Run();
        Assert.Equal([0.5625f, 0f], losses.ToArray());
        Assert.Equal([0.375f, -0.375f, 0f, 0f], gradient.ToArray());
        Assert.Equal([0, 1], correct.ToArray());
    });

    [Fact]
    public void Cross_entropy_of_probabilities_is_never_without_a_gradient() => Assert.Contains("a gradient of 2 x 3 was expected", Refusal(s =>
        CrossEntropy.Prepare(s.Accelerator, new(s.Floats(6), s.Ints(2), 2, 3, s.Floats(2), s.Ints(2), null))), StringComparison.Ordinal);

    private static (float[] Losses, int[] Correct, float[] Gradient) Run(OpsScope scope, Loss loss, int[] labels, params float[] outputs) =>
        Run(scope, loss, labels, outputs, gradient: true);

    private static (float[] Losses, int[] Correct, float[] Gradient) Run(OpsScope scope, Loss loss, int[] labels, float[] outputs, bool gradient)
    {
        var m = labels.Length;
        var (losses, correct, da) = (scope.Floats(m), scope.Ints(m), scope.Floats(outputs.Length));
        Prepare(scope, loss, scope.Of(outputs), scope.Of(labels), m, outputs.Length / m, losses, correct, gradient ? da.View : null).Run();
        return (losses.ToArray(), correct.ToArray(), da.ToArray());
    }

    private static Launch Prepare(OpsScope scope, Loss loss, DeviceView<float> outputs, DeviceView<int> labels, int m, int n,
        DeviceView<float> losses, DeviceView<int> correct, DeviceView<float>? gradient)
    {
        var batch = new LossBatch(outputs, labels, m, n, losses, correct, gradient);
        return loss switch
        {
            Loss.CrossEntropy => SoftmaxCrossEntropy.Prepare(scope.Accelerator, batch),
            Loss.SoftmaxMse => SoftmaxSquaredError.Prepare(scope.Accelerator, batch),
            _ => BinaryCrossEntropy.Prepare(scope.Accelerator, batch),
        };
    }
}
