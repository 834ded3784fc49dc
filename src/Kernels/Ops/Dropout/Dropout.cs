using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Inverted dropout (Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout: a simple way to prevent neural networks from
/// overfitting", 2014, scaled in training as PyTorch does): y = x f, where f is 0 with probability p and else 1 / (1 - p), drawn anew in each
/// step. The gradient is dx = dy f with the same f, so that backward is the same launch on other memory: nothing is kept, f is computed again.
/// <para>
/// f comes from <see cref="Philox"/> with the seed as its key and the counter (block, layer, purpose, step of the run), so it is the same on every
/// device, for resident and streamed data, and after a resume. A row has a whole number of blocks: of <see cref="Chunk"/> columns, word w
/// of block b is for column 16 w + b. A row therefore has the same f whatever the size of the batch, and
/// whichever of a step's batches it is in.
/// </para>
/// </summary>
public static partial class Dropout
{
    /// <summary>What the random bits are drawn for, so that they share no sequence with others of the same seed.</summary>
    public const uint Purpose = 6;

    /// <summary>Columns that <see cref="Blocks"/> blocks of random words are for.</summary>
    private const int Chunk = Philox.ChunkWords;

    /// <summary>Blocks of four words that are made side by side.</summary>
    private const int Blocks = Philox.ChunkBlocks;

    /// <summary>The purpose, where <c>RandomStream</c> has it in its counter.</summary>
    private const uint PurposeWord = Purpose << 24;

    private const string Operation = "dropout";

    /// <summary>One index a block of random words, which is for up to four elements of a row: x and y are (m, n), cursor see <see cref="StepCursor"/>.</summary>
    public static void DropoutKernel(Index1D i, ArrayView<float> x, ArrayView<int> cursor, uint seedLow, uint seedHigh, uint layer, uint threshold,
        float scale, int m, int n, int rowBlocks, ArrayView<float> y)
    {
        if (i >= m * rowBlocks)
        {
            return;
        }

        var drawn = (uint)((cursor[StepCursor.Row] * rowBlocks) + i.X);
        var (w0, w1, w2, w3) = Philox.Block(drawn, layer, PurposeWord, (uint)cursor[StepCursor.GlobalStep], seedLow, seedHigh);
        var block = i % rowBlocks;
        var column = (block / Blocks * Chunk) + (block % Blocks);
        var at = (i / rowBlocks * n) + column;
        Put(x, at, column, n, w0 < threshold ? 0f : scale, y);
        Put(x, at + Blocks, column + Blocks, n, w1 < threshold ? 0f : scale, y);
        Put(x, at + (2 * Blocks), column + (2 * Blocks), n, w2 < threshold ? 0f : scale, y);
        Put(x, at + (3 * Blocks), column + (3 * Blocks), n, w3 < threshold ? 0f : scale, y);
    }

    /// <summary>Prepares y = x f; with gradients in the place of x and y it is the way back.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="mask">What f is made from.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>: the step of the run and the first row are read, so both ways must run before <see cref="Tally"/> moves it on.</param>
    /// <param name="x">(m, n); NaN and infinities that are dropped become NaN.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns, 1 or more.</param>
    /// <param name="y">(m, n); may be <paramref name="x"/>.</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DropoutMask mask, DeviceView<int> cursor, DeviceView<float> x, int m, int n,
        DeviceView<float> y)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        mask.Require();
        Require.Length(cursor, StepCursor.Length, Operation);
        Require.Positive(n, Operation);
        Require.Matrix(x, m, n, Operation);
        Require.Matrix(y, m, n, Operation);
        var rowBlocks = RowBlocks(n);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(mask, cursor, x, m, n, y))
            : accelerator.Prepare(DropoutKernel, LaunchShape.Linear(checked(m * rowBlocks)), x, cursor, (uint)mask.Seed, (uint)(mask.Seed >> 32),
                (uint)mask.Layer, mask.Threshold, mask.Scale, m, n, rowBlocks, y);
    }

    /// <summary>Blocks of random words for a row of n elements.</summary>
    internal static int RowBlocks(int n) => (n + Chunk - 1) / Chunk * Blocks;

    private static void Put(ArrayView<float> x, int at, int column, int n, float factor, ArrayView<float> y)
    {
        if (column < n)
        {
            y[at] = x[at] * factor;
        }
    }
}
