namespace Gpu.Kernels.Devices.Cpu;

/// <summary>A launch for each slice, all parts of which run where the slice's weights stay, see <see cref="CpuLaunch.Slices"/>.</summary>
internal sealed class SlicedLaunch : CpuLaunch
{
    private readonly CpuLaunch[] _launches;

    internal SlicedLaunch(CpuAccelerator cpu, CpuLaunch[] launches) : base(cpu, launches[0].Name, launches.Length, launches.Sum(launch => launch.Cost))
    {
        _launches = launches;
        Slices = launches.Length;
    }

    /// <inheritdoc/>
    public override void RunPart(int part) => WorkerTeam.RunAlone(_launches[part]);
}
