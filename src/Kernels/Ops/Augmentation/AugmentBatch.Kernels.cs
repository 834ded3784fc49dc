using Gpu.Kernels.Devices;
using ILGPU;

namespace Gpu.Kernels.Ops;

// One lane a sample, a block of random words, a number of a field, a byte of the batch.
public sealed partial class AugmentBatch
{
    /// <summary>
    /// The map of each image and its label: amounts are those of <see cref="ImageAugmentation"/>, maps (rows, 6), moved so that they begin at the middle
    /// of the image, whose first pixel is 1, 1: a border of zeros lies before it.
    /// </summary>
    public static void MapKernel(Index1D row, ArrayView<byte> labels, ArrayView<int> order, ArrayView<int> samples, ArrayView<int> cursor,
        ArrayView<float> amounts, uint seedLow, uint seedHigh, int height, int width, int rows, ArrayView<float> maps, ArrayView<byte> batchLabels)
    {
        if (row >= rows)
        {
            return;
        }

        var place = cursor[StepCursor.Sample] + row;
        var draw = SampleDraw.Of(samples[place], cursor[StepCursor.Epoch], seedLow, seedHigh);
        var map = Augmentations.Map(draw, amounts[ShiftAugmentation.Slot], amounts[RotationAugmentation.Slot], amounts[ScaleAugmentation.Slot],
            amounts[ShearAugmentation.Slot]);
        map = AffineMap.Move(map, Middle(width) + 1f, Middle(height) + 1f);
        maps[(row * MapFloats) + 0] = map.Xx;
        maps[(row * MapFloats) + 1] = map.Xy;
        maps[(row * MapFloats) + 2] = map.X0;
        maps[(row * MapFloats) + 3] = map.Yx;
        maps[(row * MapFloats) + 4] = map.Yy;
        maps[(row * MapFloats) + 5] = map.Y0;
        batchLabels[row] = labels[order[place]];
    }

    /// <summary>Two fields of numbers from -1 to 1 for each image: across, and down. A block of words is for four places of both.</summary>
    public static void FieldKernel(Index1D i, ArrayView<int> samples, ArrayView<int> cursor, uint seedLow, uint seedHigh, int blocks, int rows,
        ArrayView<float> field)
    {
        if (i >= rows * blocks)
        {
            return;
        }

        var row = i / blocks;
        var block = i - (row * blocks);
        var draw = SampleDraw.Of(samples[cursor[StepCursor.Sample] + row], cursor[StepCursor.Epoch], seedLow, seedHigh);
        var (x, y, z, w) = SampleDraw.Block(draw, ElasticAugmentation.Slot, (uint)block);
        var plane = blocks * Philox.WordsOfBlock;
        var at = (2 * row * plane) + Philox.PlaceOf(block);
        PutField(x, at, plane, field);
        PutField(y, at + Philox.ChunkBlocks, plane, field);
        PutField(z, at + (2 * Philox.ChunkBlocks), plane, field);
        PutField(w, at + (3 * Philox.ChunkBlocks), plane, field);
    }

    /// <summary>
    /// Fields smoothed along columns (<paramref name="step"/> is a row of a field) or along rows (it is 1), one lane a number: weights has its middle in the
    /// middle.
    /// </summary>
    public static void SmoothKernel(Index1D i, ArrayView<float> field, ArrayView<float> weights, int radius, int step, int height, int width, int fields,
        ArrayView<float> smooth)
    {
        if (i >= fields * height * width)
        {
            return;
        }

        var y = i / width;
        var x = i - (y * width);
        var plane = y / height;
        y -= plane * height;
        var at = (plane * AugmentShape.FieldLengthOf(height, width)) + (y * AugmentShape.StrideOf(width)) + x;
        var (place, length) = step == 1 ? (x, width) : (y, height);
        var first = KernelMath.Max(0, place - radius);
        var last = KernelMath.Min(length - 1, place + radius);
        var middle = (weights.IntLength / 2) + place;
        var start = at - (place * step);
        var sum = 0f;
        for (var k = first; k <= last; k++)
        {
            sum = KernelMath.Fma(weights[middle - k], field[start + (k * step)], sum);
        }

        smooth[at] = sum;
    }

    /// <summary>Noise before it is scaled, a byte for each value of the batch: rows of whole chunks.</summary>
    public static void NoiseKernel(Index1D i, ArrayView<int> samples, ArrayView<int> cursor, uint seedLow, uint seedHigh, int blocks, int rows,
        ArrayView<byte> noise)
    {
        if (i >= rows * blocks)
        {
            return;
        }

        var row = i / blocks;
        var block = i - (row * blocks);
        var draw = SampleDraw.Of(samples[cursor[StepCursor.Sample] + row], cursor[StepCursor.Epoch], seedLow, seedHigh);
        var (x, y, z, w) = SampleDraw.Block(draw, NoiseAugmentation.Slot, (uint)block);
        var at = (row * blocks * Philox.WordsOfBlock) + Philox.PlaceOf(block);
        noise[at] = (byte)NoiseAugmentation.Sum(x);
        noise[at + Philox.ChunkBlocks] = (byte)NoiseAugmentation.Sum(y);
        noise[at + (2 * Philox.ChunkBlocks)] = (byte)NoiseAugmentation.Sum(z);
        noise[at + (3 * Philox.ChunkBlocks)] = (byte)NoiseAugmentation.Sum(w);
    }

    /// <summary>
    /// The bytes of the batch, one lane each: values is (samples, height, width, channels), field has two planes an image where there is one, noise a row of
    /// whole chunks; batch is (rows, height, width, channels).
    /// </summary>
    public static void PixelKernel(Index1D i, ArrayView<byte> values, ArrayView<int> order, ArrayView<int> cursor, ArrayView<float> maps,
        ArrayView<float> field, int hasField, ArrayView<byte> noise, float noiseScale, int height, int width, int channels, int rows, ArrayView<byte> batch)
    {
        if (i >= rows * height * width * channels)
        {
            return;
        }

        var features = height * width * channels;
        var row = i / features;
        var feature = i - (row * features);
        var pixel = feature / channels;
        var y = pixel / width;
        var x = pixel - (y * width);
        var (u, v) = (x - Middle(width), y - Middle(height));
        var (atX, atY) = (
            KernelMath.Fma(maps[row * MapFloats], u, KernelMath.Fma(maps[(row * MapFloats) + 1], v, maps[(row * MapFloats) + 2])),
            KernelMath.Fma(maps[(row * MapFloats) + 3], u, KernelMath.Fma(maps[(row * MapFloats) + 4], v, maps[(row * MapFloats) + 5])));
        if (hasField != 0)
        {
            var plane = AugmentShape.FieldLengthOf(height, width);
            var at = (2 * row * plane) + (y * AugmentShape.StrideOf(width)) + x;
            atX += field[at];
            atY += field[at + plane];
        }

        var image = values.SubView(order[cursor[StepCursor.Sample] + row] * features, features);
        var value = Interpolate(image, atX, atY, feature - (pixel * channels), height, width, channels);
        var added = noise.IntLength > 1 ? noise[(row * ((features + Philox.ChunkWords - 1) / Philox.ChunkWords * Philox.ChunkWords)) + feature] : 0;
        batch[i] = ToByte(noise.IntLength > 1 ? WithNoise(value, added, noiseScale) : value);
    }

    /// <summary>Half of what lies between the first and the last of so many pixels.</summary>
    private static float Middle(int pixels) => (pixels - 1) * 0.5f;

    /// <summary>A place within the border of zeros around an image.</summary>
    private static float Within(float at, int pixels) => KernelMath.Max(KernelMath.Min(at, (float)(pixels + 1)), 0f);

    /// <summary>
    /// What lies between four pixels: fx of the way from the left ones to the right ones, fy from the upper to the lower. Bytes are subtracted as
    /// integers, which is exact.
    /// </summary>
    private static float Between(int a, int b, int c, int d, float fx, float fy)
    {
        var upper = KernelMath.Fma(fx, (float)(b - a), (float)a);
        var lower = KernelMath.Fma(fx, (float)(d - c), (float)c);
        return KernelMath.Fma(fy, lower - upper, upper);
    }

    /// <summary>A value with its noise, which is a sum of half-bytes.</summary>
    private static float WithNoise(float value, int sum, float scale) => KernelMath.Fma(scale, (float)(sum - NoiseAugmentation.Mean), value);

    /// <summary>
    /// The byte nearest to a number. It is an integer when it is kept within the range of bytes: of two floats compared behind a condition and then
    /// made a byte, LLVM 18 in PoCL 6 does not make code, but aborts ("Instruction Combining did not reach a fixpoint").
    /// </summary>
    private static byte ToByte(float value) => (byte)KernelMath.Max(KernelMath.Min((int)(value + 0.5f), byte.MaxValue), 0);

    private static void PutField(uint word, int at, int plane, ArrayView<float> field)
    {
        field[at] = FieldAcross(word);
        field[at + plane] = FieldDown(word);
    }

    private static float FieldAcross(uint word) => ((int)(word << 16) >> 16) * ElasticAugmentation.Unit;

    private static float FieldDown(uint word) => ((int)word >> 16) * ElasticAugmentation.Unit;

    private static float Interpolate(ArrayView<byte> image, float atX, float atY, int channel, int height, int width, int channels)
    {
        var (toX, toY) = (Within(atX, width), Within(atY, height));
        var (x, y) = ((int)toX, (int)toY);
        return Between(
            Pixel(image, x, y, channel, height, width, channels), Pixel(image, x + 1, y, channel, height, width, channels),
            Pixel(image, x, y + 1, channel, height, width, channels), Pixel(image, x + 1, y + 1, channel, height, width, channels), toX - x, toY - y);
    }

    /// <summary>A pixel, counted from 1 on; 0 outside.</summary>
    private static int Pixel(ArrayView<byte> image, int x, int y, int channel, int height, int width, int channels) =>
        (uint)(x - 1) < (uint)width & (uint)(y - 1) < (uint)height ? image[((((y - 1) * width) + x - 1) * channels) + channel] : 0;

    private IEnumerable<Launch> Launches(AugmentMemory memory)
    {
        var (accelerator, shape) = (_accelerator, _shape);
        var amounts = Allocate<float>(Augmentations.Slots);
        amounts.Buffer.CopyFrom(_augmentation.Amounts);
        var (low, high) = ((uint)_seed, (uint)(_seed >> 32));
        var maps = Allocate<float>(shape.Rows * MapFloats);
        var field = Allocate<float>(checked((int)FieldFloats(shape, _augmentation)));
        var noise = Allocate<byte>(checked((int)NoiseBytes(shape, _augmentation)));
        yield return accelerator.Prepare(MapKernel, LaunchShape.Linear(shape.Rows), memory.Labels, memory.Order, memory.Samples, memory.Cursor, amounts,
            low, high, shape.Height, shape.Width, shape.Rows, maps, memory.BatchLabels);
        if (_augmentation.IsElastic)
        {
            var (length, radius, fields) = (WeightLength(_augmentation), ElasticAugmentation.Radius(_augmentation.Sigma), 2 * shape.Rows);
            var between = Allocate<float>(field.Length);
            var blocks = shape.FieldLength / Philox.WordsOfBlock;
            var numbers = LaunchShape.Linear(checked(fields * shape.Height * shape.Width));
            yield return accelerator.Prepare(FieldKernel, LaunchShape.Linear(checked(shape.Rows * blocks)), memory.Samples, memory.Cursor, low, high, blocks,
                shape.Rows, field);
            yield return accelerator.Prepare(SmoothKernel, numbers, field, _weights.Slice(0, length), radius, shape.FieldStride, shape.Height, shape.Width,
                fields, between);
            yield return accelerator.Prepare(SmoothKernel, numbers, between, _weights.Slice(length, length), radius, 1, shape.Height, shape.Width, fields, field);
        }

        if (_augmentation.IsNoisy)
        {
            yield return accelerator.Prepare(NoiseKernel, LaunchShape.Linear(checked(shape.Rows * shape.NoiseBlocks)), memory.Samples, memory.Cursor, low, high,
                shape.NoiseBlocks, shape.Rows, noise);
        }

        yield return accelerator.Prepare(PixelKernel, LaunchShape.Linear(checked(shape.Rows * shape.Features)), memory.Values, memory.Order, memory.Cursor, maps,
            field, _augmentation.IsElastic ? 1 : 0, noise, NoiseAugmentation.Scale(_augmentation.Noise), shape.Height, shape.Width, shape.Channels,
            shape.Rows, memory.Batch);
    }
}
