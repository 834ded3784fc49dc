using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>The twins move whole vectors as the runtime copies them; whatever path is in use, sums are taken row after row, as the kernel takes them.</summary>
public static unsafe partial class Embedding
{
    /// <summary>Parts of the gradient by the table at most: each has the vectors of some inputs.</summary>
    private const int MostParts = 8;

    private sealed record ForwardTwin(DeviceView<float> X, DeviceView<float> Table, DeviceView<int> Firsts, int Rows, int Inputs, int Coded, int Width, DeviceView<float> Y) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct => new ForwardLaunch(cpu, this);
    }

    private sealed record BackwardTwin(DeviceView<float> Dy, int Rows, int Inputs, int Coded, int Width, DeviceView<float> Dx) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct => new BackwardLaunch(cpu, this);
    }

    private sealed record TableTwin(DeviceView<float> X, DeviceView<float> Dy, DeviceView<int> Firsts, int Rows, int Inputs, int Coded, int Width, DeviceView<float> DTable) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct => new TableLaunch(cpu, this);
    }

    private sealed class ForwardLaunch : CpuLaunch
    {
        private readonly ForwardTwin _twin;
        private readonly float* _x;
        private readonly float* _table;
        private readonly int* _firsts;
        private readonly float* _y;

        internal ForwardLaunch(CpuAccelerator cpu, ForwardTwin twin) : base(cpu, ForwardName, CpuRows.Parts(twin.Rows), 2L * sizeof(float) * twin.Y.Length)
        {
            Rows = twin.Rows;
            _twin = twin;
            _x = twin.X.Pointer();
            _table = twin.Table.Pointer();
            _firsts = twin.Firsts.Pointer();
            _y = twin.Y.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (plain, width) = (_twin.Inputs - _twin.Coded, _twin.Width);
            var (row, end) = RowRange(_twin.Rows, Parts, part);
            for (; row < end; row++)
            {
                var from = _x + ((long)row * _twin.Inputs);
                var to = new Span<float>(_y + ((long)row * (plain + (_twin.Coded * width))), plain + (_twin.Coded * width));
                new ReadOnlySpan<float>(from, plain).CopyTo(to);
                for (var vector = 0; vector < _twin.Coded; vector++)
                {
                    var place = Place(from[plain + vector], _firsts[vector + 1] - _firsts[vector]);
                    var target = to.Slice(plain + (vector * width), width);
                    if (place < 0)
                    {
                        target.Clear();
                    }
                    else
                    {
                        new ReadOnlySpan<float>(_table + ((long)(_firsts[vector] + place) * width), width).CopyTo(target);
                    }
                }
            }
        }
    }

    private sealed class BackwardLaunch : CpuLaunch
    {
        private readonly BackwardTwin _twin;
        private readonly float* _dy;
        private readonly float* _dx;

        internal BackwardLaunch(CpuAccelerator cpu, BackwardTwin twin) : base(cpu, BackwardName, CpuRows.Parts(twin.Rows), 2L * sizeof(float) * twin.Dx.Length)
        {
            Rows = twin.Rows;
            _twin = twin;
            _dy = twin.Dy.Pointer();
            _dx = twin.Dx.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var plain = _twin.Inputs - _twin.Coded;
            var (row, end) = RowRange(_twin.Rows, Parts, part);
            for (; row < end; row++)
            {
                var to = new Span<float>(_dx + ((long)row * _twin.Inputs), _twin.Inputs);
                new ReadOnlySpan<float>(_dy + ((long)row * (plain + (_twin.Coded * _twin.Width))), plain).CopyTo(to);
                to[plain..].Clear();
            }
        }
    }

    private sealed class TableLaunch : CpuLaunch
    {
        private readonly TableTwin _twin;
        private readonly float* _x;
        private readonly float* _dy;
        private readonly int* _firsts;
        private readonly float* _dTable;

        internal TableLaunch(CpuAccelerator cpu, TableTwin twin)
            : base(cpu, TableName, Math.Clamp(twin.Coded, 1, MostParts), sizeof(float) * (twin.DTable.Length + (2L * twin.Rows * twin.Coded * twin.Width)))
        {
            _twin = twin;
            _x = twin.X.Pointer();
            _dy = twin.Dy.Pointer();
            _firsts = twin.Firsts.Pointer();
            _dTable = twin.DTable.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (vector, end) = RowRange(_twin.Coded, Parts, part);
            for (; vector < end; vector++)
            {
                Sum(vector);
            }
        }

        private void Sum(int vector)
        {
            var (plain, width, values) = (_twin.Inputs - _twin.Coded, _twin.Width, _firsts[vector + 1] - _firsts[vector]);
            var table = _dTable + ((long)_firsts[vector] * width);
            new Span<float>(table, values * width).Clear();
            for (var row = 0; row < _twin.Rows; row++)
            {
                var place = Place(_x[((long)row * _twin.Inputs) + plain + vector], values);
                var from = _dy + ((long)row * (plain + (_twin.Coded * width))) + plain + (vector * width);
                for (var i = 0; place >= 0 && i < width; i++)
                {
                    table[((long)place * width) + i] += from[i];
                }
            }
        }
    }
}
