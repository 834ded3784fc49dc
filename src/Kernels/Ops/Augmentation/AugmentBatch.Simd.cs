using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class AugmentBatch
{
    /// <summary>Floating-point operations for a value of a batch, roughly, and for each weight of a field.</summary>
    private const int ValueCost = 40;

    /// <summary>Bytes that one part of the twin works in.</summary>
    private static int TwinBytes(AugmentShape shape, ImageAugmentation augmentation) => new TwinLayout(shape, augmentation).Bytes;

    private static long TwinCost(AugmentShape shape, ImageAugmentation augmentation)
    {
        var taps = augmentation.IsElastic ? 2 * ElasticAugmentation.Radius(augmentation.Sigma) : 0;
        var sums = 4L * (Math.Min(shape.Width, taps) + Math.Min(shape.Height, taps));
        return shape.Rows * (((long)shape.Features * ValueCost) + (sums * shape.Height * shape.Width));
    }

    /// <summary>Where a part of the twin keeps what: offsets in bytes, each on a cache line.</summary>
    private readonly record struct TwinLayout
    {
        private const int Line = 64;

        internal TwinLayout(AugmentShape shape, ImageAugmentation augmentation)
        {
            Smooth = Lines(augmentation.IsElastic ? 2L * sizeof(float) * shape.FieldLength : 0);
            Noise = Smooth + Lines(augmentation.IsElastic ? 2L * sizeof(float) * shape.FieldLength : 0);
            Frame = Noise + Lines(NoiseBytes(shape, augmentation));
            Quads = Frame + Lines(((shape.Height + 3L) * (shape.Width + 3) * shape.Channels) + Line);
            Row = Quads + Lines(((shape.Height + 2L) * (shape.Width + 2) * sizeof(uint)) + Line);
            Bytes = Row + Lines(shape.Width + ByteVectors.Count);
        }

        internal int Smooth { get; }

        internal int Noise { get; }

        internal int Frame { get; }

        internal int Quads { get; }

        internal int Row { get; }

        internal int Bytes { get; }

        private static int Lines(long bytes) => checked((int)((bytes + Line - 1) / Line * Line));
    }

    private sealed record Twin(AugmentShape Shape, ImageAugmentation Augmentation, ulong Seed, AugmentMemory Memory, DeviceView<float> Weights,
        DeviceView<byte> Scratch) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    /// <summary>
    /// Image by image: its map, its fields, the image with its border, then row by row the bytes. It states no rows, so that it joins no neighbours: a sparse
    /// first layer keeps small batches on one thread, and this is always worth sharing out.
    /// </summary>
    private sealed unsafe class TwinLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly AugmentShape _shape;
        private readonly float[] _amounts;
        private readonly TwinLayout _layout;
        private readonly Gaussian _gaussian;
        private readonly bool _isElastic;
        private readonly bool _isNoisy;
        private readonly float _noiseScale;
        private readonly uint _seedLow;
        private readonly uint _seedHigh;
        private readonly byte* _values;
        private readonly byte* _labels;
        private readonly int* _order;
        private readonly int* _samples;
        private readonly int* _cursor;
        private readonly byte* _batch;
        private readonly byte* _batchLabels;
        private readonly byte* _scratch;

        internal TwinLaunch(CpuAccelerator cpu, Twin twin)
            : base(cpu, Operation, CpuRows.Parts(twin.Shape.Rows), TwinCost(twin.Shape, twin.Augmentation))
        {
            (_shape, _amounts, _layout) = (twin.Shape, twin.Augmentation.Amounts, new TwinLayout(twin.Shape, twin.Augmentation));
            (_isElastic, _isNoisy, _noiseScale) = (twin.Augmentation.IsElastic, twin.Augmentation.IsNoisy, NoiseAugmentation.Scale(twin.Augmentation.Noise));
            (_seedLow, _seedHigh) = ((uint)twin.Seed, (uint)(twin.Seed >> 32));
            if (_isElastic)
            {
                var length = WeightLength(twin.Augmentation);
                _gaussian = new Gaussian(twin.Weights.Pointer() + (length / 2), twin.Weights.Pointer() + length + (length / 2),
                    ElasticAugmentation.Radius(twin.Augmentation.Sigma));
            }

            _values = twin.Memory.Values.Pointer();
            _labels = twin.Memory.Labels.Pointer();
            _order = twin.Memory.Order.Pointer();
            _samples = twin.Memory.Samples.Pointer();
            _cursor = twin.Memory.Cursor.Pointer();
            _batch = twin.Memory.Batch.Pointer();
            _batchLabels = twin.Memory.BatchLabels.Pointer();
            _scratch = twin.Scratch.Pointer();
        }

        /// <summary>Whether pixels are taken many at a time: on a machine that can gather, where a pixel is one byte.</summary>
        private bool IsWide => TSimd.Width > 1 && Avx2.IsSupported && _shape.Channels == 1;

        public override void RunPart(int part)
        {
            var scratch = _scratch + ((long)part * _layout.Bytes);
            var (row, end) = RowRange(_shape.Rows, Parts, part);
            for (; row < end; row++)
            {
                RunImage(row, scratch);
            }
        }

        private void RunImage(int row, byte* scratch)
        {
            var place = _cursor[StepCursor.Sample] + row;
            var sample = _order[place];
            _batchLabels[row] = _labels[sample];
            var draw = SampleDraw.Of(_samples[place], _cursor[StepCursor.Epoch], _seedLow, _seedHigh);
            var map = Augmentations.Map(draw, _amounts[ShiftAugmentation.Slot], _amounts[RotationAugmentation.Slot], _amounts[ScaleAugmentation.Slot],
                _amounts[ShearAugmentation.Slot]);
            map = AffineMap.Move(map, Middle(_shape.Width) + 1f, Middle(_shape.Height) + 1f);
            var frame = scratch + _layout.Frame;
            CopyToFrame(_values + ((long)sample * _shape.Features), frame);
            if (_isElastic)
            {
                DrawFields(draw, (float*)scratch);
                Smooth((float*)scratch, (float*)(scratch + _layout.Smooth));
            }

            if (_isNoisy)
            {
                DrawNoise(draw, scratch + _layout.Noise);
            }

            var batch = _batch + ((long)row * _shape.Features);
            if (IsWide)
            {
                MakeQuads(frame, (uint*)(scratch + _layout.Quads));
                TakeRows(map, scratch, batch);
            }
            else
            {
                TakeSingly(map, scratch, batch);
            }
        }

        /// <summary>The image with a border of zeros: a pixel before it, two behind it.</summary>
        private void CopyToFrame(byte* image, byte* frame)
        {
            var (bytes, stride) = (_shape.Width * _shape.Channels, (_shape.Width + 3) * _shape.Channels);
            NativeMemory.Clear(frame, (nuint)((_shape.Height + 3L) * stride));
            for (var y = 0; y < _shape.Height; y++)
            {
                Buffer.MemoryCopy(image + ((long)y * bytes), frame + ((y + 1L) * stride) + _shape.Channels, bytes, bytes);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void DrawFields(SampleDraw draw, float* fields)
        {
            var words = stackalloc uint[Philox.ChunkWords];
            var length = _shape.FieldLength;
            for (var first = 0; first < length; first += Philox.ChunkWords)
            {
                Philox.Fill((uint)(first / Philox.WordsOfBlock), draw.Sample, draw.PurposeAndEpoch, ElasticAugmentation.Slot, _seedLow, _seedHigh,
                    TSimd.Width == 1, words);
                if (TSimd.Width == 1)
                {
                    for (var i = 0; i < Philox.ChunkWords; i++)
                    {
                        (fields[first + i], fields[length + first + i]) = (FieldAcross(words[i]), FieldDown(words[i]));
                    }
                }
                else
                {
                    ByteVectors.PutFields(words, fields + first, fields + length + first);
                }
            }
        }

        /// <summary>Both fields, smoothed down into other memory and from there across.</summary>
        private void Smooth(float* fields, float* between)
        {
            for (var plane = 0; plane < 2; plane++)
            {
                var at = fields + (plane * _shape.FieldLength);
                var to = between + (plane * _shape.FieldLength);
                _gaussian.Down<TSimd, TVector>(at, _shape.Height, _shape.FieldStride, to);
                _gaussian.Across<TSimd, TVector>(to, _shape.Height, _shape.Width, _shape.FieldStride, at);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void DrawNoise(SampleDraw draw, byte* noise)
        {
            var words = stackalloc uint[Philox.ChunkWords];
            for (var block = 0; block < _shape.NoiseBlocks; block += Philox.ChunkBlocks)
            {
                Philox.Fill((uint)block, draw.Sample, draw.PurposeAndEpoch, NoiseAugmentation.Slot, _seedLow, _seedHigh, TSimd.Width == 1, words);
                var to = noise + (block * Philox.WordsOfBlock);
                if (TSimd.Width > 1)
                {
                    ByteVectors.PutNoise(words, to);
                    continue;
                }

                for (var i = 0; i < Philox.ChunkWords; i++)
                {
                    to[i] = (byte)NoiseAugmentation.Sum(words[i]);
                }
            }
        }

        /// <summary>Each pixel with its right, lower and lower right neighbour, in one word: one load fetches all that a value lies between.</summary>
        private void MakeQuads(byte* frame, uint* quads)
        {
            var (width, stride) = (_shape.Width + 2, _shape.Width + 3);
            for (var y = 0; y < _shape.Height + 2; y++)
            {
                ByteVectors.Interleave(frame + ((long)y * stride), frame + ((y + 1L) * stride), width, quads + ((long)y * width));
            }
        }

        private void TakeRows(AffineMap map, byte* scratch, byte* batch)
        {
            var (width, height) = (_shape.Width, _shape.Height);
            var line = new AugmentedRow
            {
                Quads = (int*)(scratch + _layout.Quads),
                Map = map,
                Width = width,
                Height = height,
                MiddleX = Middle(width),
                NoiseScale = _noiseScale,
                Bytes = scratch + _layout.Row,
            };
            for (var y = 0; y < height; y++)
            {
                line.V = y - Middle(height);
                line.FieldX = _isElastic ? (float*)scratch + (y * _shape.FieldStride) : null;
                line.FieldY = line.FieldX + _shape.FieldLength;
                line.Noise = _isNoisy ? scratch + _layout.Noise + ((long)y * width) : null;
                ByteVectors.TakeRow(line);
                Buffer.MemoryCopy(line.Bytes, batch + ((long)y * width), width, width);
            }
        }

        /// <summary>The same byte by byte.</summary>
        private void TakeSingly(AffineMap map, byte* scratch, byte* batch)
        {
            var frame = scratch + _layout.Frame;
            var noise = scratch + _layout.Noise;
            var field = (float*)scratch;
            var (height, width, channels) = (_shape.Height, _shape.Width, _shape.Channels);
            var stride = (width + 3) * channels;
            for (var i = 0; i < _shape.Features; i++)
            {
                var (pixel, channel) = Math.DivRem(i, channels);
                var (y, x) = Math.DivRem(pixel, width);
                var (u, v) = (x - Middle(width), y - Middle(height));
                var (atX, atY) = (KernelMath.Fma(map.Xx, u, KernelMath.Fma(map.Xy, v, map.X0)), KernelMath.Fma(map.Yx, u, KernelMath.Fma(map.Yy, v, map.Y0)));
                if (_isElastic)
                {
                    atX += field[(y * _shape.FieldStride) + x];
                    atY += field[_shape.FieldLength + (y * _shape.FieldStride) + x];
                }

                (atX, atY) = (Within(atX, width), Within(atY, height));
                var from = frame + ((long)(int)atY * stride) + ((int)atX * channels) + channel;
                var value = Between(from[0], from[channels], from[stride], from[stride + channels], atX - (int)atX, atY - (int)atY);
                batch[i] = ToByte(_isNoisy ? WithNoise(value, noise[i], _noiseScale) : value);
            }
        }
    }
}
