using Microsoft.CodeAnalysis;

namespace Gpu.Kernels.Generator;

/// <summary>Names in C for what has a name in C#.</summary>
internal static class CNames
{
    /// <summary>Words that C, OpenCL C, CUDA C++ or the prologues have taken.</summary>
    private static readonly HashSet<string> _reserved =
    [
        "auto", "register", "signed", "unsigned", "inline", "restrict", "union", "typedef", "extern", "volatile", "half", "kernel",
        "global", "local", "constant", "private", "generic", "pipe", "uniform", "event_t", "sampler_t", "size_t", "ptrdiff_t",
        "intptr_t", "uintptr_t", "uchar", "schar", "int64", "uint64", "read_only", "write_only", "read_write", "complex", "imaginary",
        "quad", "class", "new", "delete", "this", "template", "typename", "operator", "try", "catch", "throw", "friend", "mutable",
        "virtual", "explicit", "export", "namespace", "using", "asm", "typeof", "and", "or", "not", "xor", "bitand", "bitor", "compl",
        "and_eq", "or_eq", "xor_eq", "not_eq", "wchar_t", "nullptr", "constexpr", "decltype", "alignas", "alignof", "noexcept", "concept",
        "requires", "self", "main", "barrier", "fma", "sqrt", "fabs", "floor", "ceil", "trunc", "rint", "fmod", "copysign",
        "linux", "unix", "min", "max", "as_int", "as_uint", "as_float", "vec_step", "isnan", "FUNCTION", "SHARED_ARRAY", "GROUP_LANES", "UNROLL", "STRUCT",
    ];

    /// <summary>The name of a local, a parameter or a field.</summary>
    internal static string Identifier(string name) => _reserved.Contains(name) || IsVectorType(name) ? name + "_" : name;

    /// <summary>The types around a member and its own name, without the namespace: <c>KernelMath_Exp</c>.</summary>
    internal static string Member(ISymbol member) => $"{Type(member.ContainingType)}_{member.Name}";

    /// <summary>The name of a type, type arguments included.</summary>
    internal static string Type(ITypeSymbol type)
    {
        if (type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_String)
        {
            return type.ToDisplayString();
        }

        if (type is ITypeParameterSymbol)
        {
            return type.Name;
        }

        var outer = type.ContainingType is { } container ? Type(container) + "_" : "";
        return outer + type.Name + Arguments(type is INamedTypeSymbol named ? named.TypeArguments : []);
    }

    /// <summary>The name of a method: overloads carry their parameters' types.</summary>
    internal static string Method(IMethodSymbol method)
    {
        var isOverloaded = Overloads(method).Count() > 1;
        var name = method.MethodKind == MethodKind.Constructor ? $"{Type(method.ContainingType)}_new" : Member(method);
        name += Arguments(method.TypeArguments);
        return isOverloaded ? name + Overload(method) : name;
    }

    private static string Overload(IMethodSymbol method)
    {
        var types = method.Parameters.Select(p => Type(p.Type)).ToArray();
        return "_" + (types.Distinct().Count() == 1 && types.Length > 1 && !HasSameTypesInOtherNumber(method)
            ? types[0] : string.Join("_", types));
    }

    private static bool HasSameTypesInOtherNumber(IMethodSymbol method) =>
        Overloads(method).Any(other => other.Parameters.Length != method.Parameters.Length);

    /// <summary>The methods that type arguments do not tell apart.</summary>
    private static IEnumerable<IMethodSymbol> Overloads(IMethodSymbol method) => method.ContainingType.GetMembers(method.Name)
        .OfType<IMethodSymbol>().Where(other => other.TypeParameters.Length == method.TypeParameters.Length);

    private static string Arguments(IEnumerable<ITypeSymbol> types) => string.Concat(types.Select(t => "_" + Type(t)));

    /// <summary>float4, int2 and their kind.</summary>
    private static bool IsVectorType(string name)
    {
        var stem = name.TrimEnd('0', '1', '2', '3', '4', '6', '8');
        return stem.Length < name.Length
            && stem is "char" or "uchar" or "short" or "ushort" or "int" or "uint" or "long" or "ulong" or "float" or "double" or "half";
    }
}
