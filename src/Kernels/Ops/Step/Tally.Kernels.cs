using ILGPU;

namespace Gpu.Kernels.Ops;

public static partial class Tally
{
    /// <summary>Lanes of a group, and of one for large batches.</summary>
    private const int Lanes = 64;
    private const int ManyLanes = 256;

    /// <summary>One group; parameters as in <see cref="TallyKernel"/>, and the same sums in the same order.</summary>
    public static void TallyGroupKernel(ArrayView<float> losses, ArrayView<int> correct, int m, ArrayView<float> control, int isControlled,
        ArrayView<float> totals, ArrayView<int> counts, ArrayView<int> cursor)
    {
        var values = SharedMemory.Allocate<float>(ManyLanes * Block);
        var answers = SharedMemory.Allocate<int>(ManyLanes * Block);
        var skips = isControlled != 0 && control[StepControl.Applies] == 0f;
        for (var first = 0; first < m; first += Group.DimX * Block)
        {
            Read(losses, correct, first, m, values, answers);
            Group.Barrier();
            AddBlock(KernelMath.Min(m - first - (Group.IdxX * Block), Block), values, answers);
            Group.Barrier();
            if (Group.IdxX == 0 && !skips)
            {
                AddBlocks(KernelMath.Min((m - first + Block - 1) / Block, Group.DimX), values, answers, totals, counts);
            }

            Group.Barrier();
        }

        if (Group.IdxX == 0)
        {
            if (skips)
            {
                Skip(m, counts);
            }
            else
            {
                cursor[StepCursor.Updates] += 1;
            }

            MoveOn(m, control, isControlled, totals, counts, cursor);
        }
    }

    /// <summary>Neighbouring lanes read neighbouring rows, all of them before the first is needed; zeros beyond the last.</summary>
    private static void Read(ArrayView<float> losses, ArrayView<int> correct, int first, int m, ArrayView<float> values, ArrayView<int> answers)
    {
        var (row, half) = (first + Group.IdxX, Block / 2 * Group.DimX);
        var (lower, upper) = (Four(losses, row, m), Four(losses, row + half, m));
        var (lowerAnswers, upperAnswers) = (Four(correct, row, m), Four(correct, row + half, m));
        Put(values.SubView(Group.IdxX), lower);
        Put(values.SubView(Group.IdxX + half), upper);
        Put(answers.SubView(Group.IdxX), lowerAnswers);
        Put(answers.SubView(Group.IdxX + half), upperAnswers);
    }

    private static Float4 Four(ArrayView<float> from, int row, int m) => new()
    {
        X = row < m ? from[row] : 0f,
        Y = row + Group.DimX < m ? from[row + Group.DimX] : 0f,
        Z = row + (2 * Group.DimX) < m ? from[row + (2 * Group.DimX)] : 0f,
        W = row + (3 * Group.DimX) < m ? from[row + (3 * Group.DimX)] : 0f,
    };

    private static Int4 Four(ArrayView<int> from, int row, int m) => new()
    {
        X = row < m ? from[row] : 0,
        Y = row + Group.DimX < m ? from[row + Group.DimX] : 0,
        Z = row + (2 * Group.DimX) < m ? from[row + (2 * Group.DimX)] : 0,
        W = row + (3 * Group.DimX) < m ? from[row + (3 * Group.DimX)] : 0,
    };

    private static void Put(ArrayView<float> to, Float4 four)
    {
        to[0] = four.X;
        to[Group.DimX] = four.Y;
        to[2 * Group.DimX] = four.Z;
        to[3 * Group.DimX] = four.W;
    }

    private static void Put(ArrayView<int> to, Int4 four)
    {
        to[0] = four.X;
        to[Group.DimX] = four.Y;
        to[2 * Group.DimX] = four.Z;
        to[3 * Group.DimX] = four.W;
    }

    /// <summary>The first element of each lane's block becomes the sum of its rows, of which there may be none or fewer.</summary>
    private static void AddBlock(int rows, ArrayView<float> values, ArrayView<int> answers)
    {
        var block = 0f;
        var count = 0;
        for (var row = 0; row < rows; row++)
        {
            block += values[(Group.IdxX * Block) + row];
            count += answers[(Group.IdxX * Block) + row];
        }

        values[Group.IdxX * Block] = block;
        answers[Group.IdxX * Block] = count;
    }

    private static void AddBlocks(int blocks, ArrayView<float> values, ArrayView<int> answers, ArrayView<float> totals, ArrayView<int> counts)
    {
        var total = new Compensated { Sum = totals[0], Compensation = totals[1] };
        var count = counts[StepCounts.Correct];
        var i = 0;
        for (; i + 4 <= blocks; i += 4)
        {
            // Loaded before the first is added: each addition waits for the one before it.
            var (first, second) = (values[i * Block], values[(i + 1) * Block]);
            var (third, fourth) = (values[(i + 2) * Block], values[(i + 3) * Block]);
            count += answers[i * Block] + answers[(i + 1) * Block] + answers[(i + 2) * Block] + answers[(i + 3) * Block];
            total = Add(Add(Add(Add(total, first), second), third), fourth);
        }

        for (; i < blocks; i++)
        {
            count += answers[i * Block];
            total = Add(total, values[i * Block]);
        }

        totals[0] = total.Sum;
        totals[1] = total.Compensation;
        counts[StepCounts.Correct] = count;
    }

    private static Compensated Add(Compensated total, float block)
    {
        block -= total.Compensation;
        var next = total.Sum + block;
        return new Compensated { Sum = next, Compensation = (next - total.Sum) - block };
    }

    private static void AddUp(ArrayView<float> losses, ArrayView<int> correct, int m, ArrayView<float> totals, ArrayView<int> counts)
    {
        var total = new Compensated { Sum = totals[0], Compensation = totals[1] };
        var count = counts[StepCounts.Correct];
        for (var first = 0; first < m; first += Block)
        {
            var block = 0f;
            for (var row = first; row < KernelMath.Min(first + Block, m); row++)
            {
                block += losses[row];
                count += correct[row];
            }

            total = Add(total, block);
        }

        totals[0] = total.Sum;
        totals[1] = total.Compensation;
        counts[StepCounts.Correct] = count;
    }

    private static void Skip(int m, ArrayView<int> counts)
    {
        counts[StepCounts.SkippedSteps] += 1;
        counts[StepCounts.SkippedSamples] += m;
    }

    private static void MoveOn(int m, ArrayView<float> control, int isControlled, ArrayView<float> totals, ArrayView<int> counts,
        ArrayView<int> cursor)
    {
        var isFinite = KernelMath.IsFinite(totals[0]) && (isControlled == 0 || KernelMath.IsFinite(control[StepControl.Norm]));
        if (!isFinite)
        {
            counts[StepCounts.BadStep] = KernelMath.Min(counts[StepCounts.BadStep], cursor[StepCursor.Step]);
        }

        cursor[StepCursor.Step] += 1;
        cursor[StepCursor.Sample] += m;
        cursor[StepCursor.GlobalStep] += 1;
    }

    /// <summary>A sum, and what rounding has added to it.</summary>
    private struct Compensated
    {
        internal float Sum;
        internal float Compensation;
    }
}
