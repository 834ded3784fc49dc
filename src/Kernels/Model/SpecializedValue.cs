namespace Gpu.Kernels.Model;

/// <summary>A kernel parameter that a device may compile in as a constant: loop bounds and flags, not array sizes.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="value">The value.</param>
public struct SpecializedValue<T>(T value) : IEquatable<SpecializedValue<T>> where T : unmanaged, IEquatable<T>
{
    /// <summary>The value.</summary>
    public T Value { get; set; } = value;

    /// <inheritdoc/>
    public readonly bool Equals(SpecializedValue<T> other) => Value.Equals(other.Value);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is SpecializedValue<T> other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override readonly string ToString() => Value.ToString() ?? "";

    /// <summary>The value.</summary>
    public static implicit operator T(SpecializedValue<T> specialized) => specialized.Value;

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(SpecializedValue<T> first, SpecializedValue<T> second) => first.Equals(second);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(SpecializedValue<T> first, SpecializedValue<T> second) => !first.Equals(second);
}

/// <summary>Makes specialized values.</summary>
public static class SpecializedValue
{
    /// <summary>A specialized value.</summary>
    public static SpecializedValue<T> New<T>(T value) where T : unmanaged, IEquatable<T> => new(value);
}
