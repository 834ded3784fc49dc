using Gpu.Kernels.Checks;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Checks;

/// <summary>
/// Proves the backward passes of <see cref="Reference64"/> by central differences of its forward passes in float64. Everything is
/// reduced to a number by a weighted sum of the outputs; the weights stand for the gradient that comes from above.
/// </summary>
public class Reference64Tests
{
    private const int M = 4;
    private const int K = 5;
    private const int N = 3;
    private const double H = 1e-5;
    private const double Limit = 1e-6;

    private readonly CaseRandom _random = new("finite differences");

    public static TheoryData<Activation> AllActivations => [.. Activations.All];

    [Theory]
    [MemberData(nameof(AllActivations))]
    public void Activation_backward(Activation activation)
    {
        var (a, dy) = (AwayFromZero(M * N), Values(M * N));
        var kept = Reference64.ActivationKept(activation, a);

        var da = Reference64.ActivationBackward(activation, kept, dy).Values;

        AssertGradient(da, a, at => Dot(dy, Reference64.ActivationForward(activation, at)));
    }

    [Theory]
    [MemberData(nameof(AllActivations))]
    public void MatMul_input_gradient_through_the_activation_of_its_input(Activation activation)
    {
        var (a, w, dy) = (AwayFromZero(M * K), Values(K * N), Values(M * N));
        var kept = Reference64.ActivationKept(activation, a);

        var da = Reference64.MatMulInputGradient(dy, w, kept, activation, M, K, N).Values;

        AssertGradient(da, a, at => Dot(dy, Reference64.MatMulForward(
            Reference64.ActivationForward(activation, at).Values, w, null, Activation.Identity, M, K, N)));
    }

    [Fact]
    public void MatMul_gradients_of_inputs_weights_and_bias()
    {
        var (x, w, bias, dy) = (Values(M * K), Values(K * N), Values(N), Values(M * N));

        AssertGradient(Reference64.MatMulInputGradient(dy, w, null, Activation.Identity, M, K, N).Values, x, at => Forward(at, w, bias));
        AssertGradient(Reference64.MatMulWeightGradient(x, dy, M, K, N).Values, w, at => Forward(x, at, bias));
        AssertGradient(Reference64.ColumnSum(dy, M, N).Values, bias, at => Forward(x, w, at));

        double Forward(double[] x, double[] w, double[] bias) =>
            Dot(dy, Reference64.MatMulForward(x, w, bias, Activation.Identity, M, K, N));
    }

    public static TheoryData<ConvolutionShape> Convolutions =>
    [
        new ConvolutionShape(2, new(4, 3), 3, new(3, 2), Extent.Square(1), default),
        new ConvolutionShape(3, new(5, 6), 2, new(2, 3), new(2, 1), new(1, 2)),
        new ConvolutionShape(1, new(2, 3), 2, new(4, 5), new(1, 3), new(3, 4)),
    ];

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Convolution_gradients_of_inputs_weights_and_bias(ConvolutionShape shape)
    {
        var (x, w, bias, dy) = (Values(2 * shape.ImageLength), Values(shape.WeightLength), Values(shape.Filters), Values(2 * shape.OutputLength));

        AssertGradient(Reference64.ConvolutionInputGradient(shape, dy, w, null, Activation.Identity, 2).Values, x, at => Forward(at, w, bias));
        AssertGradient(Reference64.ConvolutionWeightGradient(shape, x, dy, 2).Values, w, at => Forward(x, at, bias));
        AssertGradient(Reference64.ColumnSum(dy, 2 * shape.Pixels, shape.Filters).Values, bias, at => Forward(x, w, at));

        double Forward(double[] x, double[] w, double[] bias) =>
            Dot(dy, Reference64.ConvolutionForward(shape, x, w, bias, Activation.Identity, 2));
    }

    [Theory]
    [MemberData(nameof(AllActivations))]
    public void Convolution_input_gradient_through_the_activation_of_its_input(Activation activation)
    {
        var shape = new ConvolutionShape(2, new(4, 3), 3, new(3, 2), Extent.Square(1), default);
        var (a, w, dy) = (AwayFromZero(shape.ImageLength), Values(shape.WeightLength), Values(shape.OutputLength));
        var kept = Reference64.ActivationKept(activation, a);

        var da = Reference64.ConvolutionInputGradient(shape, dy, w, kept, activation, 1).Values;

        AssertGradient(da, a, at => Dot(dy, Reference64.ConvolutionForward(
            shape, Reference64.ActivationForward(activation, at).Values, w, null, Activation.Identity, 1)));
    }

    [Fact]
    public void Convolution_forward_by_hand()
    {
        // The window 1 10 / 100 1000 over 1 2 3 / 4 5 6, padded by a column on each side, two pixels at a time.
        var shape = new ConvolutionShape(1, new(2, 3), 1, Extent.Square(2), new(1, 2), new(0, 1));

        Assert.Equal([4010, 6532], Reference64.ConvolutionForward(shape, [1, 2, 3, 4, 5, 6], [1, 10, 100, 1000], null, Activation.Identity, 1).Values);
    }

    [Fact]
    public void MatMul_forward_by_hand()
    {
        // (1 2) (5 6)   (19 22)            (-20)
        // (3 4) (7 8) = (43 50), and a bias of (-30).
        double[] x = [1, 2, 3, 4], w = [5, 6, 7, 8];

        Assert.Equal([19, 22, 43, 50], Reference64.MatMulForward(x, w, null, Activation.Identity, 2, 2, 2).Values);
        Assert.Equal([0, 0, 23, 20], Reference64.MatMulForward(x, w, [-20, -30], Activation.Relu, 2, 2, 2).Values);
    }

    [Fact]
    public void Updates_step_against_the_gradient()
    {
        var (x, w, bias, dy) = (Values(M * K), Values(K * N), Values(N), Values(M * N));
        var dw = Reference64.MatMulWeightGradient(x, dy, M, K, N).Values;
        var db = Reference64.ColumnSum(dy, M, N).Values;

        Assert.Equal(w.Zip(dw, (p, g) => p - (0.25 * g)), Reference64.MatMulWeightUpdate(x, dy, 0.25, w, M, K, N).Values);
        Assert.Equal(bias.Zip(db, (p, g) => p - (0.25 * g)), Reference64.ColumnSumUpdate(dy, 0.25, bias, M, N).Values);
    }

    [Fact]
    public void Softmax_of_logarithms_of_integers()
    {
        var p = Reference64.SoftmaxForward([Math.Log(2), Math.Log(3), Math.Log(4), Math.Log(7)], 2, 2).Values;

        Assert.Equal([2.0 / 5, 3.0 / 5, 4.0 / 11, 7.0 / 11], p.Select(v => Math.Round(v, 14)), (a, b) => Math.Abs(a - b) <= 1e-14);
    }

    [Fact]
    public void Softmax_backward()
    {
        var (a, dp) = (Values(M * N), Values(M * N));
        var p = Reference64.SoftmaxForward(a, M, N).Values;

        AssertGradient(Reference64.SoftmaxBackward(p, dp, M, N).Values, a, at => Dot(dp, Reference64.SoftmaxForward(at, M, N)));
    }

    [Fact]
    public void Pooling_backward()
    {
        // Overlapping windows with padding, and no two elements so near that a difference quotient would change the largest.
        var window = new Window(2, new(4, 5), Extent.Square(3), Extent.Square(2), Extent.Square(1));
        double[] x = [.. _random.Permutation(2 * window.ImageLength).Select(value => value / 10.0)];
        var dy = Values(2 * window.Pixels * window.Channels);
        var chosen = Reference64.MaxPooling(window, x, 2).Chosen.Values;

        AssertGradient(Reference64.MaxPoolingBackward(window, dy, chosen, 2).Values, x, at => Dot(dy, Reference64.MaxPooling(window, at, 2).Y));
        AssertGradient(Reference64.AveragePoolingBackward(window, dy, 2).Values, x, at => Dot(dy, Reference64.AveragePooling(window, at, 2)));
    }

    [Fact]
    public void Batch_norm_backward()
    {
        const int Channels = 3;
        var (x, dy, scale, shift) = (Values(5 * Channels), Values(5 * Channels), Values(Channels), Values(Channels));
        var (zeros, ones) = (new double[Channels], Enumerable.Repeat(1.0, Channels).ToArray());
        double Forward(double[] x, double[] scale, double[] shift) => Dot(dy, Reference64.BatchNorm(x, scale, shift, zeros, ones, 5).Y);
        var statistics = Reference64.BatchNorm(x, scale, shift, zeros, ones, 5).Statistics.Values;

        var gradients = Reference64.BatchNormBackward(x, dy, statistics, scale, 5);

        AssertGradient(gradients.Dx.Values, x, at => Forward(at, scale, shift));
        AssertGradient(gradients.DScale.Values, scale, at => Forward(x, at, shift));
        AssertGradient(gradients.DShift.Values, shift, at => Forward(x, scale, at));
    }

    [Fact]
    public void Layer_norm_backward()
    {
        const int Columns = 5;
        var (x, dy, scale, shift) = (Values(3 * Columns), Values(3 * Columns), Values(Columns), Values(Columns));
        double Forward(double[] x, double[] scale, double[] shift) => Dot(dy, Reference64.LayerNorm(x, scale, shift, 3).Y);

        var gradients = Reference64.LayerNormBackward(x, dy, Reference64.LayerNorm(x, scale, shift, 3).Statistics.Values, scale, 3);

        AssertGradient(gradients.Dx.Values, x, at => Forward(at, scale, shift));
        AssertGradient(gradients.DScale.Values, scale, at => Forward(x, at, shift));
        AssertGradient(gradients.DShift.Values, shift, at => Forward(x, scale, at));
    }

    [Fact]
    public void Embedding_gradient()
    {
        // Two numbers that go through, then a value of 3 and one of 2; some are of no value.
        var (x, dy, table) = (Values(4 * 4), Values(4 * 8), Values(5 * 3));
        double[] codes = [1, 2, 3.5, 1.25, 0, 2, 3, 3];
        for (var i = 0; i < codes.Length; i++)
        {
            x[(i / 2 * 4) + 2 + (i % 2)] = codes[i];
        }

        double Forward(double[] x, double[] table) => Dot(dy, Bounded.Exact(Reference64.Embedding(x, table, [3, 2], 4, 3)));
        var (dx, dTable) = Reference64.EmbeddingBackward(x, dy, [3, 2], 4, 3);
        AssertGradient(dTable.Values, table, at => Forward(x, at));
        x = [.. x.Select((value, i) => i % 4 < 2 ? value : value + 0.1)];
        AssertGradient(dx, x, at => Forward(at, table));
        Assert.Equal(4, dTable.Values.Chunk(3).Count(row => row.Any(value => value != 0)));
    }

    [Theory]
    [InlineData("cross-entropy")]
    [InlineData("softmax-mse")]
    [InlineData("binary-cross-entropy")]
    [InlineData("cross-entropy of probabilities")]
    [InlineData("squared-error of probabilities")]
    public void Loss_gradients(string loss)
    {
        Func<double[], int[], int, int, LossReference> reference = loss switch
        {
            "cross-entropy" => Reference64.SoftmaxCrossEntropy,
            "softmax-mse" => Reference64.SoftmaxSquaredError,
            "cross-entropy of probabilities" => Reference64.CrossEntropy,
            "squared-error of probabilities" => Reference64.SquaredError,
            _ => Reference64.BinaryCrossEntropy,
        };
        var outputs = AwayFromZero(M * N);
        outputs = loss.EndsWith("probabilities", StringComparison.Ordinal) ? Reference64.SoftmaxForward(outputs, M, N).Values : outputs;
        int[] labels = [0, 2, 1, 2];

        var gradient = reference(outputs, labels, M, N).Gradient.Values;

        AssertGradient(gradient, outputs, at => reference(at, labels, M, N).Losses.Values.Average());
    }

    [Theory]
    [InlineData(RegressionKind.Squared)]
    [InlineData(RegressionKind.Absolute)]
    [InlineData(RegressionKind.Huber)]
    public void Regression_gradients(RegressionKind kind)
    {
        var distances = AwayFromZero(M * N);
        var targets = Values(M * N);
        double[] outputs = [.. targets.Zip(distances, (target, distance) => target + distance)];

        var gradient = Reference64.Regression(kind, outputs, targets, M, N).Gradient.Values;

        AssertGradient(gradient, outputs, at => Reference64.Regression(kind, at, targets, M, N).Losses.Values.Average());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Weighted_cross_entropy_gradients(double smoothing)
    {
        var logits = Values(M * N);
        int[] labels = [0, 2, 1, 2];
        double[] weights = [0.5, 2, 3];

        var gradient = Reference64.WeightedCrossEntropy(logits, labels, M, N, weights, smoothing).Gradient.Values;

        AssertGradient(gradient, logits, at => Reference64.WeightedCrossEntropy(at, labels, M, N, weights, smoothing).Losses.Values.Average());
    }

    [Fact]
    public void Losses_by_hand()
    {
        Assert.Equal(Math.Log(10), Reference64.SoftmaxCrossEntropy(new double[10], [3], 1, 10).Losses.Values[0], 14);
        Assert.Equal(0.25, Reference64.SoftmaxSquaredError([7, 7], [1], 1, 2).Losses.Values[0], 14);
        Assert.Equal(Math.Log(4), Reference64.CrossEntropy([0.75, 0.25], [1], 1, 2).Losses.Values[0], 14);
        Assert.Equal(0.5625, Reference64.SquaredError([0.75, 0.25], [1], 1, 2).Losses.Values[0], 14);
        Assert.Equal(Math.Log(2), Reference64.BinaryCrossEntropy(new double[4], [3], 1, 4).Losses.Values[0], 14);
    }

    [Fact]
    public void Updates_by_hand()
    {
        // g = 1 + 0.5 * 2 = 2 where L2 adds, else 1; v = 0.5 * 4 + g; w = 2 - 0.25 v.
        var plain = new UpdateSettings(OptimizerChoice.Default, L2: 0.5f);
        var (parameters, state) = Reference64.Update(plain with { Momentum = 0.5f }, [2, 2], [1, 1], [[4, 4]], 0.25, decayed: 1, update: 1);

        Assert.Equal([4, 3], state[0].Values);
        Assert.Equal([1, 1.25], parameters.Values);
        Assert.Equal([1.5, 1.75], Reference64.Update(plain, [2, 2], [1, 1], [], 0.25, decayed: 1, update: 1).Parameters.Values);
    }

    private static double Dot(double[] weights, Bounded outputs) => weights.Zip(outputs.Values, (a, b) => a * b).Sum();

    private static void AssertGradient(double[] gradient, double[] at, Func<double[], double> function)
    {
        Assert.Equal(at.Length, gradient.Length);
        for (var i = 0; i < at.Length; i++)
        {
            var difference = (function(Shifted(i, H)) - function(Shifted(i, -H))) / (2 * H);
            Assert.True(Math.Abs(gradient[i] - difference) <= Limit * (1 + Math.Abs(difference)),
                $"element {i}: the reference says {gradient[i]:G12}, the difference quotient {difference:G12}");
        }

        double[] Shifted(int index, double by)
        {
            double[] copy = [.. at];
            copy[index] += by;
            return copy;
        }
    }

    private double[] Values(int length) => _random.Array(length, r => (double)r.Between(-2, 2));

    /// <summary>Values that no difference quotient takes across a kink at 0.</summary>
    private double[] AwayFromZero(int length) => _random.Array(length, r => r.Between(0.1f, 2) * (r.Below(2) == 0 ? 1.0 : -1.0));
}
