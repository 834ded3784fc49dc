using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public static partial class ParameterUpdate
{
    private sealed record Twin(UpdateRule Rule, UpdateSettings Settings, UpdateMemory Memory) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            Rule.Prepare<TSimd, TVector>(cpu, Settings, Memory);
    }

    internal sealed unsafe class TwinLaunch<TRule, TSimd, TVector>(
        CpuAccelerator cpu, UpdateSettings settings, UpdateMemory memory, UpdateNumbers<float> constants)
        : CpuLaunch(cpu, $"update {settings.Optimizer.Optimizer.Name}", CpuElements.Parts(memory.Parameters.Length),
            (12L + (8 * TRule.Slots)) * memory.Parameters.Length)
        where TRule : struct, IUpdateRule where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _count = memory.Parameters.Length;
        private readonly int _decayed = settings is { L2: 0, WeightDecay: 0 } ? 0 : memory.Decayed;
        private readonly float* _gradients = memory.Gradients.Pointer();
        private readonly float* _first = TRule.Slots > 0 ? memory.Slots[0].Pointer() : null;
        private readonly float* _second = TRule.Slots > 1 ? memory.Slots[1].Pointer() : null;
        private readonly float* _rates = memory.Rates.Pointer();
        private readonly int* _cursor = memory.Cursor.Pointer();
        private readonly float* _control = memory.Control is { } control ? control.Pointer() : null;
        private readonly float* _parameters = memory.Parameters.Pointer();

        public override void RunPart(int part)
        {
            if (_control != null && _control[StepControl.Applies] == 0f)
            {
                return;
            }

            var (first, end) = RowRange(_count, Parts, part);
            var border = Math.Clamp(_decayed, first, end);
            Step(first, border, settings.L2 != 0, settings.WeightDecay != 0);
            Step(border, end, adds: false, shrinks: false);
        }

        /// <summary>Updates a range of parameters.</summary>
        /// <param name="i">The first.</param>
        /// <param name="end">The one behind the last.</param>
        /// <param name="adds">Whether L2 adds to their gradients.</param>
        /// <param name="shrinks">Whether they decay.</param>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Step(int i, int end, bool adds, bool shrinks)
        {
            var rate = _rates[_cursor[StepCursor.Step]];
            var k = Broadcast(TRule.Begin(constants, _cursor[StepCursor.Updates] + 1));
            var (l2, decay) = (TSimd.Broadcast(settings.L2), TSimd.Broadcast(-rate * settings.WeightDecay));
            var scale = TSimd.Broadcast(_control == null ? 1f : _control[StepControl.Scale]);
            var (least, most) = (TSimd.Broadcast(-settings.ClipValue), TSimd.Broadcast(settings.ClipValue));
            var step = TSimd.Broadcast(-rate);
            while (i < end)
            {
                var count = end - i;
                var w = Load(_parameters + i, count);
                var g = TSimd.Multiply(Load(_gradients + i, count), scale);
                g = TSimd.MaxOrSecond(least, TSimd.MinOrSecond(most, g));
                g = adds ? TSimd.Fma(l2, w, g) : g;
                w = shrinks ? TSimd.Fma(decay, w, w) : w;
                var updated = TRule.Apply<TSimd, TVector>(
                    k, g, TRule.Slots > 0 ? Load(_first + i, count) : g, TRule.Slots > 1 ? Load(_second + i, count) : g);
                if (TRule.Slots > 0)
                {
                    Store(_first + i, Kept<TSimd, TVector>(updated.First), count);
                }

                if (TRule.Slots > 1)
                {
                    Store(_second + i, Kept<TSimd, TVector>(updated.Second), count);
                }

                Store(_parameters + i, TSimd.Fma(step, updated.Change, w), count);
                i += TSimd.Width;
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
}
