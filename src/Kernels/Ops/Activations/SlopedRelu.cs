using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The leaky ReLU of any slope: y = x where x is above 0, else s x, as <c>torch.nn.LeakyReLU(negative_slope=s)</c> (Maas, Hannun and Ng,
/// "Rectifier nonlinearities improve neural network acoustic models", 2013). The derivative is s at 0 and at NaN. The slope of 0.01 is an
/// <see cref="Activation"/>, too, which products take in their own launch.
/// </summary>
public static class SlopedRelu
{
    private const string ForwardName = "sloped-relu-forward", BackwardName = "sloped-relu-backward";

    /// <summary>y = x or s x, one index an element.</summary>
    public static void SlopedReluForwardKernel(Index1D i, ArrayView<float> x, float slope, int count, ArrayView<float> y)
    {
        if (i >= count)
        {
            return;
        }

        y[i] = Apply<SimdScalar, float>(x[i], slope);
    }

    /// <summary>dx = dy or s dy, one index an element.</summary>
    public static void SlopedReluBackwardKernel(Index1D i, ArrayView<float> x, ArrayView<float> dy, float slope, int count, ArrayView<float> dx)
    {
        if (i >= count)
        {
            return;
        }

        dx[i] = Derivative<SimdScalar, float>(x[i], dy[i], slope);
    }

    /// <summary>Prepares y = x where x is above 0, else s x.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="slope">s.</param>
    /// <param name="y">As many numbers; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareForward(ComputeAccelerator accelerator, DeviceView<float> x, float slope, DeviceView<float> y)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(y, x.Length, ForwardName);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new ForwardTwin(x, slope, y))
            : accelerator.Prepare(SlopedReluForwardKernel, LaunchShape.Linear(x.Length), x, slope, x.Length, y);
    }

    /// <summary>Prepares dx = dy where x is above 0, else s dy.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="dy">The gradient by y, as many.</param>
    /// <param name="slope">s.</param>
    /// <param name="dx">The gradient by x, as many; may be <paramref name="dy"/>.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch PrepareBackward(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> dy, float slope, DeviceView<float> dx)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(dy, x.Length, BackwardName);
        Require.Length(dx, x.Length, BackwardName);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new BackwardTwin(x, dy, slope, dx))
            : accelerator.Prepare(SlopedReluBackwardKernel, LaunchShape.Linear(x.Length), x, dy, slope, x.Length, dx);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Apply<TSimd, TVector>(TVector x, TVector slope) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectPositive(x, x, TSimd.Multiply(slope, x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Derivative<TSimd, TVector>(TVector x, TVector dy, TVector slope) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TSimd.SelectPositive(x, dy, TSimd.Multiply(slope, dy));

    private sealed record ForwardTwin(DeviceView<float> X, float Slope, DeviceView<float> Y) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new ForwardLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed record BackwardTwin(DeviceView<float> X, DeviceView<float> Dy, float Slope, DeviceView<float> Dx) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new BackwardLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class ForwardLaunch<TSimd, TVector>(CpuAccelerator cpu, ForwardTwin twin)
        : CpuLaunch(cpu, ForwardName, CpuElements.Parts(twin.X.Length), 8L * twin.X.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly float* _x = twin.X.Pointer();
        private readonly float* _y = twin.Y.Pointer();

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (i, end) = RowRange(twin.X.Length, Parts, part);
            var slope = TSimd.Broadcast(twin.Slope);
            for (; i + TSimd.Width <= end; i += TSimd.Width)
            {
                TSimd.Store(_y + i, Apply<TSimd, TVector>(TSimd.Load(_x + i), slope));
            }

            if (i < end)
            {
                TSimd.StorePartial(_y + i, Apply<TSimd, TVector>(TSimd.LoadPartial(_x + i, end - i), slope), end - i);
            }
        }
    }

    private sealed unsafe class BackwardLaunch<TSimd, TVector>(CpuAccelerator cpu, BackwardTwin twin)
        : CpuLaunch(cpu, BackwardName, CpuElements.Parts(twin.X.Length), 12L * twin.X.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly float* _x = twin.X.Pointer();
        private readonly float* _dy = twin.Dy.Pointer();
        private readonly float* _dx = twin.Dx.Pointer();

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (i, end) = RowRange(twin.X.Length, Parts, part);
            var slope = TSimd.Broadcast(twin.Slope);
            for (; i + TSimd.Width <= end; i += TSimd.Width)
            {
                TSimd.Store(_dx + i, Derivative<TSimd, TVector>(TSimd.Load(_x + i), TSimd.Load(_dy + i), slope));
            }

            if (i < end)
            {
                var (x, dy) = (TSimd.LoadPartial(_x + i, end - i), TSimd.LoadPartial(_dy + i, end - i));
                TSimd.StorePartial(_dx + i, Derivative<TSimd, TVector>(x, dy, slope), end - i);
            }
        }
    }
}
