using Microsoft.CodeAnalysis;

namespace Gpu.Kernels.Generator;

/// <content>Types in C.</content>
internal sealed partial class UnitTranslator
{
    /// <summary>The C type of a value; an unsuitable type is reported and becomes int.</summary>
    internal string Type(ITypeSymbol type, Location location)
    {
        if (Primitive(type) is { } name)
        {
            return name;
        }

        switch (type)
        {
            case ITypeParameterSymbol:
                Report(Findings.TypeArgument, type.ToDisplayString(), "name a concrete struct where the kernel is prepared", location);
                return "int";
            case INamedTypeSymbol { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None, IsTupleType: false } named
                when !named.IsRefLikeType && !Model.IsModel(type) && named.DeclaringSyntaxReferences.Length > 0:
                return Struct(named, location);
            default:
                Report(Findings.Type, type.ToDisplayString(), TypeAdvice(type), location);
                return "int";
        }
    }

    /// <summary>The struct's fields and the names they have in C.</summary>
    internal static IEnumerable<(IFieldSymbol Field, string Name)> Fields(INamedTypeSymbol type)
    {
        var fields = type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic && !f.IsConst).ToArray();
        return VectorType(type) is not null
            ? fields.Select((f, i) => (f, "xyzw".Substring(i, 1)))
            : fields.Select(f => (f, CNames.Identifier((f.AssociatedSymbol ?? f).Name)));
    }

    /// <summary>The name in C of a field.</summary>
    internal static string FieldName(IFieldSymbol field) =>
        Fields(field.ContainingType).First(f =>
            SymbolEqualityComparer.Default.Equals(f.Field.OriginalDefinition, field.OriginalDefinition)).Name;

    /// <summary>A struct named Float2 or Float4 of as many floats is the language's own vector, loaded at once.</summary>
    internal static string? VectorType(ITypeSymbol type)
    {
        if (type.TypeKind != TypeKind.Struct || type.Name is not ("Float2" or "Float4"))
        {
            return null;
        }

        var fields = type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic).ToArray();
        return fields.Length == type.Name[5] - '0' && fields.All(f => f.Type.SpecialType == SpecialType.System_Single)
            ? type.Name.ToLowerInvariant()
            : null;
    }

    /// <summary>
    /// Whether a struct holds views, of global memory then. Kernels make such structs and pass them to methods; memory and the
    /// parameters of a kernel cannot hold them, since they are pointers of the device.
    /// </summary>
    internal static bool HoldsViews(ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } named && !Model.IsModel(type)
        && Fields(named).Any(f => Model.IsView(f.Field.Type) || HoldsViews(f.Field.Type));

    private static string? Primitive(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => "bool",
        SpecialType.System_SByte => "schar",
        SpecialType.System_Byte => "uchar",
        SpecialType.System_Int16 => "short",
        SpecialType.System_UInt16 => "ushort",
        SpecialType.System_Int32 => "int",
        SpecialType.System_UInt32 => "uint",
        SpecialType.System_Int64 => "int64",
        SpecialType.System_UInt64 => "uint64",
        SpecialType.System_Single => "float",
        SpecialType.System_Void => "void",
        _ when type is INamedTypeSymbol { TypeKind: TypeKind.Enum } e => Primitive(e.EnumUnderlyingType!),
        _ when Model.IsSpecialized(type, out var value) => Primitive(value),
        _ when Model.IndexRank(type) is > 0 and var rank => rank == 1 ? "int" : $"int{rank}",
        _ => VectorType(type),
    };

    private static string TypeAdvice(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Double or SpecialType.System_Decimal => "write float, which every device has",
        SpecialType.System_Char => "write ushort or int",
        SpecialType.System_IntPtr or SpecialType.System_UIntPtr => "write int",
        _ => Model.IsModel(type) && type.Name.StartsWith("LongIndex", StringComparison.Ordinal)
            ? "kernels index with 32 bits, write Index1D or int"
            : "kernels have int, uint, long, ulong, short, ushort, byte, sbyte, float, bool, enums, ArrayView and structs of them",
    };

    private string Struct(INamedTypeSymbol type, Location location)
    {
        var name = CNames.Type(type);
        if (!_known.Add(name))
        {
            return name;
        }

        if (type.GetAttributes().Any(a => a.AttributeClass?.Name is "StructLayoutAttribute" or "InlineArrayAttribute"))
        {
            Report(Findings.Struct, $"struct {type.Name}", "leave its layout to the language: remove StructLayout and InlineArray",
                location);
        }

        var writer = new CWriter();
        writer.Line("typedef struct");
        writer.Open();
        var fields = Fields(type).ToArray();
        foreach (var (field, fieldName) in fields)
        {
            Field(writer, type, field, fieldName, location);
        }

        if (fields.Length == 0)
        {
            writer.Line("int unused;");
        }

        writer.Close($" {name};");
        _parts.Add(new CPart(CPartKind.Struct, name, writer.ToString()));
        return name;
    }

    private void Field(CWriter writer, INamedTypeSymbol type, IFieldSymbol field, string name, Location location)
    {
        if (field.Type.SpecialType == SpecialType.System_Boolean)
        {
            Report(Findings.Struct, $"field {type.Name}.{field.Name}", "a bool has no fixed size on devices, write int or byte",
                location);
        }

        if (Model.IsView(field.Type, out var element))
        {
            writer.Line($"__global {Type(element, location)}* {name};");
            writer.Line($"int {name}_length;");
        }
        else
        {
            writer.Line($"{Type(field.Type, location)} {name};");
        }
    }
}
