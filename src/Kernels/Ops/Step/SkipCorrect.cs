using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>Takes samples that are right already out of training: their rows of the gradient become 0, from a given step on.</summary>
public static class SkipCorrect
{
    /// <summary>One index an element: correct is (m), gradient (m, n).</summary>
    public static void SkipCorrectKernel(Index1D i, ArrayView<int> correct, ArrayView<int> cursor, int afterStep, int m, int n,
        ArrayView<float> gradient)
    {
        if (i >= m * n)
        {
            return;
        }

        if (cursor[StepCursor.GlobalStep] >= afterStep && correct[i / n] != 0)
        {
            gradient[i] = 0f;
        }
    }

    /// <summary>Prepares the skipping.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="correct">(m), not 0 where the sample was right.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>.</param>
    /// <param name="afterStep">The first step of the run, counted from 0, that skips.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="gradient">(m, n), updated.</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<int> correct, DeviceView<int> cursor, int afterStep, int m, int n,
        DeviceView<float> gradient)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(correct, m, "skip-correct");
        Require.Length(cursor, StepCursor.Length, "skip-correct");
        Require.Matrix(gradient, m, n, "skip-correct");
        return accelerator is CpuAccelerator cpu
            ? new TwinLaunch(cpu, correct, cursor, afterStep, m, n, gradient)
            : accelerator.Prepare(SkipCorrectKernel, LaunchShape.Linear(m * n), correct, cursor, afterStep, m, n, gradient);
    }

    /// <summary>Clears whole rows; the library's own loop does that as fast as the memory.</summary>
    private sealed unsafe class TwinLaunch : CpuLaunch
    {
        private readonly int* _correct;
        private readonly int* _cursor;
        private readonly int _afterStep;
        private readonly int _n;
        private readonly float* _gradient;

        internal TwinLaunch(CpuAccelerator cpu, DeviceView<int> correct, DeviceView<int> cursor, int afterStep, int m, int n,
            DeviceView<float> gradient) : base(cpu, "skip-correct", CpuRows.Parts(m), 4L * m * n)
        {
            Rows = m;
            _correct = correct.Pointer();
            _cursor = cursor.Pointer();
            _afterStep = afterStep;
            _n = n;
            _gradient = gradient.Pointer();
        }

        public override void RunPart(int part)
        {
            if (_cursor[StepCursor.GlobalStep] < _afterStep)
            {
                return;
            }

            var (first, end) = RowRange(Rows, Parts, part);
            for (var row = first; row < end; row++)
            {
                if (_correct[row] != 0)
                {
                    new Span<float>(_gradient + ((long)row * _n), _n).Clear();
                }
            }
        }
    }
}
