using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// An optimizer's rule on ranges of parameters, vector by vector, for twins: the one that goes through all parameters, and those that make the
/// gradient of a few and have it in the first-level cache when it is used.
/// </summary>
/// <param name="settings">The optimizer, and what it is told.</param>
/// <param name="memory">What it reads and writes; gradients are given with each range.</param>
/// <param name="constants">The numbers of the rule.</param>
internal sealed unsafe class UpdateVectors<TRule, TSimd, TVector>(UpdateSettings settings, UpdateMemory memory, UpdateNumbers<float> constants)
    where TRule : struct, IUpdateRule where TSimd : struct, ISimd<TVector> where TVector : struct
{
    private readonly int _decayed = settings is { L2: 0, WeightDecay: 0 } ? 0 : memory.Decayed;
    private readonly float* _first = TRule.Slots > 0 ? memory.Slots[0].Pointer() : null;
    private readonly float* _second = TRule.Slots > 1 ? memory.Slots[1].Pointer() : null;
    private readonly float* _rates = memory.Rates.Pointer();
    private readonly int* _cursor = memory.Cursor.Pointer();
    private readonly float* _control = memory.Control is { } control ? control.Pointer() : null;
    private readonly float* _parameters = memory.Parameters.Pointer();

    /// <summary>Bytes that it moves, of all parameters.</summary>
    internal static long Bytes(UpdateMemory memory) => (12L + (8 * TRule.Slots)) * memory.Parameters.Length;

    /// <summary>What is the same for all parameters of a step.</summary>
    internal UpdateNumbers<float> Begin() => TRule.Begin(constants, _cursor[StepCursor.Updates] + 1);

    /// <summary>Updates a range of parameters.</summary>
    /// <param name="begun">What <see cref="Begin"/> gave in this step.</param>
    /// <param name="first">The first parameter.</param>
    /// <param name="end">The one behind the last.</param>
    /// <param name="gradients">The gradient by the first parameter, the others behind it.</param>
    internal void Update(UpdateNumbers<float> begun, int first, int end, float* gradients)
    {
        var border = Math.Clamp(_decayed, first, end);
        Update(begun, first, border, gradients, settings.L2 != 0, settings.WeightDecay != 0);
        Update(begun, border, end, gradients + (border - first), adds: false, shrinks: false);
    }

    /// <summary>As above.</summary>
    /// <param name="begun">What <see cref="Begin"/> gave in this step.</param>
    /// <param name="i">The first parameter.</param>
    /// <param name="end">The one behind the last.</param>
    /// <param name="gradients">The gradient by the first parameter.</param>
    /// <param name="adds">Whether L2 adds to their gradients.</param>
    /// <param name="shrinks">Whether they decay.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update(UpdateNumbers<float> begun, int i, int end, float* gradients, bool adds, bool shrinks)
    {
        var rate = _rates[_cursor[StepCursor.Step]];
        var k = Broadcast(begun);
        var (l2, decay) = (TSimd.Broadcast(settings.L2), TSimd.Broadcast(-rate * settings.WeightDecay));
        var scale = TSimd.Broadcast(_control == null ? 1f : _control[StepControl.Scale]);
        var (least, most) = (TSimd.Broadcast(-settings.ClipValue), TSimd.Broadcast(settings.ClipValue));
        var step = TSimd.Broadcast(-rate);
        for (; i < end; i += TSimd.Width, gradients += TSimd.Width)
        {
            var count = end - i;
            var w = Load(_parameters + i, count);
            var g = TSimd.Multiply(Load(gradients, count), scale);
            g = TSimd.MaxOrSecond(least, TSimd.MinOrSecond(most, g));
            g = adds ? TSimd.Fma(l2, w, g) : g;
            w = shrinks ? TSimd.Fma(decay, w, w) : w;
            var updated = TRule.Apply<TSimd, TVector>(
                k, g, TRule.Slots > 0 ? Load(_first + i, count) : g, TRule.Slots > 1 ? Load(_second + i, count) : g);
            if (TRule.Slots > 0)
            {
                Store(_first + i, TSimd.FlushToZero(updated.First), count);
            }

            if (TRule.Slots > 1)
            {
                Store(_second + i, TSimd.FlushToZero(updated.Second), count);
            }

            Store(_parameters + i, TSimd.Fma(step, updated.Change, w), count);
        }
    }

    /// <summary>A whole vector, or what is left of the range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load(float* source, int count) => count >= TSimd.Width ? TSimd.Load(source) : TSimd.LoadPartial(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, TVector value, int count)
    {
        if (count >= TSimd.Width)
        {
            TSimd.Store(target, value);
            return;
        }

        TSimd.StorePartial(target, value, count);
    }

    private static UpdateNumbers<TVector> Broadcast(UpdateNumbers<float> k) => new(
        TSimd.Broadcast(k.A), TSimd.Broadcast(k.B), TSimd.Broadcast(k.C), TSimd.Broadcast(k.D), TSimd.Broadcast(k.E), TSimd.Broadcast(k.F),
        TSimd.Broadcast(k.G));
}
