using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

public class ActivationsTests(Devices devices) : OpsTests(devices)
{
    private const float Subnormal = float.Epsilon;

    public static TheoryData<Activation> All => [.. Activations.All];

    /// <summary>None falls back on another's formula.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void The_list_leads_to_the_file_of_the_same_name(Activation activation)
    {
        Assert.Equal(activation.ToString(), ActivationList.TypeOf(activation).Name);
        Assert.Equal(activation.ToString(), Activations.NameOf(activation).Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
    }

    [Fact]
    public void Relu_at_zeros_and_the_smallest_numbers()
    {
        Forward(Activation.Relu, [-0f, 0f, Subnormal, -Subnormal, 3, -3], [0, 0, Subnormal, 0, 3, 0]);
        Backward(Activation.Relu, [-0f, 0f, Subnormal, 3], [5, 5, 5, 5], [0, 0, 5, 5]);
    }

    [Fact]
    public void Leaky_relu_at_zeros_and_the_smallest_numbers()
    {
        Forward(Activation.LeakyRelu, [-0f, 0f, Subnormal, 3, -3], [0, 0, Subnormal, 3, -0.03f]);
        Backward(Activation.LeakyRelu, [-0f, 0f, Subnormal, 3, -3], [5, 5, 5, 5, 5], [0.05f, 0.05f, 5, 5, 0.05f]);
    }

    [Fact]
    public void Ends_are_reached_and_never_left()
    {
        float[] far = [-1e4f, -100, 100, 1e4f, float.NegativeInfinity, float.PositiveInfinity];
        Forward(Activation.Sigmoid, far, [0, 0, 1, 1, 0, 1]);
        Forward(Activation.Tanh, far, [-1, -1, 1, 1, -1, 1]);
        Forward(Activation.ScaledTanh, far, [-1.7159f, -1.7159f, 1.7159f, 1.7159f, -1.7159f, 1.7159f]);
        Forward(Activation.Elu, far, [-1, -1, 100, 1e4f, -1, float.PositiveInfinity]);
        Forward(Activation.Softplus, far, [0, 0, 100, 1e4f, 0, float.PositiveInfinity]);
        foreach (var activation in new[] { Activation.Silu, Activation.Gelu, Activation.GeluTanh })
        {
            Forward(activation, [-1e4f, 100, 1e4f, float.PositiveInfinity], [0, 100, 1e4f, float.PositiveInfinity]);
            Backward(activation, [-1e4f, -1000, 1000, 1e4f], [5, 5, 5, 5], [0, 0, 5, 5]);
        }
    }

    [Fact]
    public void Centres()
    {
        Forward(Activation.Sigmoid, [0, -0f], [0.5f, 0.5f]);
        Forward(Activation.Tanh, [0, -0f], [0, -0f]);
        Forward(Activation.ScaledTanh, [0, -0f], [0, -0f]);
        Backward(Activation.Sigmoid, [0.5f], [8], [2]);
        Backward(Activation.Tanh, [0, 0.5f], [8, 8], [8, 6]);
        Backward(Activation.ScaledTanh, [0], [1], [1.7159f * 2 / 3]);
        Backward(Activation.Identity, [7], [8], [8]);
        Forward(Activation.Softplus, [0, -0f], [0.6931472f, 0.6931472f]);
        foreach (var activation in new[] { Activation.Silu, Activation.Gelu, Activation.GeluTanh })
        {
            Forward(activation, [0, -0f], [0, -0f]);
            Backward(activation, [0, -0f], [8, 8], [4, 4]);
        }
    }

    [Fact]
    public void Scaled_tanh_maps_one_to_nearly_one() => Everywhere(scope =>
    {
        // LeCun chose the factors so that f(1) = 1 and f(-1) = -1; as decimals they miss that by 4e-6.
        using var y = scope.Accelerator.Allocate<float>(2);
        Activations.PrepareForward(scope.Accelerator, Activation.ScaledTanh, scope.Of(1f, -1f), y).Run();
        Assert.Equal(1, y.ToArray()[0], 1e-5);
        Assert.Equal(-1, y.ToArray()[1], 1e-5);
    });

    [Theory]
    [MemberData(nameof(All))]
    public void NaN_passes_through_and_spoils_no_neighbour(Activation activation) => Everywhere(scope =>
    {
        var a = Enumerable.Repeat(1f, 37).ToArray();
        a[19] = float.NaN;
        var y = scope.Floats(37);
        Activations.PrepareForward(scope.Accelerator, activation, scope.Of(a), y).Run();
        var found = y.ToArray();
        Assert.Equal([19], Enumerable.Range(0, 37).Where(i => float.IsNaN(found[i])));
    });

    [Fact]
    public void Wrong_shapes_are_refused_with_both()
    {
        Assert.Contains("y must have 4 elements, it has 3", Refusal(s =>
            Activations.PrepareForward(s.Accelerator, Activation.Relu, s.Floats(4), s.Floats(3))), StringComparison.Ordinal);
        Assert.Contains("dy must have 4 elements, it has 3", Refusal(s =>
            Activations.PrepareBackward(s.Accelerator, Activation.Relu, s.Floats(4), s.Floats(3), s.Floats(4))), StringComparison.Ordinal);
        Assert.Contains("no activation 17", Refusal(s =>
            Activations.PrepareForward(s.Accelerator, (Activation)17, s.Floats(4), s.Floats(4))), StringComparison.Ordinal);
    }

    private void Forward(Activation activation, float[] a, float[] expected) => Everywhere(scope =>
    {
        var y = scope.Floats(a.Length);
        Activations.PrepareForward(scope.Accelerator, activation, scope.Of(a), y).Run();
        Assert.All(expected.Zip(y.ToArray()), p => Assert.True(p.First == p.Second || Math.Abs(p.First - p.Second) <= Math.Abs(p.First) * 3e-7f,
            $"{activation}: {p.Second:G9} should be {p.First:G9}"));
    });

    private void Backward(Activation activation, float[] kept, float[] dy, float[] expected) => Everywhere(scope =>
    {
        var da = scope.Floats(kept.Length);
        Activations.PrepareBackward(scope.Accelerator, activation, scope.Of(kept), scope.Of(dy), da).Run();
        Assert.All(expected.Zip(da.ToArray()), p => Near(p.First, p.Second));
    });
}
