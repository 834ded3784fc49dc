using Microsoft.CodeAnalysis;

namespace Gpu.Kernels.Generator;

/// <summary>Recognises the types of the kernel model.</summary>
internal static class Model
{
    /// <summary>Where kernels live.</summary>
    internal const string KernelNamespace = "Gpu.Kernels.Ops";

    /// <summary>Where the model lives, as the tables of intrinsics write it.</summary>
    internal const string Namespace = "Gpu.Kernels.Model";

    /// <summary>Whether the type is of the model: ours, or ILGPU's of the same names where the kernels are compiled against that.</summary>
    internal static bool IsModel(ITypeSymbol? type) =>
        type?.ContainingNamespace?.ToDisplayString() is Namespace or "ILGPU" or "ILGPU.Runtime";

    internal static bool Is(ITypeSymbol? type, string name) => type?.Name == name && IsModel(type);

    /// <summary>Whether the type is an <c>ArrayView</c>, and of what.</summary>
    internal static bool IsView(ITypeSymbol? type, out ITypeSymbol element)
    {
        element = type is INamedTypeSymbol { TypeArguments.Length: 1 } named ? named.TypeArguments[0] : type!;
        return Is(type, "ArrayView");
    }

    internal static bool IsView(ITypeSymbol? type) => IsView(type, out _);

    /// <summary>The rank of an index type; 0 for others.</summary>
    internal static int IndexRank(ITypeSymbol type) => !IsModel(type) ? 0 : type.Name switch
    {
        "Index1D" => 1,
        "Index2D" => 2,
        "Index3D" => 3,
        _ => 0,
    };

    /// <summary>Whether the type is a <c>SpecializedValue</c>, and of what.</summary>
    internal static bool IsSpecialized(ITypeSymbol type, out ITypeSymbol value)
    {
        value = type is INamedTypeSymbol { TypeArguments.Length: 1 } named ? named.TypeArguments[0] : type;
        return Is(type, "SpecializedValue") && type is INamedTypeSymbol { IsGenericType: true };
    }

    /// <summary>Whether an <c>int</c> stands for the type in C: <c>int</c> itself or <c>Index1D</c>.</summary>
    internal static bool IsInt(ITypeSymbol? type) => type?.SpecialType == SpecialType.System_Int32 || Is(type, "Index1D");

    /// <summary>Whether the method is one that becomes a kernel.</summary>
    internal static bool IsKernel(IMethodSymbol method) =>
        method is { IsStatic: true, ReturnsVoid: true, MethodKind: MethodKind.Ordinary }
        && method.Name.EndsWith("Kernel", StringComparison.Ordinal)
        && method.ContainingNamespace?.ToDisplayString() == KernelNamespace
        && method.Parameters.Any(p => IsView(p.Type) || IndexRank(p.Type) > 0);
}
