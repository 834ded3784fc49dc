namespace Gpu.Kernels.Ops;

/// <summary>The augmentations there are. Recipes, command line, help, cases and tests go through this list; there is no other.</summary>
public static class Augmentations
{
    /// <summary>Every augmentation, in the order in which they apply, seen from the result: what moves the pixels, what bends them, what is added.</summary>
    public static IReadOnlyList<AugmentationKind> All { get; } =
    [
        ShiftAugmentation.Kind,
        RotationAugmentation.Kind,
        ScaleAugmentation.Kind,
        ShearAugmentation.Kind,
        ElasticAugmentation.Kind,
        NoiseAugmentation.Kind,
    ];

    /// <summary>Numbers of all augmentations together.</summary>
    internal static int Slots { get; } = All.Max(kind => kind.Slot + kind.Amounts.Count);

    /// <summary>Where the pixels of a sample come from, elastic distortion aside. What is off leaves the map as it is.</summary>
    internal static AffineMap Map(SampleDraw draw, float shift, float rotation, float scale, float shear)
    {
        var map = ShiftAugmentation.Apply(AffineMap.Identity, draw, shift);
        map = RotationAugmentation.Apply(map, draw, rotation);
        map = ScaleAugmentation.Apply(map, draw, scale);
        return ShearAugmentation.Apply(map, draw, shear);
    }
}
