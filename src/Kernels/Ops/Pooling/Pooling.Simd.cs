using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public static partial class Pooling
{
    private sealed record Twin(PoolingKind Kind, Window Window, int M, DeviceView<float> Image, DeviceView<float> Pooled, DeviceView<float> Chosen,
        bool IsForward) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            Kind == PoolingKind.Max ? Of<TSimd, TVector, MaxPooling>(cpu) : Of<TSimd, TVector, AveragePooling>(cpu);

        private CpuLaunch Of<TSimd, TVector, TRule>(CpuAccelerator cpu)
            where TSimd : struct, ISimd<TVector> where TVector : struct where TRule : struct, IPoolingRule => IsForward
                ? new ForwardLaunch<TSimd, TVector, TRule>(cpu, this)
                : new BackwardLaunch<TSimd, TVector, TRule>(cpu, this);
    }

    /// <summary>Image by image and pixel by pixel, with the channels in the vectors' elements.</summary>
    private abstract unsafe class PoolingLaunch : CpuLaunch
    {
        private protected PoolingLaunch(CpuAccelerator cpu, string way, Twin twin) : base(cpu, $"pooling-{way} {twin.Kind}", CpuRows.Parts(twin.M),
            4L * twin.M * twin.Window.Pixels * twin.Window.PatchLength)
        {
            Rows = twin.M;
            Window = twin.Window;
            Image = twin.Image.Pointer();
            Pooled = twin.Pooled.Pointer();
            Chosen = twin.Chosen.Pointer();
            Part = 1f / (twin.Window.Kernel.Height * twin.Window.Kernel.Width);
        }

        private protected Window Window { get; }

        private protected float* Image { get; }

        private protected float* Pooled { get; }

        private protected float* Chosen { get; }

        private protected float Part { get; }
    }

    private sealed unsafe class ForwardLaunch<TSimd, TVector, TRule>(CpuAccelerator cpu, Twin twin) : PoolingLaunch(cpu, "forward", twin)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TRule : struct, IPoolingRule
    {
        public override void RunPart(int part)
        {
            var (row, end) = RowRange(Rows, Parts, part);
            var length = (long)Window.Pixels * Window.Channels;
            for (; row < end; row++)
            {
                for (var y = 0; y < Window.Output.Height; y++)
                {
                    Line(Image + ((long)row * Window.ImageLength), y, Pooled + (row * length), Chosen + (row * length));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Line(float* image, int y, float* pooled, float* chosen)
        {
            var (channels, kernel, size) = (Window.Channels, Window.Kernel, Window.Image);
            var top = (y * Window.Stride.Height) - Window.Padding.Height;
            var (firstRow, endRow) = (Math.Max(-top, 0), Math.Min(kernel.Height, size.Height - top));
            for (var x = 0; x < Window.Output.Width; x++)
            {
                var left = (x * Window.Stride.Width) - Window.Padding.Width;
                var (firstColumn, endColumn) = (Math.Max(-left, 0), Math.Min(kernel.Width, size.Width - left));
                var to = ((y * Window.Output.Width) + x) * channels;
                for (var channel = 0; channel < channels; channel += TSimd.Width)
                {
                    var count = channels - channel;
                    var state = TRule.Start<TSimd, TVector>((firstRow * kernel.Width) + firstColumn);
                    for (var row = firstRow; row < endRow; row++)
                    {
                        var from = image + ((((top + row) * size.Width) + left + firstColumn) * channels) + channel;
                        for (var column = firstColumn; column < endColumn; column++, from += channels)
                        {
                            state = TRule.Next<TSimd, TVector>(state, Load<TSimd, TVector>(from, count), (row * kernel.Width) + column);
                        }
                    }

                    Store<TSimd, TVector>(pooled + to + channel, TRule.Finish<TSimd, TVector>(state.Value, Part), count);
                    if (TRule.KeepsChosen)
                    {
                        Store<TSimd, TVector>(chosen + to + channel, state.Chosen, count);
                    }
                }
            }
        }
    }

    private sealed unsafe class BackwardLaunch<TSimd, TVector, TRule>(CpuAccelerator cpu, Twin twin) : PoolingLaunch(cpu, "backward", twin)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TRule : struct, IPoolingRule
    {
        public override void RunPart(int part)
        {
            var (row, end) = RowRange(Rows, Parts, part);
            var length = (long)Window.Pixels * Window.Channels;
            for (; row < end; row++)
            {
                for (var y = 0; y < Window.Image.Height; y++)
                {
                    Line(Image + ((long)row * Window.ImageLength), y, Pooled + (row * length), Chosen + (row * length));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Line(float* image, int y, float* pooled, float* chosen)
        {
            var (channels, kernel, stride, size) = (Window.Channels, Window.Kernel, Window.Stride, Window.Output);
            var below = y + Window.Padding.Height;
            var (firstRow, endRow) = (FirstPlace(below, kernel.Height, stride.Height), Math.Min((below / stride.Height) + 1, size.Height));
            for (var x = 0; x < Window.Image.Width; x++)
            {
                var right = x + Window.Padding.Width;
                var (firstColumn, endColumn) = (FirstPlace(right, kernel.Width, stride.Width), Math.Min((right / stride.Width) + 1, size.Width));
                var to = ((y * Window.Image.Width) + x) * channels;
                for (var channel = 0; channel < channels; channel += TSimd.Width)
                {
                    var count = channels - channel;
                    var sum = TSimd.Zero;
                    for (var row = firstRow; row < endRow; row++)
                    {
                        for (var column = firstColumn; column < endColumn; column++)
                        {
                            var from = (((row * size.Width) + column) * channels) + channel;
                            var place = ((below - (row * stride.Height)) * kernel.Width) + (right - (column * stride.Width));
                            sum = TSimd.Add(sum, TRule.Share<TSimd, TVector>(Load<TSimd, TVector>(pooled + from, count),
                                TRule.KeepsChosen ? Load<TSimd, TVector>(chosen + from, count) : TSimd.Zero, place));
                        }
                    }

                    Store<TSimd, TVector>(image + to + channel, TRule.Finish<TSimd, TVector>(sum, Part), count);
                }
            }
        }
    }

    /// <summary>A whole vector, or what is left of the channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe TVector Load<TSimd, TVector>(float* source, int count) where TSimd : struct, ISimd<TVector> where TVector : struct =>
        count >= TSimd.Width ? TSimd.Load(source) : TSimd.LoadPartial(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store<TSimd, TVector>(float* target, TVector value, int count) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        if (count >= TSimd.Width)
        {
            TSimd.Store(target, value);
            return;
        }

        TSimd.StorePartial(target, value, count);
    }
}
