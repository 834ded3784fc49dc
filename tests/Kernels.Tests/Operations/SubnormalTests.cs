using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

/// <summary>
/// Nothing that the next product reads is subnormal: outputs of activations, and gradients behind losses and activations. A processor takes some
/// hundred cycles for each product with such a number, and a network of sigmoids that has learned much made enough to be ten times slower.
/// </summary>
public class SubnormalTests(Devices devices) : OpsTests(devices)
{
    /// <summary>2^-126, the smallest normal number.</summary>
    private const float Smallest = 1.17549435e-38f;

    public static TheoryData<Activation> Curved => [.. Activations.All.Where(activation => activation != Activation.Identity)];

    public static TheoryData<string> Variants => [.. MatMul.Choices.Variants];

    public static TheoryData<LossFunction> Losses => [.. Enum.GetValues<LossFunction>()];

    /// <summary>Logits of which the first two share the answer, the third has half of a probability that is just normal, and the others ever less.</summary>
    private static float[] Falling(int n) => [0f, 0f, -87.2f, .. Enumerable.Range(0, n - 3).Select(i => -80f - (12f * i / n))];

    [Fact]
    public void Sigmoids_end_at_0_before_the_subnormal_numbers() => Everywhere(scope =>
    {
        float[] a = [.. Enumerable.Range(0, 500).Select(i => -80f - (i / 20f))];
        foreach (var activation in (Activation[])[Activation.Sigmoid, Activation.Softplus])
        {
            var y = scope.Floats(a.Length);
            Activations.PrepareForward(scope.Accelerator, activation, scope.Of(a), y).Run();
            HasNone(y, $"{activation} on {scope.Accelerator.Description}");
        }
    });

    [Theory]
    [MemberData(nameof(Curved))]
    public void Gradients_through_an_activation_become_0(Activation activation) => Everywhere(scope =>
    {
        float[] dy = [.. Enumerable.Range(0, 41).Select(i => (i % 2 == 0 ? Smallest : -Smallest) * (i / 20f)), float.NaN, 1f];
        var kept = Activations.KeepsSum(activation) ? 0.5f : Activations.Apply(activation, 0.5f);
        var da = scope.Floats(dy.Length);
        Activations.PrepareBackward(scope.Accelerator, activation, scope.Of(Enumerable.Repeat(kept, dy.Length).ToArray()), scope.Of(dy), da).Run();
        HasNone(da, $"{activation} on {scope.Accelerator.Description}");
        Assert.Equal(float.NaN, da.ToArray()[^2]);
        Near(Activations.Derivative(activation, kept), da.ToArray()[^1]);
    });

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_product_makes_0_of_them_behind_its_activation(string variant) => Everywhere(scope =>
    {
        // Each sum is 10 times 2^-126 / 64; half of the units have a slope of 1, the others of 0.
        var (m, k, n) = (12, 36, 10);
        var (dy, w) = (scope.Of(Enumerable.Repeat(Smallest, m * n).ToArray()), scope.Of(Enumerable.Repeat(1f / 64, k * n).ToArray()));
        var kept = scope.Of(Enumerable.Range(0, m * k).Select(i => (float)(i % 2)).ToArray());
        var dx = scope.Of(Enumerable.Repeat(1f, m * k).ToArray());
        MatMul.PrepareInputGradient(scope.Accelerator, dy, w, kept.View, Activation.Relu, m, k, n, dx, variant).Run();
        Assert.Equal(new float[m * k], dx.ToArray());
    });

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    public void Gradients_of_losses_become_0(int n) => Everywhere(scope =>
    {
        var (m, logits, labels) = (1, scope.Of(Falling(n)), scope.Of(n - 1));
        var (losses, correct, gradient) = (scope.Floats(m), scope.Ints(m), scope.Floats(n));
        var batch = new LossBatch(logits, labels, m, n, losses, correct, gradient);
        Launch[] launches =
        [
            SoftmaxCrossEntropy.Prepare(scope.Accelerator, batch),
            SoftmaxSquaredError.Prepare(scope.Accelerator, batch),
            BinaryCrossEntropy.Prepare(scope.Accelerator, batch),
            WeightedCrossEntropy.Prepare(scope.Accelerator, batch, scope.Of(Enumerable.Repeat(0.25f, n).ToArray()), 0f),
            Softmax.PrepareForward(scope.Accelerator, logits, m, n, gradient),
            Softmax.PrepareBackward(scope.Accelerator, scope.Of(Enumerable.Repeat(0.25f, n).ToArray()),
                scope.Of(Enumerable.Range(0, n).Select(i => i * Smallest / 64).ToArray()), m, n, gradient),
        ];
        Assert.All(launches, launch =>
        {
            launch.Run();
            HasNone(gradient, $"{launch.Name} on {scope.Accelerator.Description}");
        });
    });

    [Theory]
    [MemberData(nameof(Losses))]
    public void The_output_layer_in_one_launch_makes_0_of_them(LossFunction loss) => Everywhere(scope =>
    {
        var (m, k, n) = (3, 7, 10);
        var x = scope.Of(Enumerable.Repeat(1f, m * k).ToArray());
        var (dy, dx) = (scope.Floats(m * n), scope.Floats(m * k));
        OutputLayer.Prepare(scope.Accelerator, Settings(), new OutputLayerMemory
        {
            X = x,
            XKept = x,
            Weights = scope.Of(Enumerable.Repeat(Smallest, k * n).ToArray()),
            Bias = scope.Of(Falling(n)),
            Labels = scope.Of(Enumerable.Repeat((byte)(n - 1), m).ToArray()),
            Order = scope.Of(0, 1, 2),
            Cursor = scope.Cursor(),
            Losses = scope.Floats(m),
            Correct = scope.Ints(m),
            Dy = dy,
            Dx = dx,
        }).Run();
        HasNone(dy, $"dy of {loss}");
        HasNone(dx, $"dx of {loss}");

        OutputLayerSettings Settings() =>
            new() { Rows = m, Inputs = k, Outputs = n, InputActivation = Activation.Relu, Activation = Activation.Identity, Loss = loss };
    });

    /// <summary>A rate of 2^24 would show the smallest gradient in a weight that was 0.</summary>
    [Theory]
    [MemberData(nameof(Losses))]
    public void Steps_of_one_sample_take_none_of_them(LossFunction loss) => Everywhere(scope =>
    {
        foreach (var activation in (Activation[])[Activation.Identity, Activation.Sigmoid])
        {
            var network = new OnlineNetwork { Features = 1, Layers = [new(3, activation)], Loss = loss, Scale = 1 };
            var parameters = scope.Of(0f, 0f, 0f, 0f, -87.2f, 0f);
            using var operation = new OnlineSgd(scope.Accelerator, network, new OnlineMemory
            {
                Values = scope.Of<byte>(1),
                Labels = scope.Of<byte>(0),
                Order = scope.Ints(1),
                Cursor = scope.Cursor(),
                Rates = scope.Of(16777216f),
                Parameters = parameters,
                Totals = scope.Floats(2),
                Counts = scope.Of(0, StepCounts.None, 0, 0, 0, 0, 0, 0),
                Control = scope.Floats(StepControl.Length),
            });
            operation.Prepare(1).Run();
            var weights = parameters.ToArray();
            Assert.True(weights[1] == 0, $"{loss} of {activation} on {scope.Accelerator.Description}: a weight of {weights[1]:G9}");
            Assert.True(weights[2] < 0 || weights[2] > 0, $"{loss} of {activation} learned nothing.");
        }
    });

    private static void HasNone(DeviceBuffer<float> values, string what)
    {
        var found = values.ToArray();
        Assert.True(Array.TrueForAll(found, value => !float.IsSubnormal(value)), $"{what}: {found.FirstOrDefault(float.IsSubnormal):G9}");
    }
}
