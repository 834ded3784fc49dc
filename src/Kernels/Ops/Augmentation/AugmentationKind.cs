using System.Globalization;

namespace Gpu.Kernels.Ops;

/// <summary>A number that an augmentation takes.</summary>
/// <param name="Name">What it is, for messages and help: <c>PIXELS</c>.</param>
/// <param name="Least">The least value.</param>
/// <param name="Most">The largest value.</param>
/// <param name="IsWhole">Whether it is a whole number.</param>
public sealed record AugmentationAmount(string Name, float Least, float Most, bool IsWhole = false)
{
    /// <summary>What it takes, for messages.</summary>
    public string Expected => string.Create(CultureInfo.InvariantCulture, $"{Name} {(IsWhole ? "a whole number " : "")}from {Least} to {Most}");

    /// <summary>Whether it takes a value.</summary>
    public bool Takes(float value) => value >= Least && value <= Most && (!IsWhole || value == MathF.Truncate(value));
}

/// <summary>
/// One way to change an image, as <c>rotate:15</c> names it. Its numbers stand in a list of all augmentations' numbers from <paramref name="Slot"/> on, 0
/// where it is off; <paramref name="Slot"/> also is the stream of random words that it draws from, so that one augmentation changes no other's draws.
/// </summary>
/// <param name="Name">The name, as the command line and recipes have it.</param>
/// <param name="Example">Numbers that suit handwritten digits.</param>
/// <param name="Slot">Where its numbers begin.</param>
/// <param name="Amounts">Its numbers.</param>
public sealed record AugmentationKind(string Name, string Example, int Slot, IReadOnlyList<AugmentationAmount> Amounts)
{
    /// <summary>Its text form, with the names of its numbers: <c>elastic:ALPHA/SIGMA</c>.</summary>
    public string Form => $"{Name}:{string.Join('/', Amounts.Select(amount => amount.Name))}";

    /// <inheritdoc/>
    public override string ToString() => Name;
}
