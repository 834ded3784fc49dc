using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>Where in an array the first NaN or infinity stands.</summary>
public static class NonFinite
{
    private const string Operation = "non-finite";

    /// <summary>One index an element: first[0] becomes the smallest index of a value that is not finite, if it was not smaller.</summary>
    public static void NonFiniteKernel(Index1D i, ArrayView<float> values, int count, ArrayView<int> first)
    {
        if (i >= count)
        {
            return;
        }

        if (!KernelMath.IsFinite(values[i]))
        {
            Atomic.Min(ref first[0], i);
        }
    }

    /// <summary>Prepares the search.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="values">What is searched.</param>
    /// <param name="first">(1): lowered to the index of the first value that is NaN or infinite; left alone where there is none.</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<float> values, DeviceView<int> first)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(first, 1, Operation);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(values, first))
            : accelerator.Prepare(NonFiniteKernel, LaunchShape.Linear(values.Length), values, values.Length, first);
    }

    private sealed record Twin(DeviceView<float> Values, DeviceView<int> First) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector>(CpuAccelerator cpu, Twin twin)
        : CpuLaunch(cpu, Operation, CpuElements.Parts(twin.Values.Length), 4L * twin.Values.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        /// <summary>Elements that are searched for their first only when there is one among them.</summary>
        private const int Block = 1024;

        private readonly float* _values = twin.Values.Pointer();
        private readonly int* _first = twin.First.Pointer();

        public override void RunPart(int part)
        {
            var (first, end) = RowRange(twin.Values.Length, Parts, part);
            for (; first < end; first += Block)
            {
                var count = Math.Min(Block, end - first);
                if (!AreFinite(_values + first, count))
                {
                    while (float.IsFinite(_values[first]))
                    {
                        first++;
                    }

                    Atomic.Min(ref *_first, first);
                    return;
                }
            }
        }

        /// <summary>0 times a finite number is 0; times any other it is NaN, which no sum loses again.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static bool AreFinite(float* values, int count)
        {
            var lanes = stackalloc float[16];
            var (sum0, sum1, sum2, sum3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
            var i = 0;
            for (; i + (4 * TSimd.Width) <= count; i += 4 * TSimd.Width)
            {
                sum0 = TSimd.Fma(TSimd.Load(values + i), TSimd.Zero, sum0);
                sum1 = TSimd.Fma(TSimd.Load(values + i + TSimd.Width), TSimd.Zero, sum1);
                sum2 = TSimd.Fma(TSimd.Load(values + i + (2 * TSimd.Width)), TSimd.Zero, sum2);
                sum3 = TSimd.Fma(TSimd.Load(values + i + (3 * TSimd.Width)), TSimd.Zero, sum3);
            }

            for (; i < count; i += TSimd.Width)
            {
                sum0 = TSimd.Fma(TSimd.LoadPartial(values + i, Math.Min(TSimd.Width, count - i)), TSimd.Zero, sum0);
            }

            TSimd.Store(lanes, TSimd.Add(TSimd.Add(sum0, sum1), TSimd.Add(sum2, sum3)));
            var isFinite = true;
            for (var lane = 0; lane < TSimd.Width; lane++)
            {
                isFinite &= lanes[lane] == 0f;
            }

            return isFinite;
        }
    }
}
