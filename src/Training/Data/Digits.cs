using Gpu.Training.Random;

namespace Gpu.Training.Data;

/// <summary>
/// The built-in digits: grey images of 28 x 28 drawn by the program, for training without any download. Each is a function of
/// its number alone, so any of them are the same bits on every machine, whatever the number of threads.
/// </summary>
public static class Digits
{
    /// <summary>Training images of the full set.</summary>
    public const int TrainCount = 60_000;

    /// <summary>Test images of the full set.</summary>
    public const int TestCount = 10_000;

    private const ulong Seed = 20_100_301;
    private const int Chunk = 250;

    /// <summary>The first training images.</summary>
    public static DataSet Train(int count = TrainCount) => Create(count, part: 0, "digits (training)");

    /// <summary>The first test images: other draws of the same kind.</summary>
    public static DataSet Test(int count = TestCount) => Create(count, part: 1, "digits (test)");

    private static DataSet Create(int count, int part, string source)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        const int Features = DigitPainter.Side * DigitPainter.Side;
        var values = GC.AllocateUninitializedArray<byte>(checked(count * Features));
        var labels = new byte[count];
        Parallel.For(0, (count + Chunk - 1) / Chunk, chunk =>
        {
            for (var i = chunk * Chunk; i < Math.Min(count, (chunk + 1) * Chunk); i++)
            {
                labels[i] = DigitPainter.Paint(
                    new RandomStream(Seed, RandomPurpose.Digits, epoch: part, index: i), values.AsSpan(i * Features, Features));
            }
        });
        return new DataSet(source, values, labels, DigitPainter.Side, DigitPainter.Side, DigitGlyphs.All.Length);
    }
}
