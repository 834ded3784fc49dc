using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public static partial class Activations
{
    private sealed record ForwardTwin(Activation Activation, DeviceView<float> A, DeviceView<float> Y) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            ActivationList.Choose<Visitor<TSimd, TVector>, (CpuAccelerator, ForwardTwin), CpuLaunch>(Activation, (cpu, this));

        private readonly struct Visitor<TSimd, TVector> : IActivationVisitor<(CpuAccelerator Cpu, ForwardTwin Twin), CpuLaunch>
            where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            public static CpuLaunch Visit<TActivation>((CpuAccelerator Cpu, ForwardTwin Twin) argument) where TActivation : struct, IActivationFunction =>
                new ForwardLaunch<TSimd, TVector, TActivation>(argument.Cpu, argument.Twin);
        }
    }

    private sealed record BackwardTwin(Activation Activation, DeviceView<float> Kept, DeviceView<float> Dy, DeviceView<float> Da) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            ActivationList.Choose<Visitor<TSimd, TVector>, (CpuAccelerator, BackwardTwin), CpuLaunch>(Activation, (cpu, this));

        private readonly struct Visitor<TSimd, TVector> : IActivationVisitor<(CpuAccelerator Cpu, BackwardTwin Twin), CpuLaunch>
            where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            public static CpuLaunch Visit<TActivation>((CpuAccelerator Cpu, BackwardTwin Twin) argument) where TActivation : struct, IActivationFunction =>
                new BackwardLaunch<TSimd, TVector, TActivation>(argument.Cpu, argument.Twin);
        }
    }

    private sealed unsafe class ForwardLaunch<TSimd, TVector, TActivation>(CpuAccelerator cpu, ForwardTwin twin)
        : CpuLaunch(cpu, $"activation-forward {twin.Activation}", CpuElements.Parts(twin.A.Length), 8L * twin.A.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, IActivation
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
        : CpuLaunch(cpu, $"activation-backward {twin.Activation}", CpuElements.Parts(twin.Kept.Length), 12L * twin.Kept.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, IActivation
    {
        private readonly int _count = twin.Kept.Length;
        private readonly float* _kept = twin.Kept.Pointer();
        private readonly float* _dy = twin.Dy.Pointer();
        private readonly float* _da = twin.Da.Pointer();

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (i, end) = RowRange(_count, Parts, part);
            for (; i + TSimd.Width <= end; i += TSimd.Width)
            {
                TSimd.Store(_da + i, ActivationGradient.Through<TActivation, TSimd, TVector>(TSimd.Load(_dy + i), TSimd.Load(_kept + i)));
            }

            if (i < end)
            {
                var (dy, kept) = (TSimd.LoadPartial(_dy + i, end - i), TSimd.LoadPartial(_kept + i, end - i));
                TSimd.StorePartial(_da + i, ActivationGradient.Through<TActivation, TSimd, TVector>(dy, kept), end - i);
            }
        }
    }
}
