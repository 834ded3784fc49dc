using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

/// <summary>The optimizer, the bias gradient and the end of a step, with numbers that can be done by hand.</summary>
public class UpdateTests(Devices devices) : OpsTests(devices)
{
    [Fact]
    public void Sgd_takes_the_rate_of_its_step() => Everywhere(scope =>
    {
        var w = scope.Of(1f, 2f, 3f);
        var cursor = scope.Cursor(step: 1);
        Update(scope, new(OptimizerChoice.Default), w, scope.Of(4f, -4f, 0f), rates: scope.Of(9f, 0.25f), cursor: cursor).Run();
        Assert.Equal([0, 3, 3], w.ToArray());
    });

    [Fact]
    public void Momentum_carries_the_velocity_on() => Everywhere(scope =>
    {
        // g = 2 in every step, momentum 1/2, rate 1: v = 2, 3, 3.5 and w = 10 - 2 - 3 - 3.5.
        var (w, v) = (scope.Of(10f), scope.Of(0f));
        var step = Update(scope, new(OptimizerChoice.Default, Momentum: 0.5f), w, scope.Of(2f), slots: v.View);
        foreach (var (velocity, weight) in new[] { (2f, 8f), (3f, 5f), (3.5f, 1.5f) })
        {
            step.Run();
            Assert.Equal([velocity], v.ToArray());
            Assert.Equal([weight], w.ToArray());
        }
    });

    public static TheoryData<string> WithState =>
        [.. Optimizers.All.Where(optimizer => Stateful(optimizer).Slots.Count > 0).Select(optimizer => optimizer.Name)];

    [Theory]
    [MemberData(nameof(WithState))]
    public void State_below_the_normal_numbers_becomes_0_and_NaN_stays(string name) => Everywhere(scope =>
    {
        var settings = Stateful(Optimizers.All.Single(optimizer => optimizer.Name == name));
        var slots = settings.Slots.Select(_ => scope.Of(1e-39f, 1e-45f, float.NaN, 1f)).ToArray();
        Update(scope, settings, scope.Of(1f, 1f, 1f, 1f), scope.Of(0f, 0f, 0f, 0f), slots: [.. slots.Select(slot => slot.View)]).Run();
        Assert.All(slots, slot =>
        {
            var after = slot.ToArray();
            Assert.Equal([0f, 0f, float.NaN], after[..3]);
            Assert.InRange(after[3], 0.05f, 1f);
        });
    });

    private static UpdateSettings Stateful(Optimizer optimizer) => new(new OptimizerChoice(optimizer), Momentum: optimizer.TakesMomentum ? 0.5f : 0);

    [Fact]
    public void L2_pulls_weights_and_leaves_biases() => Everywhere(scope =>
    {
        var w = scope.Of(8f, 8f, 8f);
        Update(scope, new(OptimizerChoice.Default, L2: 0.25f), w, scope.Of(1f, 1f, 1f), scope.Of(0.5f), decayed: 2).Run();
        Assert.Equal([6.5f, 6.5f, 7.5f], w.ToArray());
    });

    [Fact]
    public void Decay_shrinks_weights_by_a_share_of_the_rate_and_leaves_biases() => Everywhere(scope =>
    {
        var w = scope.Of(8f, 8f, 8f);
        Update(scope, new(OptimizerChoice.Default, WeightDecay: 0.25f), w, scope.Of(1f, 1f, 1f), scope.Of(0.5f), decayed: 2).Run();
        Assert.Equal([6.5f, 6.5f, 7.5f], w.ToArray());
    });

    [Fact]
    public void Nesterov_looks_a_step_ahead() => Everywhere(scope =>
    {
        // g = 2 in every step, momentum 1/2, rate 1: v = 2, 3 and w = 10 - (2 + 1) - (2 + 1.5).
        var (w, v) = (scope.Of(10f), scope.Of(0f));
        var step = Update(scope, new(OptimizerChoice.Parse("sgd:nesterov")!, Momentum: 0.5f), w, scope.Of(2f), slots: v.View);
        foreach (var (velocity, weight) in new[] { (2f, 7f), (3f, 3.5f) })
        {
            step.Run();
            Assert.Equal([velocity], v.ToArray());
            Assert.Equal([weight], w.ToArray());
        }
    });

    [Fact]
    public void An_update_refuses_what_does_not_fit()
    {
        var plain = new UpdateSettings(OptimizerChoice.Default);
        var momentum = plain with { Momentum = 0.5f };
        Assert.Contains("sgd: gradients must have 3 elements, it has 2", Refusal(s => Update(s, plain, s.Floats(3), s.Floats(2))), StringComparison.Ordinal);
        Assert.Contains("velocity must have 3 elements, it has 2", Refusal(s =>
            Update(s, momentum, s.Floats(3), s.Floats(3), slots: s.Floats(2).View)), StringComparison.Ordinal);
        Assert.Contains("parameters must have at least 4 elements, it has 3", Refusal(s =>
            Update(s, plain with { L2 = 1 }, s.Floats(3), s.Floats(3), decayed: 4)), StringComparison.Ordinal);
        Assert.Contains("expected the state velocity, found 0 slabs", Refusal(s => Update(s, momentum, s.Floats(3), s.Floats(3))), StringComparison.Ordinal);
        Assert.Contains($"cursor must have {StepCursor.Length} elements, it has 3", Refusal(s =>
            Update(s, plain, s.Floats(3), s.Floats(3), cursor: s.Ints(3))), StringComparison.Ordinal);
    }

    [Fact]
    public void Column_sums_by_hand() => Everywhere(scope =>
    {
        var (dy, sums) = (scope.Of(1f, 2f, 3f, 4f, 5f, float.NaN), scope.Of(7f, 7f, 7f));
        ColumnSum.Prepare(scope.Accelerator, dy, 2, 3, sums).Run();
        Assert.Equal([5, 7, float.NaN], sums.ToArray());
        ColumnSum.Prepare(scope.Accelerator, scope.Floats(0), 0, 3, sums).Run();
        Assert.Equal([0, 0, 0], sums.ToArray());
    });

    [Fact]
    public void Bias_steps_against_its_column_sum() => Everywhere(scope =>
    {
        var bias = scope.Of(1f, 1f);
        ColumnSum.PrepareUpdate(scope.Accelerator, scope.Of(1f, 2f, 3f, 4f), scope.Of(9f, 9f, 0.5f), scope.Cursor(step: 2), 2, 2, bias).Run();
        Assert.Equal([-1, -2], bias.ToArray());
    });

    [Fact]
    public void Column_sum_refuses_what_does_not_fit()
    {
        Assert.Contains("dy must have 2 x 3 = 6 elements, it has 5", Refusal(s =>
            ColumnSum.Prepare(s.Accelerator, s.Floats(5), 2, 3, s.Floats(3))), StringComparison.Ordinal);
        Assert.Contains("bias must have 3 elements, it has 2", Refusal(s =>
            ColumnSum.PrepareUpdate(s.Accelerator, s.Floats(6), s.Floats(1), s.Cursor(), 2, 3, s.Floats(2))), StringComparison.Ordinal);
        Assert.Contains("rates must have at least 1 elements, it has 0", Refusal(s =>
            ColumnSum.PrepareUpdate(s.Accelerator, s.Floats(6), s.Floats(0), s.Cursor(), 2, 3, s.Floats(3))), StringComparison.Ordinal);
    }

    [Fact]
    public void Tally_adds_up_and_moves_on() => Everywhere(scope =>
    {
        var (totals, counts, cursor) = (scope.Of(0.5f, 0f), scope.Of(3, StepCounts.None, 0, 0, 0, 0, 0, 0), scope.Of(4, 8, 30, 1, 7, 0));
        Tally.Prepare(scope.Accelerator, scope.Of(0.25f, 2f), scope.Of(1, 0), 2, null, totals, counts, cursor).Run();
        Assert.Equal(2.75f, totals.ToArray()[0]);
        Assert.Equal([4, StepCounts.None], counts.ToArray()[..2]);
        Assert.Equal([5, 10, 31, 2, 7, 0], cursor.ToArray());
    });

    [Fact]
    public void Tally_of_an_epoch_has_the_precision_of_a_few_additions() => Everywhere(scope =>
    {
        // 60,000 losses of a tenth: added up plainly in float32 the sum is off by 1,200 times what is allowed here.
        var totals = scope.Of(0f, 0f);
        var step = Tally.Prepare(scope.Accelerator, scope.Of([.. Enumerable.Repeat(0.1f, 600)]), scope.Ints(600), 600, null, totals, scope.Ints(StepCounts.Length), scope.Cursor());
        for (var i = 0; i < 100; i++)
        {
            step.Run();
        }

        Near(60_000 * (double)0.1f, totals.ToArray()[0], ulps: 8);
    });

    [Fact]
    public void Tally_keeps_the_first_step_that_is_not_finite() => Everywhere(scope =>
    {
        var (losses, counts) = (scope.Of(1f, 1f), scope.Of(0, StepCounts.None, 0, 0, 0, 0, 0, 0));
        var step = Tally.Prepare(scope.Accelerator, losses, scope.Ints(2), 2, null, scope.Floats(2), counts, scope.Cursor(step: 3));
        foreach (var (loss, bad) in new[] { (1f, StepCounts.None), (float.NaN, 4), (1f, 4), (float.PositiveInfinity, 4) })
        {
            losses.CopyFrom([loss], 1);
            step.Run();
            Assert.Equal(bad, counts.ToArray()[StepCounts.BadStep]);
        }
    });

    [Fact]
    public void Tally_leaves_a_skipped_step_out() => Everywhere(scope =>
    {
        // The middle one of three steps is not to be taken: its NaN reaches no total.
        var (losses, totals, counts) = (scope.Of(1f, 2f), scope.Floats(2), scope.Of(0, StepCounts.None, 0, 0, 0, 0, 0, 0));
        var (control, cursor) = (scope.Of(1f, 1f, 1f, 0f), scope.Cursor());
        var step = Tally.Prepare(scope.Accelerator, losses, scope.Of(1, 1), 2, control.View, totals, counts, cursor);
        step.Run();
        losses.CopyFrom([float.NaN]);
        control.CopyFrom([float.NaN, float.NaN, 0f, 0f]);
        step.Run();
        losses.CopyFrom([1f]);
        control.CopyFrom([1f, 1f, 1f, 0f]);
        step.Run();
        Assert.Equal([6f, 0f], totals.ToArray());
        Assert.Equal([4, 1, 1, 2], counts.ToArray()[..4]);
        Assert.Equal(2, cursor.ToArray()[StepCursor.Updates]);
    });

    [Fact]
    public void A_norm_by_hand_clips_and_a_norm_of_NaN_skips() => Everywhere(scope =>
    {
        // 3, 0, 4: a norm of 5, clipped to 1.
        var (sums, control, w) = (scope.Floats(1), scope.Floats(StepControl.Length), scope.Of(10f, 10f, 10f));
        var gradient = scope.Of(3f, 0f, 4f);
        var squares = GradientNorm.PrepareSquares(scope.Accelerator, gradient, sums);
        var norm = GradientNorm.PrepareNorm(scope.Accelerator, sums, scope.Of(1f), clip: 1f, skips: true, control);
        var step = Update(scope, new(OptimizerChoice.Default), w, gradient, scope.Of(5f), control: control.View);
        foreach (var launch in new[] { squares, norm, step })
        {
            launch.Run();
        }

        Near(5, control.ToArray()[StepControl.Norm], ulps: 4);
        Assert.Equal([7f, 10f, 6f], w.ToArray().Select(value => MathF.Round(value, 4)));
        gradient.CopyFrom([float.NaN]);
        foreach (var launch in new[] { squares, norm, step })
        {
            launch.Run();
        }

        Assert.Equal([7f, 10f, 6f], w.ToArray().Select(value => MathF.Round(value, 4)));
        Assert.Equal(0f, control.ToArray()[StepControl.Applies]);
    });

    [Fact]
    public void A_clip_of_nothing_is_refused() => Everywhere(scope => Assert.All([0f, -1f, float.NaN, float.PositiveInfinity], clip =>
        Assert.Contains("must be above 0", Assert.ThrowsAny<ArgumentException>(() => GradientNorm.PrepareNorm(
            scope.Accelerator, scope.Floats(1), scope.Floats(1), clip, skips: false, scope.Floats(StepControl.Length))).Message, StringComparison.Ordinal)));

    [Fact]
    public void Tally_keeps_NaN() => Everywhere(scope =>
    {
        var (totals, losses) = (scope.Of(0f, 0f), scope.Of(1f, float.NaN, 1f));
        var step = Tally.Prepare(scope.Accelerator, losses, scope.Ints(3), 3, null, totals, scope.Of(0, StepCounts.None, 0, 0, 0, 0, 0, 0), scope.Cursor());
        step.Run();
        losses.CopyFrom([1f, 1f, 1f]);
        step.Run();
        Assert.True(float.IsNaN(totals.ToArray()[0]));
    });

    [Fact]
    public void Tally_refuses_what_does_not_fit() =>
        Assert.Contains("correct must have 3 elements, it has 2", Refusal(s =>
            Tally.Prepare(s.Accelerator, s.Floats(3), s.Ints(2), 3, null, s.Floats(2), s.Ints(StepCounts.Length), s.Cursor())), StringComparison.Ordinal);

    [Theory]
    [InlineData(6, false)]
    [InlineData(7, true)]
    [InlineData(8, true)]
    public void Correct_samples_are_skipped_from_a_step_on(int globalStep, bool skips) => Everywhere(scope =>
    {
        var gradient = scope.Of(1f, float.NaN, 3f, 4f, 5f, 6f);
        SkipCorrect.Prepare(scope.Accelerator, scope.Of(1, 0, 1), scope.Cursor(globalStep: globalStep), 7, 3, 2, gradient).Run();
        Assert.Equal(skips ? [0, 0, 3, 4, 0, 0] : [1, float.NaN, 3, 4, 5, 6], gradient.ToArray());
    });

    [Fact]
    public void Skipping_refuses_what_does_not_fit() =>
        Assert.Contains("gradient must have 3 x 2 = 6 elements, it has 5", Refusal(s =>
            SkipCorrect.Prepare(s.Accelerator, s.Ints(3), s.Cursor(), 0, 3, 2, s.Floats(5))), StringComparison.Ordinal);

    private static Launch Update(OpsScope scope, UpdateSettings settings, DeviceBuffer<float> w, DeviceBuffer<float> gradients,
        DeviceBuffer<float>? rates = null, DeviceBuffer<int>? cursor = null, DeviceView<float>? control = null, int decayed = 0,
        params DeviceView<float>[] slots) =>
        ParameterUpdate.Prepare(scope.Accelerator, settings, new UpdateMemory
        {
            Gradients = gradients,
            Slots = slots,
            Rates = rates ?? scope.Of(1f),
            Cursor = cursor ?? scope.Cursor(),
            Control = control,
            Decayed = decayed,
            Parameters = w,
        });
}
