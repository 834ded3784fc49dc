using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>Rows of patches(x) on the processor: what a window sees at its places, one place after the other.</summary>
internal static unsafe class Patches
{
    /// <summary>Floats that are written beyond the last row.</summary>
    internal const int Slack = 16;

    /// <summary>Copies some rows; the pixels of a row of the window lie side by side, with zeros for those in the padding.</summary>
    /// <param name="shape">The window.</param>
    /// <param name="x">(images, image length); a vector beyond its end is read.</param>
    /// <param name="first">The first row, image * places + place.</param>
    /// <param name="end">The row after the last.</param>
    /// <param name="patches">The first row's copy; <see cref="Slack"/> floats beyond the last one are written too.</param>
    /// <param name="patchRow">Floats from one copy to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<TSimd, TVector>(Window shape, float* x, int first, int end, float* patches, int patchRow)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var walk = new PlaceWalk(shape, first);
        for (var row = first; row < end;)
        {
            var count = Math.Min(walk.PlacesInside, end - row);
            if (count > 0)
            {
                CopyInside<TSimd, TVector>(shape, x + walk.Start, count, patches, patchRow);
            }
            else
            {
                CopyAtEdge<TSimd, TVector>(shape, x, walk, patches);
                count = 1;
            }

            row += count;
            patches += (long)count * patchRow;
            walk.Move(count);
        }
    }

    /// <summary>Copies the patches of neighbours in a row of places that see no padding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyInside<TSimd, TVector>(Window shape, float* source, int count, float* patches, int patchRow)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        nint kernelRow = shape.Kernel.Width * shape.Channels, imageRow = shape.Image.Width * shape.Channels;
        nint rows = shape.Kernel.Height, step = shape.Stride.Width * shape.Channels;
        for (; count > 0; count--)
        {
            float* from = source, to = patches;
            for (var k = rows; k > 0; k--)
            {
                TSimd.Store(to, TSimd.Load(from));
                for (nint i = TSimd.Width; i < kernelRow; i += TSimd.Width)
                {
                    TSimd.Store(to + i, TSimd.Load(from + i));
                }

                from += imageRow;
                to += kernelRow;
            }

            source += step;
            patches += patchRow;
        }
    }

    /// <summary>Copies the patch of a place that may see padding.</summary>
    private static void CopyAtEdge<TSimd, TVector>(Window shape, float* x, PlaceWalk walk, float* patch)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var kernelRow = shape.Kernel.Width * shape.Channels;
        var (before, inside) = (walk.ColumnsBefore * shape.Channels, walk.ColumnsInside * shape.Channels);
        for (var k = 0; k < shape.Kernel.Height; k++)
        {
            var target = patch + (k * kernelRow);
            if ((uint)(walk.Top + k) >= (uint)shape.Image.Height)
            {
                Clear<TSimd, TVector>(target, kernelRow);
                continue;
            }

            Clear<TSimd, TVector>(target, before);
            var from = x + walk.Start + ((long)k * shape.Image.Width * shape.Channels) + before;
            for (var i = 0; i < inside; i += TSimd.Width)
            {
                TSimd.Store(target + before + i, TSimd.Load(from + i));
            }

            Clear<TSimd, TVector>(target + before + inside, kernelRow - before - inside);
        }
    }

    /// <summary>Adds some rows to the images that they lie over, in the order of the places; what would fall into the padding is left out.</summary>
    /// <param name="shape">The window.</param>
    /// <param name="patches">The first row.</param>
    /// <param name="patchRow">Floats from one row to the next.</param>
    /// <param name="first">The first row, image * places + place.</param>
    /// <param name="end">The row after the last.</param>
    /// <param name="x">(images, image length).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<TSimd, TVector>(Window shape, float* patches, int patchRow, int first, int end, float* x)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var walk = new PlaceWalk(shape, first);
        var kernelRow = shape.Kernel.Width * shape.Channels;
        for (var row = first; row < end; row++)
        {
            var (before, inside) = (walk.ColumnsBefore * shape.Channels, walk.ColumnsInside * shape.Channels);
            var (k, endRow) = (Math.Max(-walk.Top, 0), Math.Min(shape.Kernel.Height, shape.Image.Height - walk.Top));
            for (; k < endRow; k++)
            {
                var source = patches + (k * kernelRow) + before;
                var target = x + walk.Start + ((long)k * shape.Image.Width * shape.Channels) + before;
                var i = 0;
                for (; i + TSimd.Width <= inside; i += TSimd.Width)
                {
                    TSimd.Store(target + i, TSimd.Add(TSimd.Load(target + i), TSimd.Load(source + i)));
                }

                if (i < inside)
                {
                    var count = inside - i;
                    TSimd.StorePartial(target + i, TSimd.Add(TSimd.LoadPartial(target + i, count), TSimd.LoadPartial(source + i, count)), count);
                }
            }

            patches += patchRow;
            walk.Move(1);
        }
    }

    /// <summary>Zeros, in whole vectors: what is written too far is written again by whoever comes next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear<TSimd, TVector>(float* target, int count) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        for (var i = 0; i < count; i += TSimd.Width)
        {
            TSimd.Store(target + i, TSimd.Zero);
        }
    }

    /// <summary>The places of a window, image after image.</summary>
    private struct PlaceWalk
    {
        private readonly Window _shape;
        private long _image;
        private int _row;
        private int _column;

        public PlaceWalk(Window shape, int place)
        {
            _shape = shape;
            _image = place / shape.Pixels;
            _row = place % shape.Pixels / shape.Output.Width;
            _column = place % shape.Output.Width;
            Stand();
        }

        /// <summary>The image's row under the window's first; below 0 in the padding.</summary>
        public int Top { get; private set; }

        /// <summary>Columns of the window that lie left of the image.</summary>
        public int ColumnsBefore { get; private set; }

        /// <summary>Columns of the window that lie in the image; they come next.</summary>
        public int ColumnsInside { get; private set; }

        /// <summary>Where the window's first pixel lies in the batch, or would lie if the padding were there.</summary>
        public long Start { get; private set; }

        /// <summary>Places from this one on, in the same row, whose windows see no padding; 0 where this one does.</summary>
        public readonly int PlacesInside
        {
            get
            {
                var left = (_column * _shape.Stride.Width) - _shape.Padding.Width;
                var room = _shape.Image.Width - _shape.Kernel.Width - left;
                return Top < 0 || Top + _shape.Kernel.Height > _shape.Image.Height || left < 0 || room < 0 ? 0
                    : Math.Min((room / _shape.Stride.Width) + 1, _shape.Output.Width - _column);
            }
        }

        /// <summary>Goes on by some places of the same row, and from its end to the next one.</summary>
        public void Move(int places)
        {
            _column += places;
            if (_column == _shape.Output.Width)
            {
                _column = 0;
                if (++_row == _shape.Output.Height)
                {
                    _row = 0;
                    _image++;
                }
            }

            Stand();
        }

        private void Stand()
        {
            Top = (_row * _shape.Stride.Height) - _shape.Padding.Height;
            var left = (_column * _shape.Stride.Width) - _shape.Padding.Width;
            var kernel = _shape.Kernel.Width;
            ColumnsBefore = Math.Clamp(-left, 0, kernel);
            ColumnsInside = Math.Max(Math.Min(kernel, _shape.Image.Width - left) - ColumnsBefore, 0);
            Start = ((((_image * _shape.Image.Height) + Top) * _shape.Image.Width) + left) * _shape.Channels;
        }
    }
}
