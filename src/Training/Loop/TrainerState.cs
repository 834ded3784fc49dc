using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>The numbers that training changes, on the host: what must be kept to go on with the same bits.</summary>
public sealed class TrainerState
{
    /// <summary>Room for the numbers of a network, all 0.</summary>
    /// <param name="shape">The network.</param>
    /// <param name="hasVelocity">Whether there is momentum.</param>
    public TrainerState(NetworkShape shape, bool hasVelocity)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Parameters = new float[shape.ParameterCount];
        Velocity = hasVelocity ? new float[shape.ParameterCount] : null;
    }

    /// <summary>Numbers that are there already; they are not copied.</summary>
    /// <exception cref="ArgumentException">There are more or fewer than the network has parameters.</exception>
    public TrainerState(NetworkShape shape, float[] parameters, float[]? velocity)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Length != shape.ParameterCount || (velocity is not null && velocity.Length != shape.ParameterCount))
        {
            throw new ArgumentException(
                $"The network {shape} has {shape.ParameterCount} parameters, found {parameters.Length} and a velocity of {velocity?.Length ?? 0}.",
                nameof(parameters));
        }

        (Parameters, Velocity) = (parameters, velocity);
    }

    /// <summary>The slab of <see cref="NetworkShape"/>.</summary>
    public float[] Parameters { get; }

    /// <summary>The velocity of momentum, laid out alike; null where there is none.</summary>
    public float[]? Velocity { get; }
}
