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

    /// <summary>The slab of <see cref="NetworkShape"/>.</summary>
    public float[] Parameters { get; }

    /// <summary>The velocity of momentum, laid out alike; null where there is none.</summary>
    public float[]? Velocity { get; }
}
