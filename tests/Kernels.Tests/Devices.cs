using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;

namespace Gpu.Kernels.Tests;

/// <summary>
/// The accelerators that every case runs on, all with strict memory: the kernels themselves on the simulator, and the SIMD twins of every width
/// this machine has on teams of 1, 2 and 4 threads.
/// </summary>
public sealed class Devices : IDisposable
{
    private readonly List<(string Name, ComputeAccelerator Accelerator)> _all = [];

    public Devices()
    {
        Simulator = new SimulatorAccelerator(strict: true);
        _all.Add(("simulator", Simulator));
        foreach (var path in SimdPaths.Available)
        {
            foreach (var threads in (int[])[1, 2, 4])
            {
                _all.Add(($"cpu: {path}, {threads} threads", new CpuAccelerator(new CpuOptions { Path = path, Threads = threads, Strict = true })));
            }
        }
    }

    /// <summary>Every accelerator with a name for messages.</summary>
    public IReadOnlyList<(string Name, ComputeAccelerator Accelerator)> All => _all;

    /// <summary>The kernels themselves.</summary>
    public SimulatorAccelerator Simulator { get; }

    /// <summary>Those that run SIMD twins.</summary>
    public IEnumerable<(string Name, CpuAccelerator Accelerator)> Twins =>
        _all.Where(d => d.Accelerator is CpuAccelerator).Select(d => (d.Name, (CpuAccelerator)d.Accelerator));

    public void Dispose()
    {
        foreach (var (_, accelerator) in _all)
        {
            accelerator.Dispose();
        }
    }
}
