using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>A slab of an optimizer's state, laid out as the weights.</summary>
/// <param name="Name">What the optimizer calls it.</param>
/// <param name="Values">A number for each parameter.</param>
public sealed record StateSlab(string Name, float[] Values);

/// <summary>What an optimizer carries from step to step, on the host.</summary>
/// <param name="Slabs">Its slabs, in its own order.</param>
/// <param name="Updates">How many updates were made since the run began; 0 where the steps are those of plain descent, which nobody counts.</param>
public sealed record OptimizerState(IReadOnlyList<StateSlab> Slabs, int Updates)
{
    /// <summary>None: what plain descent has.</summary>
    public static OptimizerState None { get; } = new([], 0);

    /// <summary>The state at the start of a run: all 0.</summary>
    public static OptimizerState Begin(NetworkShape shape, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return new([.. names.Select(name => new StateSlab(name, new float[shape.ParameterCount]))], 0);
    }

    /// <inheritdoc/>
    public override string ToString() => Slabs.Count == 0 ? "none" : string.Join(", ", Slabs.Select(slab => slab.Name));
}
