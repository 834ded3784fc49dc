using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public static partial class ParameterUpdate
{
    private sealed record Twin(UpdateRule Rule, UpdateSettings Settings, UpdateMemory Memory) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            Rule.Accept(new Visitor<TSimd, TVector>(cpu, this));

        private sealed record Visitor<TSimd, TVector>(CpuAccelerator Cpu, Twin Twin) : IRuleVisitor
            where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            public CpuLaunch Visit<TRule>(UpdateNumbers<float> constants) where TRule : struct, IUpdateRule =>
                new TwinLaunch<TRule, TSimd, TVector>(Cpu, Twin.Settings, Twin.Memory, constants);
        }
    }

    private sealed unsafe class TwinLaunch<TRule, TSimd, TVector>(
        CpuAccelerator cpu, UpdateSettings settings, UpdateMemory memory, UpdateNumbers<float> constants)
        : CpuLaunch(cpu, $"update {settings.Optimizer.Optimizer.Name}", CpuElements.Parts(memory.Parameters.Length), UpdateVectors<TRule, TSimd, TVector>.Bytes(memory))
        where TRule : struct, IUpdateRule where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly UpdateVectors<TRule, TSimd, TVector> _vectors = new(settings, memory, constants);
        private readonly int _count = memory.Parameters.Length;
        private readonly float* _gradients = memory.Gradients.Pointer();
        private readonly float* _control = memory.Control is { } control ? control.Pointer() : null;

        public override void RunPart(int part)
        {
            if (_control != null && _control[StepControl.Applies] == 0f)
            {
                return;
            }

            var (first, end) = RowRange(_count, Parts, part);
            _vectors.Update(_vectors.Begin(), first, end, _gradients + first);
        }
    }
}
