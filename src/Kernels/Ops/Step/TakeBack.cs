using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>Numbers that a step has moved on its way go back to what they were, where the step is not to be taken; see <see cref="StepControl"/>.</summary>
public static class TakeBack
{
    private const string Operation = "take-back";

    /// <summary>One index an element: before and numbers are (count), control see <see cref="StepControl"/>.</summary>
    public static void TakeBackKernel(Index1D i, ArrayView<float> before, ArrayView<float> control, int count, ArrayView<float> numbers)
    {
        if (i >= count)
        {
            return;
        }

        if (control[StepControl.Applies] == 0f)
        {
            numbers[i] = before[i];
        }
    }

    /// <summary>Prepares it.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="before">(count), a copy of the numbers from before the step.</param>
    /// <param name="control">See <see cref="StepControl"/>.</param>
    /// <param name="numbers">(count), updated.</param>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<float> before, DeviceView<float> control, DeviceView<float> numbers)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(before, numbers.Length, Operation);
        Require.Length(control, StepControl.Length, Operation);
        return accelerator is CpuAccelerator cpu
            ? new TwinLaunch(cpu, before, control, numbers)
            : accelerator.Prepare(TakeBackKernel, LaunchShape.Linear(numbers.Length), before, control, numbers.Length, numbers);
    }

    /// <summary>The runtime's own copy, whatever the vector width.</summary>
    private sealed unsafe class TwinLaunch(CpuAccelerator cpu, DeviceView<float> before, DeviceView<float> control, DeviceView<float> numbers)
        : CpuLaunch(cpu, Operation, 1, 8L * numbers.Length)
    {
        private readonly float* _before = before.Pointer();
        private readonly float* _control = control.Pointer();
        private readonly float* _numbers = numbers.Pointer();

        public override void RunPart(int part)
        {
            if (_control[StepControl.Applies] == 0f)
            {
                new ReadOnlySpan<float>(_before, numbers.Length).CopyTo(new Span<float>(_numbers, numbers.Length));
            }
        }
    }
}
