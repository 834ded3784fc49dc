namespace Gpu.Kernels.Accelerators;

/// <summary>How a parameter of a kernel is passed.</summary>
public enum KernelParameterKind
{
    /// <summary>A view: pointer to the buffer, first element as an int, number of elements as an int.</summary>
    View,

    /// <summary>A value.</summary>
    Scalar,

    /// <summary>A value that programs hold as a constant, by defining <c>ENTRY_PARAMETER</c>; it is passed all the same.</summary>
    Specialized,
}

/// <summary>A parameter of a kernel, without its index.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Kind">How it is passed.</param>
/// <param name="Type">The C# type of the value, or of the view's elements.</param>
public sealed record KernelParameter(string Name, KernelParameterKind Kind, string Type);

/// <summary>One kernel as devices compile it.</summary>
/// <param name="Name">Namespace, type and method, as <see cref="KernelLibrary.NameOf"/> writes them.</param>
/// <param name="EntryName">The C function.</param>
/// <param name="Dimensions">
/// The rank of the kernel's index: so many extents follow the arguments, as ints. 0 where the kernel states its own groups.
/// </param>
/// <param name="Parameters">Without the index.</param>
/// <param name="Parts">The pieces of the library that it needs, ascending; the kernel itself among them.</param>
public sealed record KernelSource(string Name, string EntryName, int Dimensions, IReadOnlyList<KernelParameter> Parameters,
    IReadOnlyList<int> Parts)
{
    /// <summary>Whether the kernel states its own groups.</summary>
    public bool IsGrouped => Dimensions == 0;

    /// <summary>Whether some parameters are compiled in as constants.</summary>
    public bool IsSpecialized { get; } = Parameters.Any(p => p.Kind == KernelParameterKind.Specialized);
}
