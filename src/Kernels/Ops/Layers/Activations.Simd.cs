using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public static partial class Activations
{
    private sealed record ForwardTwin(Activation Activation, DeviceView<float> A, DeviceView<float> Y) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            SimdActivation.Choose<Visitor<TSimd, TVector>, CpuLaunch>(Activation, new(cpu, this));

        private readonly record struct Visitor<TSimd, TVector>(CpuAccelerator Cpu, ForwardTwin Twin) : IActivationVisitor<CpuLaunch>
            where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            public CpuLaunch Visit<TActivation>() where TActivation : struct, ISimdActivation =>
                new ForwardLaunch<TSimd, TVector, TActivation>(Cpu, Twin);
        }
    }

    private sealed record BackwardTwin(Activation Activation, DeviceView<float> Y, DeviceView<float> Dy, DeviceView<float> Da) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            SimdActivation.Choose<Visitor<TSimd, TVector>, CpuLaunch>(Activation, new(cpu, this));

        private readonly record struct Visitor<TSimd, TVector>(CpuAccelerator Cpu, BackwardTwin Twin) : IActivationVisitor<CpuLaunch>
            where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            public CpuLaunch Visit<TActivation>() where TActivation : struct, ISimdActivation =>
                new BackwardLaunch<TSimd, TVector, TActivation>(Cpu, Twin);
        }
    }

    private sealed unsafe class ForwardLaunch<TSimd, TVector, TActivation>(CpuAccelerator cpu, ForwardTwin twin)
        : CpuLaunch(cpu, $"activation-forward {twin.Activation}", CpuElements.Parts(twin.A.Length), 8L * twin.A.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, ISimdActivation
    {
        private readonly int _count = twin.A.Length;
        private readonly float* _a = twin.A.Pointer();
        private readonly float* _y = twin.Y.Pointer();

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (i, end) = RowRange(_count, Parts, part);
            for (; i + TSimd.Width <= end; i += TSimd.Width)
            {
                TSimd.Store(_y + i, TActivation.Apply<TSimd, TVector>(TSimd.Load(_a + i)));
            }

            if (i < end)
            {
                TSimd.StorePartial(_y + i, TActivation.Apply<TSimd, TVector>(TSimd.LoadPartial(_a + i, end - i)), end - i);
            }
        }
    }

    private sealed unsafe class BackwardLaunch<TSimd, TVector, TActivation>(CpuAccelerator cpu, BackwardTwin twin)
        : CpuLaunch(cpu, $"activation-backward {twin.Activation}", CpuElements.Parts(twin.Y.Length), 12L * twin.Y.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, ISimdActivation
    {
        private readonly int _count = twin.Y.Length;
        private readonly float* _y = twin.Y.Pointer();
        private readonly float* _dy = twin.Dy.Pointer();
        private readonly float* _da = twin.Da.Pointer();

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (i, end) = RowRange(_count, Parts, part);
            for (; i + TSimd.Width <= end; i += TSimd.Width)
            {
                var slope = TActivation.Derivative<TSimd, TVector>(TSimd.Load(_y + i));
                TSimd.Store(_da + i, TSimd.Multiply(TSimd.Load(_dy + i), slope));
            }

            if (i < end)
            {
                var slope = TActivation.Derivative<TSimd, TVector>(TSimd.LoadPartial(_y + i, end - i));
                TSimd.StorePartial(_da + i, TSimd.Multiply(TSimd.LoadPartial(_dy + i, end - i), slope), end - i);
            }
        }
    }
}
