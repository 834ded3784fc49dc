namespace Gpu.Kernels.Devices.Cpu;

/// <summary>
/// Launches in order, where neighbours that share out the same rows, or the same slices, run as one: each part goes through all of them before
/// the team meets again, which saves a wait for each.
/// </summary>
internal static class CpuSequence
{
    internal static Launch Join(CpuAccelerator cpu, string name, IReadOnlyList<Launch> launches)
    {
        var joined = new List<Launch>();
        var run = new List<CpuLaunch>();
        foreach (var launch in launches.SelectMany(launch => launch is LaunchSequence sequence ? sequence.Launches : [launch]))
        {
            if (launch is CpuLaunch { Rows: > 0 } or CpuLaunch { Slices: > 0 })
            {
                var next = (CpuLaunch)launch;
                if (run.Count > 0 && (run[0].Rows != next.Rows || run[0].Slices != next.Slices || run[0].Parts != next.Parts))
                {
                    Flush(cpu, run, joined);
                }

                run.Add(next);
            }
            else
            {
                Flush(cpu, run, joined);
                joined.Add(launch);
            }
        }

        Flush(cpu, run, joined);
        return new LaunchSequence(name, joined);
    }

    private static void Flush(CpuAccelerator cpu, List<CpuLaunch> run, List<Launch> joined)
    {
        if (run.Count > 0)
        {
            joined.Add(run.Count == 1 ? run[0] : new PartChain(cpu, [.. run]));
            run.Clear();
        }
    }

    private sealed class PartChain : CpuLaunch
    {
        private readonly CpuLaunch[] _links;

        internal PartChain(CpuAccelerator cpu, CpuLaunch[] links)
            : base(cpu, string.Join(" + ", links.Select(l => l.Name)), links[0].Parts, links.Sum(l => l.Cost))
        {
            _links = links;
            (Rows, Slices, StaysAlone) = (links[0].Rows, links[0].Slices, links.Any(link => link.StaysAlone));
        }

        public override void RunPart(int part)
        {
            foreach (var link in _links)
            {
                link.RunPart(part);
            }
        }
    }
}
