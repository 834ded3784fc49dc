namespace Gpu.Kernels.Devices;

/// <summary>A kernel with its arguments bound: made once, run in every step.</summary>
public abstract class Launch
{
    /// <summary>A launch that reports itself as <paramref name="name"/>.</summary>
    protected Launch(string name) => Name = name;

    /// <summary>Operation and variant, as <c>gpu check</c> and <c>gpu bench</c> list them.</summary>
    public string Name { get; }

    /// <summary>How many launches on the device one <see cref="Run"/> enqueues.</summary>
    public virtual int LaunchCount => 1;

    /// <summary>Enqueues the work; on the CPU it has ended on return. Allocates nothing.</summary>
    public abstract void Run();

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Launches that run one after the other.</summary>
public class LaunchSequence(string name, IReadOnlyList<Launch> launches) : Launch(name)
{
    private readonly Launch[] _launches = [.. launches];

    /// <summary>The launches, in order.</summary>
    public IReadOnlyList<Launch> Launches => _launches;

    /// <inheritdoc/>
    public override int LaunchCount => _launches.Sum(launch => launch.LaunchCount);

    /// <inheritdoc/>
    public override void Run()
    {
        foreach (var launch in _launches)
        {
            launch.Run();
        }
    }
}
