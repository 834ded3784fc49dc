namespace Gpu.Kernels.Accelerators.Cpu;

/// <summary>Independent launches as one: the team meets once for all their parts.</summary>
internal sealed class CpuGroup : CpuLaunch
{
    private readonly CpuLaunch[] _owners;
    private readonly int[] _parts;

    internal CpuGroup(CpuAccelerator cpu, string name, CpuLaunch[] launches)
        : base(cpu, name, launches.Sum(launch => launch.Parts), launches.Sum(launch => launch.Cost))
    {
        // Costly parts first: the last ones to be claimed should be short, or a thread waits for the other.
        var order = launches.OrderByDescending(launch => launch.Cost / launch.Parts).ToArray();
        _owners = [.. order.SelectMany(launch => Enumerable.Repeat(launch, launch.Parts))];
        _parts = [.. order.SelectMany(launch => Enumerable.Range(0, launch.Parts))];
    }

    public override void RunPart(int part) => _owners[part].RunPart(_parts[part]);
}
