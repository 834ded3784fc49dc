using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Arithmetic and nothing else: chains of fused multiplications and additions that do not wait for each other and touch no memory. What a
/// device reaches here is its measured peak; other operations are shown as a share of it.
/// </summary>
public static class FmaChains
{
    /// <summary>Floating-point operations of one round of one element: 8 chains of 4 links, each a product and a sum.</summary>
    public const int FlopsPerRound = 64;

    /// <summary>Links of the chain c -> c / 2 + 1 / 4, which tends to 1/2 from anywhere and never leaves the normal numbers.</summary>
    internal const float Factor = 0.5f;
    internal const float Term = 0.25f;

    /// <summary>
    /// y = the sum of 8 chains of 4 rounds links, begun at x, x + 1, ..., x + 7; one index an element: x and y are (count).
    /// </summary>
    public static void FmaChainsKernel(Index1D i, ArrayView<float> x, int rounds, int count, ArrayView<float> y)
    {
        if (i >= count)
        {
            return;
        }

        var c0 = x[i];
        var c1 = c0 + 1f;
        var c2 = c0 + 2f;
        var c3 = c0 + 3f;
        var c4 = c0 + 4f;
        var c5 = c0 + 5f;
        var c6 = c0 + 6f;
        var c7 = c0 + 7f;
        for (var round = 0; round < rounds; round++)
        {
            c0 = FourLinks(c0);
            c1 = FourLinks(c1);
            c2 = FourLinks(c2);
            c3 = FourLinks(c3);
            c4 = FourLinks(c4);
            c5 = FourLinks(c5);
            c6 = FourLinks(c6);
            c7 = FourLinks(c7);
        }

        y[i] = c0 + c1 + (c2 + c3) + (c4 + c5 + (c6 + c7));
    }

    /// <summary>Prepares the chains.</summary>
    /// <param name="accelerator">Where they run.</param>
    /// <param name="x">(count).</param>
    /// <param name="rounds">Rounds of each element; an element takes 64 floating-point operations a round.</param>
    /// <param name="y">(count).</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<float> x, int rounds, DeviceView<float> y)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(x, y.Length, "fma-chains");
        Require.Positive(rounds, "fma-chains");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(x, rounds, y))
            : accelerator.Prepare(FmaChainsKernel, LaunchShape.Linear(y.Length), x, rounds, y.Length, y);
    }

    private static float FourLinks(float c) =>
        KernelMath.Fma(KernelMath.Fma(KernelMath.Fma(KernelMath.Fma(c, Factor, Term), Factor, Term), Factor, Term), Factor, Term);

    private sealed record Twin(DeviceView<float> X, int Rounds, DeviceView<float> Y) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector>(CpuAccelerator cpu, Twin twin)
        : CpuLaunch(cpu, "fma-chains", Math.Clamp(twin.Y.Length / ElementsPerPart, 1, MostParts), (long)FlopsPerRound * twin.Rounds * twin.Y.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private const int ElementsPerPart = 256;
        private const int MostParts = 256;
        private readonly float* _x = twin.X.Pointer();
        private readonly float* _y = twin.Y.Pointer();

        public override void RunPart(int part)
        {
            var (i, end) = RowRange(twin.Y.Length, Parts, part);
            for (; i + TSimd.Width <= end; i += TSimd.Width)
            {
                TSimd.Store(_y + i, Chains(TSimd.Load(_x + i), twin.Rounds));
            }

            if (i < end)
            {
                TSimd.StorePartial(_y + i, Chains(TSimd.LoadPartial(_x + i, end - i), twin.Rounds), end - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static TVector Chains(TVector c0, int rounds)
        {
            var (factor, term) = (TSimd.Broadcast(Factor), TSimd.Broadcast(Term));
            var c1 = TSimd.Add(c0, TSimd.Broadcast(1));
            var c2 = TSimd.Add(c0, TSimd.Broadcast(2));
            var c3 = TSimd.Add(c0, TSimd.Broadcast(3));
            var c4 = TSimd.Add(c0, TSimd.Broadcast(4));
            var c5 = TSimd.Add(c0, TSimd.Broadcast(5));
            var c6 = TSimd.Add(c0, TSimd.Broadcast(6));
            var c7 = TSimd.Add(c0, TSimd.Broadcast(7));
            for (var link = 0; link < 4 * rounds; link++)
            {
                c0 = TSimd.Fma(c0, factor, term);
                c1 = TSimd.Fma(c1, factor, term);
                c2 = TSimd.Fma(c2, factor, term);
                c3 = TSimd.Fma(c3, factor, term);
                c4 = TSimd.Fma(c4, factor, term);
                c5 = TSimd.Fma(c5, factor, term);
                c6 = TSimd.Fma(c6, factor, term);
                c7 = TSimd.Fma(c7, factor, term);
            }

            return TSimd.Add(
                TSimd.Add(TSimd.Add(c0, c1), TSimd.Add(c2, c3)), TSimd.Add(TSimd.Add(c4, c5), TSimd.Add(c6, c7)));
        }
    }
}
