using Gpu.Kernels.Checks;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

public class SoftmaxTests(Devices devices) : OpsTests(devices)
{
    [Fact]
    public void Logarithms_of_integers() => Everywhere(scope =>
    {
        var p = Forward(scope, 2, 2, MathF.Log(2), MathF.Log(3), MathF.Log(4), MathF.Log(7));
        Near(2.0 / 5, p[0]);
        Near(3.0 / 5, p[1]);
        Near(4.0 / 11, p[2]);
        Near(7.0 / 11, p[3]);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(33)]
    public void Rows_sum_to_one(int n) => Everywhere(scope =>
    {
        var p = Forward(scope, 5, n, new CaseRandom("softmax").Array(5 * n, r => r.Between(-20, 20)));
        for (var row = 0; row < 5; row++)
        {
            Assert.Equal(1, p.AsSpan(row * n, n).ToArray().Sum(v => (double)v), 4e-7);
        }
    });

    [Fact]
    public void A_shift_of_all_logits_changes_no_bit() => Everywhere(scope =>
    {
        float[] a = [1, -2, 3, 0.5f, 7, -8, 0, 2.25f, 1, 1];
        Assert.Equal(Forward(scope, 1, 10, a), Forward(scope, 1, 10, [.. a.Select(v => v + 64)]));
    });

    [Fact]
    public void Equal_logits_share_alike() => Everywhere(scope =>
        Assert.All(Forward(scope, 1, 10, [.. Enumerable.Repeat(-1e4f, 10)]), p => Near(0.1, p)));

    [Fact]
    public void Logits_of_ten_thousand() => Everywhere(scope =>
        Assert.Equal([0, 1, 0, 0.5f, 0, 0.5f], Forward(scope, 2, 3, -1e4f, 1e4f, 0, 1e4f, -1e4f, 1e4f)));

    [Fact]
    public void Minus_infinity_has_no_share() => Everywhere(scope =>
        Assert.Equal([0, 0.5f, 0.5f], Forward(scope, 1, 3, float.NegativeInfinity, 2, 2)));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void NaN_and_infinity_spoil_their_row_alone(float value) => Everywhere(scope =>
    {
        var p = Forward(scope, 3, 2, 1, 1, 5, value, 1, 1);
        Assert.Equal([0.5f, 0.5f, float.NaN, float.NaN, 0.5f, 0.5f], p);
    });

    [Fact]
    public void Works_in_place() => Everywhere(scope =>
    {
        var a = scope.Of(MathF.Log(2), MathF.Log(3));
        Softmax.PrepareForward(scope.Accelerator, a, 1, 2, a).Run();
        Near(0.4, a.ToArray()[0]);
        Near(0.6, a.ToArray()[1]);
    });

    [Fact]
    public void Wrong_shapes_are_refused_with_both()
    {
        Assert.Contains("a must have 2 x 3 = 6 elements, it has 5", Refusal(s =>
            Softmax.PrepareForward(s.Accelerator, s.Floats(5), 2, 3, s.Floats(6))), StringComparison.Ordinal);
        Assert.Contains("p must have 2 x 3 = 6 elements, it has 7", Refusal(s =>
            Softmax.PrepareForward(s.Accelerator, s.Floats(6), 2, 3, s.Floats(7))), StringComparison.Ordinal);
        Assert.Contains("n must be 1 or more, it is 0", Refusal(s =>
            Softmax.PrepareForward(s.Accelerator, s.Floats(0), 2, 0, s.Floats(0))), StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_by_hand() => Everywhere(scope =>
    {
        // A gradient that is the same everywhere moves no probability; dot = 0.25 * 4 + 0.75 * 0 = 1.
        var (p, dp) = (scope.Of(0.25f, 0.75f, 0.25f, 0.75f), scope.Of(3f, 3f, 4f, 0f));
        Softmax.PrepareBackward(scope.Accelerator, p, dp, 2, 2, dp).Run();
        Assert.Equal([0f, 0f, 0.75f, -0.75f], dp.ToArray());
    });

    [Fact]
    public void Backward_refuses_what_does_not_fit() =>
        Assert.Contains("dp must have 2 x 3 = 6 elements, it has 7", Refusal(s =>
            Softmax.PrepareBackward(s.Accelerator, s.Floats(6), s.Floats(7), 2, 3, s.Floats(6))), StringComparison.Ordinal);

    private static float[] Forward(OpsScope scope, int m, int n, params float[] a)
    {
        var p = scope.Floats(m * n);
        Softmax.PrepareForward(scope.Accelerator, scope.Of(a), m, n, p).Run();
        return p.ToArray();
    }
}
