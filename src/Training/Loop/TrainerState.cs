using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>The numbers that training changes, on the host: what must be kept to go on with the same bits.</summary>
public sealed class TrainerState
{
    /// <summary>Numbers that are there already; they are not copied.</summary>
    /// <exception cref="ArgumentException">There are more or fewer than the network has parameters.</exception>
    public TrainerState(NetworkShape shape, float[] parameters, OptimizerState optimizer)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(optimizer);
        var lengths = optimizer.Slabs.Select(slab => slab.Values.Length).Prepend(parameters.Length).ToList();
        if (lengths.Exists(length => length != shape.ParameterCount))
        {
            throw new ArgumentException(
                $"The network {shape} has {shape.ParameterCount} parameters, found {lengths[0]} and slabs of {string.Join(", ", lengths.Skip(1))}.",
                nameof(parameters));
        }

        (Parameters, Optimizer) = (parameters, optimizer);
    }

    /// <summary>The slab of <see cref="NetworkShape"/>.</summary>
    public float[] Parameters { get; }

    /// <summary>What the optimizer carries on.</summary>
    public OptimizerState Optimizer { get; internal set; }

    /// <summary>The moving average of the parameters, as many; null where none is kept.</summary>
    public float[]? Average { get; init; }
}
