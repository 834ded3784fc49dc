using Microsoft.CodeAnalysis;

namespace Gpu.Kernels.Tests.Subset;

/// <summary>Which types and which methods from outside a kernel may use.</summary>
internal static class SubsetTypes
{
    internal const string Model = "Gpu.Kernels.Model";
    internal const string Operations = "Gpu.Kernels.Ops";

    /// <summary>What the one mathematics class may call; every device has these, exactly or within its own bound.</summary>
    private static readonly string[] _mathematics =
        ["MathF.Sqrt", "MathF.Abs", "MathF.CopySign", "MathF.FusedMultiplyAdd", "Single.IsNaN"];

    private static readonly string[] _everywhere = ["BitConverter.SingleToInt32Bits", "BitConverter.Int32BitsToSingle"];

    internal static bool IsModel(ISymbol? symbol) => symbol?.ContainingNamespace?.ToDisplayString() == Model;

    internal static bool IsIndex(ITypeSymbol type) =>
        IsModel(type) && type.Name is "Index1D" or "Index2D" or "Index3D" or "LongIndex1D" or "LongIndex3D";

    internal static bool IsView(ITypeSymbol? type) => type is { Name: "ArrayView" } && IsModel(type);

    internal static bool IsOurs(ISymbol symbol) => symbol.DeclaringSyntaxReferences.Length > 0;

    /// <summary>Whether a kernel may call this method of the framework.</summary>
    internal static bool IsAllowed(IMethodSymbol method, IMethodSymbol caller)
    {
        var name = $"{method.ContainingType.Name}.{method.Name}";
        return _everywhere.Contains(name) || (caller.ContainingType.Name == "KernelMath" && _mathematics.Contains(name));
    }

    /// <summary>Whether values of this type may occur in a kernel.</summary>
    internal static bool IsAllowed(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Void or SpecialType.System_Boolean or SpecialType.System_Byte or SpecialType.System_Int32 } => true,
        { SpecialType: SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_Single } => true,
        { TypeKind: TypeKind.Enum } => ((INamedTypeSymbol)type).EnumUnderlyingType?.SpecialType == SpecialType.System_Int32,
        ITypeParameterSymbol parameter => parameter.HasValueTypeConstraint,
        INamedTypeSymbol named when IsModel(named) => named.TypeArguments.All(IsAllowed),
        INamedTypeSymbol { TypeKind: TypeKind.Struct } named => IsOurs(named) && IsPlainStruct(named),
        _ => false,
    };

    /// <summary>Whether other assemblies, and so code generated at run time, see the type.</summary>
    internal static bool IsPublic(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol named && !named.TypeArguments.All(IsPublic))
        {
            return false;
        }

        for (var outer = type; outer is not null and not ITypeParameterSymbol; outer = outer.ContainingType)
        {
            if (outer.DeclaredAccessibility is not (Accessibility.Public or Accessibility.NotApplicable))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPlainStruct(INamedTypeSymbol type) =>
        type.IsUnmanagedType && !type.IsRefLikeType &&
        type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic).All(field => IsAllowed(field.Type));
}
