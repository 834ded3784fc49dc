using Gpu.Kernels.Accelerators.Cpu;

namespace Gpu.Kernels.Tests;

/// <summary>
/// The accelerators that every case runs on, all with strict memory: the kernels themselves in groups of two widths, and the
/// SIMD twins of every width this machine has on teams of 1, 2 and 4 threads.
/// </summary>
public sealed class Devices : IDisposable
{
    private readonly List<(string Name, CpuAccelerator Accelerator)> _all = [];

    public Devices()
    {
        foreach (var width in (int[])[64, 7])
        {
            Add($"plain, groups of {width}", new CpuOptions { Path = SimdPath.Plain, GroupWidth = width, Threads = 1 });
        }

        foreach (var path in SimdPaths.Available.Where(p => p != SimdPath.Plain))
        {
            foreach (var threads in (int[])[1, 2, 4])
            {
                Add($"{path}, {threads} threads", new CpuOptions { Path = path, Threads = threads });
            }
        }
    }

    /// <summary>Every accelerator with a name for messages.</summary>
    public IReadOnlyList<(string Name, CpuAccelerator Accelerator)> All => _all;

    /// <summary>The kernels themselves.</summary>
    public CpuAccelerator Plain => _all[0].Accelerator;

    /// <summary>Those that run SIMD twins.</summary>
    public IEnumerable<(string Name, CpuAccelerator Accelerator)> Twins => _all.Where(d => !d.Accelerator.IsPlain);

    public void Dispose()
    {
        foreach (var (_, accelerator) in _all)
        {
            accelerator.Dispose();
        }
    }

    private void Add(string name, CpuOptions options) => _all.Add((name, new CpuAccelerator(options with { Strict = true })));
}
