namespace Gpu.Kernels.Devices.Cpu;

/// <summary>Independent launches as one: the team meets once for all their parts, those of groups within a group too.</summary>
internal sealed class CpuGroup : CpuLaunch
{
    private readonly CpuLaunch[] _launches;
    private readonly CpuLaunch[] _owners;
    private readonly int[] _parts;

    internal CpuGroup(CpuAccelerator cpu, string name, CpuLaunch[] launches)
        : base(cpu, name, launches.Sum(launch => launch.Parts), launches.Sum(launch => launch.Cost))
    {
        StaysAlone = launches.Any(launch => launch.StaysAlone);
        _launches = [.. launches.SelectMany(launch => launch is CpuGroup group ? group._launches : [launch])];

        // Parts that have an owner first, then costly ones: the last ones to be claimed should be short, or a thread waits for the other.
        var order = _launches.OrderByDescending(launch => launch.Owned).ThenByDescending(launch => launch.Cost / launch.Parts).ToArray();
        Owned = order[0].Owned;
        _owners = [.. order.SelectMany(launch => Enumerable.Repeat(launch, launch.Parts))];
        _parts = [.. order.SelectMany(launch => Enumerable.Range(0, launch.Parts))];
    }

    public override int Owned { get; }

    public override void RunPart(int part) => _owners[part].RunPart(_parts[part]);
}
