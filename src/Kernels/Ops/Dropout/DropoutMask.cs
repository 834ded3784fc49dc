namespace Gpu.Kernels.Ops;

/// <summary>Which elements a dropout layer sets to 0: a function of these, of the step of the run and of an element's place in its batch alone.</summary>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Layer">The number of the layer: no two layers of a network share a mask.</param>
/// <param name="Rate">The share of elements that become 0, from 0 up to, not including, 1.</param>
public readonly record struct DropoutMask(ulong Seed, int Layer, float Rate)
{
    /// <summary>An element is dropped where its 32 random bits are below.</summary>
    internal uint Threshold => (uint)Math.Min(Math.Round(Rate * 4294967296.0), uint.MaxValue);

    /// <summary>What an element that stays is multiplied by, so that the mean stays as well: 1 / (1 - <see cref="Rate"/>).</summary>
    internal float Scale => (float)(1 / (1 - (double)Rate));

    /// <summary>Throws where the rate is no share below 1.</summary>
    internal void Require()
    {
        if (!(Rate is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Rate), Rate, $"dropout: a rate from 0 up to, not including, 1 was expected, it is {Rate}.");
        }
    }
}
