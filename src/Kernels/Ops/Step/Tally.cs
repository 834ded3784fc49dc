using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Ends a step: adds the rows' losses and correct answers to the epoch's totals, in row order, and moves the cursor on. The
/// losses are added up in blocks of <see cref="Block"/>, the blocks with Kahan's compensation (Kahan, "Further remarks on reducing
/// truncation errors", 1965), so that the sum of an epoch is off by no more than that of a block. A NaN among the losses makes the
/// total NaN; the first step at which it, or a gradient's norm, was not finite is kept. A step that is not to be taken counts as
/// skipped and adds nothing.
/// </summary>
public static partial class Tally
{
    /// <summary>One lane adds everything up.</summary>
    public const string Plain = "plain";

    /// <summary>A group of lanes shares the reading: what one lane alone would wait for, row after row.</summary>
    public const string Grouped = "grouped";

    private const string Operation = "tally";

    /// <summary>What can be forced, as <c>GPU_FORCE_TALLY</c> names it.</summary>
    internal static OperationVariants Choices { get; } = new(Operation, [Plain, Grouped]);

    /// <summary>Losses added plainly before the total takes them in: compensation costs four additions, one after the other.</summary>
    private const int Block = 8;

    /// <summary>
    /// One index: losses and correct are (m), control see <see cref="StepControl"/>, read where <paramref name="isControlled"/> is 1,
    /// totals is {sum, compensation}, counts see <see cref="StepCounts"/>, cursor see <see cref="StepCursor"/>.
    /// </summary>
    public static void TallyKernel(Index1D i, ArrayView<float> losses, ArrayView<int> correct, int m, ArrayView<float> control,
        int isControlled, ArrayView<float> totals, ArrayView<int> counts, ArrayView<int> cursor)
    {
        if (i >= 1)
        {
            return;
        }

        if (isControlled != 0 && control[StepControl.Applies] == 0f)
        {
            Skip(m, counts);
        }
        else
        {
            AddUp(losses, correct, m, totals, counts);
            cursor[StepCursor.Updates] += 1;
        }

        MoveOn(m, control, isControlled, totals, counts, cursor);
    }

    /// <summary>Prepares the end of a step.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="losses">(m), the loss of each row.</param>
    /// <param name="correct">(m), 1 for each row that was right.</param>
    /// <param name="m">Rows in the batch.</param>
    /// <param name="control">See <see cref="StepControl"/>, of this step's gradient; null where it is not measured.</param>
    /// <param name="totals">{sum, compensation}, updated; the host sets both to 0 at the start of an epoch.</param>
    /// <param name="counts">See <see cref="StepCounts"/>, updated.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>, updated: one step and m samples further.</param>
    /// <param name="variant"><see cref="Plain"/> or <see cref="Grouped"/>, which have the same bits; null to choose by the device.</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<float> losses, DeviceView<int> correct, int m,
        DeviceView<float>? control, DeviceView<float> totals, DeviceView<int> counts, DeviceView<int> cursor, string? variant = null)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(losses, m, Operation);
        Require.Length(correct, m, Operation);
        Require.Length(totals, 2, Operation);
        Require.Length(counts, StepCounts.Length, Operation);
        Require.Length(cursor, StepCursor.Length, Operation);
        if (control is { } c)
        {
            Require.Length(c, StepControl.Length, Operation, nameof(control));
        }

        var forced = accelerator.Variants.Forced(Choices, variant);
        if (forced is null && accelerator is CpuAccelerator cpu)
        {
            return new TwinLaunch(cpu, losses, correct, m, control, totals, counts, cursor);
        }

        var (read, isControlled) = (control ?? totals, control is null ? 0 : 1);
        return (forced ?? (accelerator.IsHost ? Plain : Grouped)) == Grouped
            ? accelerator.Prepare(TallyGroupKernel, LaunchShape.Groups(1, 1, LanesFor(accelerator, m), 1), losses, correct, m, read, isControlled,
                totals, counts, cursor)
            : accelerator.Prepare(TallyKernel, LaunchShape.Linear(1), losses, correct, m, read, isControlled, totals, counts, cursor);
    }

    private static int LanesFor(ComputeAccelerator accelerator, int m) =>
        m > Lanes * Block && accelerator.Traits.LargestGroup >= ManyLanes ? ManyLanes : Lanes;

    /// <summary>The kernel on pointers: one sum in row order has nothing for vectors to do.</summary>
    private sealed unsafe class TwinLaunch(CpuAccelerator cpu, DeviceView<float> losses, DeviceView<int> correct, int m,
        DeviceView<float>? control, DeviceView<float> totals, DeviceView<int> counts, DeviceView<int> cursor) : CpuLaunch(cpu, Operation, 1, m)
    {
        private readonly float* _losses = losses.Pointer();
        private readonly int* _correct = correct.Pointer();
        private readonly float* _control = control is { } view ? view.Pointer() : null;
        private readonly float* _totals = totals.Pointer();
        private readonly int* _counts = counts.Pointer();
        private readonly int* _cursor = cursor.Pointer();

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            if (_control != null && _control[StepControl.Applies] == 0f)
            {
                _counts[StepCounts.SkippedSteps]++;
                _counts[StepCounts.SkippedSamples] += m;
            }
            else
            {
                AddUp();
                _cursor[StepCursor.Updates]++;
            }

            if (!float.IsFinite(_totals[0]) || (_control != null && !float.IsFinite(_control[StepControl.Norm])))
            {
                _counts[StepCounts.BadStep] = Math.Min(_counts[StepCounts.BadStep], _cursor[StepCursor.Step]);
            }

            _cursor[StepCursor.Step]++;
            _cursor[StepCursor.Sample] += m;
            _cursor[StepCursor.GlobalStep]++;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void AddUp()
        {
            var (sum, compensation, count) = (_totals[0], _totals[1], _counts[StepCounts.Correct]);
            for (var first = 0; first < m; first += Block)
            {
                var block = 0f;
                var end = Math.Min(first + Block, m);
                for (var row = first; row < end; row++)
                {
                    block += _losses[row];
                    count += _correct[row];
                }

                block -= compensation;
                var next = sum + block;
                compensation = next - sum - block;
                sum = next;
            }

            (_totals[0], _totals[1], _counts[StepCounts.Correct]) = (sum, compensation, count);
        }
    }
}
