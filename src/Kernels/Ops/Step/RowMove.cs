using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>Moves a cursor from one batch of a step to another one: its sample and its row, see <see cref="StepCursor"/>.</summary>
public static class RowMove
{
    private const string Operation = "row-move";

    /// <summary>One index: cursor see <see cref="StepCursor"/>.</summary>
    public static void RowMoveKernel(Index1D i, int rows, ArrayView<int> cursor)
    {
        if (i >= 1)
        {
            return;
        }

        cursor[StepCursor.Sample] += rows;
        cursor[StepCursor.Row] += rows;
    }

    /// <summary>Prepares it.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="rows">By how many rows; below 0 back.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>, updated.</param>
    /// <exception cref="ArgumentException">The cursor has another length.</exception>
    public static Launch Prepare(ComputeAccelerator accelerator, int rows, DeviceView<int> cursor)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(cursor, StepCursor.Length, Operation);
        return accelerator is CpuAccelerator cpu
            ? new TwinLaunch(cpu, rows, cursor)
            : accelerator.Prepare(RowMoveKernel, LaunchShape.Linear(1), rows, cursor);
    }

    private sealed unsafe class TwinLaunch(CpuAccelerator cpu, int rows, DeviceView<int> cursor) : CpuLaunch(cpu, Operation, 1, 2)
    {
        private readonly int* _cursor = cursor.Pointer();

        public override void RunPart(int part)
        {
            _cursor[StepCursor.Sample] += rows;
            _cursor[StepCursor.Row] += rows;
        }
    }
}
