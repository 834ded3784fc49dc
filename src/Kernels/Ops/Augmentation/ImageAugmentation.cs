using System.Globalization;

namespace Gpu.Kernels.Ops;

/// <summary>What is done to the images that a run learns from, anew in each epoch: in text <c>shift:2,rotate:15,elastic:36/5.5</c>.</summary>
public sealed class ImageAugmentation : IEquatable<ImageAugmentation>
{
    private readonly float[] _amounts;

    private ImageAugmentation(float[] amounts) => _amounts = amounts;

    /// <summary>Nothing.</summary>
    public static ImageAugmentation None { get; } = new(new float[Augmentations.Slots]);

    /// <summary>The augmentations that are on, in the order of the list.</summary>
    public IEnumerable<AugmentationKind> Kinds => Augmentations.All.Where(Has);

    /// <summary>The numbers of all augmentations, 0 for those that are off.</summary>
    internal float[] Amounts => [.. _amounts];

    /// <summary>The largest shift, in pixels.</summary>
    public int Shift => (int)_amounts[ShiftAugmentation.Slot];

    /// <summary>Whether places are displaced by fields.</summary>
    internal bool IsElastic => Has(ElasticAugmentation.Kind);

    /// <summary>Alpha of the elastic distortion.</summary>
    internal float Alpha => _amounts[ElasticAugmentation.Slot];

    /// <summary>Sigma of the elastic distortion.</summary>
    internal float Sigma => _amounts[ElasticAugmentation.SigmaSlot];

    /// <summary>The deviation of the noise.</summary>
    internal float Noise => _amounts[NoiseAugmentation.Slot];

    /// <summary>Whether noise is added, so that hardly a value stays 0.</summary>
    public bool IsNoisy => Noise > 0;

    /// <summary>Whether an augmentation is on.</summary>
    public bool Has(AugmentationKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return _amounts[kind.Slot] != 0;
    }

    /// <summary>The same with an augmentation on.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="amounts">Its numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more or fewer, or one is out of range.</exception>
    public ImageAugmentation With(AugmentationKind kind, params ReadOnlySpan<float> amounts)
    {
        ArgumentNullException.ThrowIfNull(kind);
        var all = Amounts;
        for (var i = 0; i < kind.Amounts.Count; i++)
        {
            if (amounts.Length != kind.Amounts.Count || !kind.Amounts[i].Takes(amounts[i]))
            {
                throw new ArgumentOutOfRangeException(nameof(amounts), $"{kind.Form} takes {string.Join(", ", kind.Amounts.Select(amount => amount.Expected))}.");
            }

            all[kind.Slot + i] = amounts[i];
        }

        return new ImageAugmentation(all);
    }

    /// <inheritdoc/>
    public bool Equals(ImageAugmentation? other) => other is not null && _amounts.AsSpan().SequenceEqual(other._amounts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ImageAugmentation);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text form; empty where nothing is on.</summary>
    public override string ToString() => string.Join(',', Kinds.Select(kind => $"{kind.Name}:{string.Join('/', kind.Amounts.Select((_, i) =>
        _amounts[kind.Slot + i].ToString("R", CultureInfo.InvariantCulture)))}"));
}
