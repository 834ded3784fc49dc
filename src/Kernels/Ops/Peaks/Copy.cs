using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>Copies floats within a device's memory: its measured bandwidth and, of one float, about the least that a launch can do.</summary>
public static class Copy
{
    /// <summary>y = x, one index an element: x and y are (count).</summary>
    public static void CopyKernel(Index1D i, ArrayView<float> x, int count, ArrayView<float> y)
    {
        if (i >= count)
        {
            return;
        }

        y[i] = x[i];
    }

    /// <summary>Prepares a copy.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="x">(count), apart from <paramref name="y"/>.</param>
    /// <param name="y">(count).</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<float> x, DeviceView<float> y)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(x, y.Length, "copy");
        return accelerator is CpuAccelerator cpu
            ? new TwinLaunch(cpu, x, y)
            : accelerator.Prepare(CopyKernel, LaunchShape.Linear(y.Length), x, y.Length, y);
    }

    /// <summary>The runtime's own copy, whatever the vector width.</summary>
    private sealed unsafe class TwinLaunch(CpuAccelerator cpu, DeviceView<float> x, DeviceView<float> y)
        : CpuLaunch(cpu, "copy", CpuElements.Parts(y.Length), 8L * y.Length)
    {
        private readonly float* _x = x.Pointer();
        private readonly float* _y = y.Pointer();

        public override void RunPart(int part)
        {
            var (first, end) = RowRange(y.Length, Parts, part);
            new ReadOnlySpan<float>(_x + first, end - first).CopyTo(new Span<float>(_y + first, end - first));
        }
    }
}
