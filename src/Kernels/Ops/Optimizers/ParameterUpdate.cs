using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// One launch that changes all parameters by an optimizer's rule: g = clip(scale gradient) + l2 w, w -= rate decay w, w -= rate d(g, state).
/// Decay and L2 work on the weights alone; decay beside the gradient is that of Loshchilov and Hutter, "Decoupled weight decay
/// regularization" (2019), as PyTorch's AdamW has it. Where the gradient's norm was measured, it decides on the scale and on whether
/// anything changes at all.
/// </summary>
public static partial class ParameterUpdate
{
    /// <summary>The most slots of state that a rule may have.</summary>
    public const int MostSlots = 2;

    /// <summary>Where the numbers of a kernel hold L2, decay and the largest magnitude of a gradient, and where those of its rule begin.</summary>
    private const int L2 = 0;
    private const int Decay = 1;
    private const int Clip = 2;
    private const int RuleNumbers = 3;

    /// <summary>One index a parameter.</summary>
    /// <param name="i">The parameter.</param>
    /// <param name="gradients">The gradient by each parameter.</param>
    /// <param name="rates">The rate of each step of the epoch.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>.</param>
    /// <param name="control">See <see cref="StepControl"/>, read where <paramref name="isControlled"/> is 1.</param>
    /// <param name="isControlled">Whether the gradient's norm decides on the step.</param>
    /// <param name="numbers">{l2, decay, clip, the numbers of the rule}.</param>
    /// <param name="regularized">How many parameters, from the first, L2 works on.</param>
    /// <param name="decayed">How many parameters, from the first, decay works on.</param>
    /// <param name="count">How many parameters there are.</param>
    /// <param name="first">The first slot of state, where the rule has one.</param>
    /// <param name="second">The second slot, where it has two.</param>
    /// <param name="parameters">Updated.</param>
    public static void UpdateKernel<TRule>(Index1D i, ArrayView<float> gradients, ArrayView<float> rates, ArrayView<int> cursor,
        ArrayView<float> control, int isControlled, ArrayView<float> numbers, int regularized, int decayed, int count,
        ArrayView<float> first, ArrayView<float> second, ArrayView<float> parameters) where TRule : struct, IUpdateRule
    {
        if (i >= count || (isControlled != 0 && control[StepControl.Applies] == 0f))
        {
            return;
        }

        var rate = rates[cursor[StepCursor.Step]];
        var w = parameters[i];
        var g = isControlled != 0 ? gradients[i] * control[StepControl.Scale] : gradients[i];
        g = KernelMath.Max(-numbers[Clip], KernelMath.Min(numbers[Clip], g));
        g = i < regularized ? KernelMath.Fma(numbers[L2], w, g) : g;
        w = i < decayed ? KernelMath.Fma(-rate * numbers[Decay], w, w) : w;
        var k = TRule.Begin(new UpdateNumbers<float>(numbers[RuleNumbers], numbers[RuleNumbers + 1], numbers[RuleNumbers + 2],
            numbers[RuleNumbers + 3], numbers[RuleNumbers + 4], numbers[RuleNumbers + 5], numbers[RuleNumbers + 6]), cursor[StepCursor.Updates] + 1);
        var updated = TRule.Apply<SimdScalar, float>(k, g, TRule.Slots > 0 ? first[i] : 0f, TRule.Slots > 1 ? second[i] : 0f);

        // Without a gradient a mean shrinks by its factor in every step and would stay among the subnormal numbers for good.
        if (TRule.Slots > 0)
        {
            first[i] = KernelMath.FlushToZero(updated.First);
        }

        if (TRule.Slots > 1)
        {
            second[i] = KernelMath.FlushToZero(updated.Second);
        }

        parameters[i] = KernelMath.Fma(-rate, updated.Change, w);
    }

    /// <summary>Prepares one step on all parameters.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="settings">The optimizer, and what it is told.</param>
    /// <param name="memory">What it reads and writes.</param>
    public static Launch Prepare(ComputeAccelerator accelerator, UpdateSettings settings, UpdateMemory memory)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(memory);
        RequireShapes(settings, memory);
        var rule = settings.Optimizer.Optimizer.Rule(settings);
        if (accelerator is CpuAccelerator cpu)
        {
            return cpu.Prepare(new Twin(rule, settings, memory));
        }

        var k = rule.Constants;
        var numbers = accelerator.Keep(accelerator.Allocate<float>(RuleNumbers + UpdateNumbers<float>.Count));
        numbers.CopyFrom([settings.L2, settings.WeightDecay, settings.ClipValue, k.A, k.B, k.C, k.D, k.E, k.F, k.G]);
        var (parameters, slots) = (memory.Parameters, memory.Slots);
        return accelerator.Prepare(rule.Kernel, LaunchShape.Linear(parameters.Length), memory.Gradients, memory.Rates, memory.Cursor,
            memory.Control ?? memory.Rates, memory.Control is null ? 0 : 1, numbers, settings.L2 == 0 ? 0 : memory.Decayed,
            settings.WeightDecay == 0 ? 0 : memory.Decayed, parameters.Length, slots.Count > 0 ? slots[0] : parameters,
            slots.Count > 1 ? slots[1] : parameters, parameters);
    }

    /// <summary>Throws where the memory is not that of the optimizer, or not of one length.</summary>
    internal static void RequireShapes(UpdateSettings settings, UpdateMemory memory)
    {
        var (name, count) = (settings.Optimizer.Optimizer.Name, memory.Parameters.Length);
        Require.Length(memory.Gradients, count, name, "gradients");
        Require.AtLeast(memory.Rates, 1, name, "rates");
        Require.Length(memory.Cursor, StepCursor.Length, name, "cursor");
        Require.AtLeast(memory.Parameters, memory.Decayed, name, "parameters");
        ArgumentOutOfRangeException.ThrowIfNegative(memory.Decayed);
        if (memory.Control is { } control)
        {
            Require.Length(control, StepControl.Length, name, "control");
        }

        var slots = settings.Slots;
        if (slots.Count != memory.Slots.Count)
        {
            throw new ArgumentException(
                $"{name}: expected the state {(slots.Count == 0 ? "none" : string.Join(", ", slots))}, found {memory.Slots.Count} slabs.", nameof(memory));
        }

        for (var i = 0; i < slots.Count; i++)
        {
            Require.Length(memory.Slots[i], count, name, slots[i]);
        }
    }
}
