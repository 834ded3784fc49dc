namespace Gpu.Training.Layers;

/// <summary>A layer as it was asked for, before the size of what it reads is known.</summary>
/// <param name="Words">Its words, as they are written back.</param>
/// <param name="At">The layer behind something of a size.</param>
public sealed record LayerPlan(string Words, Func<SampleSize, Layer> At)
{
    /// <inheritdoc/>
    public bool Equals(LayerPlan? other) => other is not null && Words == other.Words;

    /// <inheritdoc/>
    public override int GetHashCode() => Words.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Words;
}

/// <summary>A kind of layer, by which <see cref="LayerKinds"/> finds it.</summary>
/// <param name="Word">Its first word in a recipe.</param>
/// <param name="Example">A layer of the kind.</param>
/// <param name="Read">Reads the words behind the first.</param>
internal sealed record LayerKind(string Word, string Example, Func<LayerWords, Func<SampleSize, Layer>> Read);
