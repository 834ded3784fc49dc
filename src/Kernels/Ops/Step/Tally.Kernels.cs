using ILGPU;

namespace Gpu.Kernels.Ops;

public static partial class Tally
{
    /// <summary>Lanes of a group.</summary>
    private const int Lanes = 64;

    /// <summary>Rows that a group takes in at a time: a block for each lane.</summary>
    private const int Rows = Lanes * Block;

    /// <summary>One group; parameters as in <see cref="TallyKernel"/>, and the same sums in the same order.</summary>
    public static void TallyGroupKernel(ArrayView<float> losses, ArrayView<int> correct, int m, ArrayView<float> control, int isControlled,
        ArrayView<float> totals, ArrayView<int> counts, ArrayView<int> cursor)
    {
        var values = SharedMemory.Allocate<float>(Rows);
        var answers = SharedMemory.Allocate<int>(Rows);
        var skips = isControlled != 0 && control[StepControl.Applies] == 0f;
        for (var first = 0; first < m; first += Rows)
        {
            Read(losses, correct, first, m, values, answers);
            Group.Barrier();
            AddBlock(KernelMath.Min(m - first - (Group.IdxX * Block), Block), values, answers);
            Group.Barrier();
            if (Group.IdxX == 0 && !skips)
            {
                AddBlocks(KernelMath.Min((m - first + Block - 1) / Block, Lanes), values, answers, totals, counts);
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

    /// <summary>Neighbouring lanes read neighbouring rows, all of them before the first is needed.</summary>
    private static void Read(ArrayView<float> losses, ArrayView<int> correct, int first, int m, ArrayView<float> values, ArrayView<int> answers)
    {
        for (var i = 0; i < Block; i++)
        {
            var row = (i * Lanes) + Group.IdxX;
            if (first + row < m)
            {
                values[row] = losses[first + row];
                answers[row] = correct[first + row];
            }
        }
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
        var sum = totals[0];
        var compensation = totals[1];
        var count = counts[StepCounts.Correct];
        for (var i = 0; i < blocks; i++)
        {
            var block = values[i * Block] - compensation;
            var next = sum + block;
            compensation = (next - sum) - block;
            sum = next;
            count += answers[i * Block];
        }

        totals[0] = sum;
        totals[1] = compensation;
        counts[StepCounts.Correct] = count;
    }

    private static void AddUp(ArrayView<float> losses, ArrayView<int> correct, int m, ArrayView<float> totals, ArrayView<int> counts)
    {
        var sum = totals[0];
        var compensation = totals[1];
        var count = counts[StepCounts.Correct];
        for (var first = 0; first < m; first += Block)
        {
            var block = 0f;
            for (var row = first; row < KernelMath.Min(first + Block, m); row++)
            {
                block += losses[row];
                count += correct[row];
            }

            block -= compensation;
            var next = sum + block;
            compensation = (next - sum) - block;
            sum = next;
        }

        totals[0] = sum;
        totals[1] = compensation;
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
}
