using Microsoft.CodeAnalysis;

namespace Gpu.Kernels.Generator;

/// <summary>What devices have of their own: the framework's methods and the model's that need no source.</summary>
internal static class Intrinsics
{
    private static readonly Dictionary<string, string> _functions = new()
    {
        ["System.MathF.Sqrt"] = "sqrt",
        ["System.MathF.Abs"] = "fabs",
        ["System.MathF.FusedMultiplyAdd"] = "fma",
        ["System.MathF.CopySign"] = "copysign",
        ["System.MathF.Floor"] = "floor",
        ["System.MathF.Ceiling"] = "ceil",
        ["System.MathF.Truncate"] = "trunc",
        ["System.Math.Min"] = "min",
        ["System.Math.Max"] = "max",
        ["System.Single.IsNaN"] = "is_nan",
        ["System.BitConverter.SingleToInt32Bits"] = "as_int",
        ["System.BitConverter.Int32BitsToSingle"] = "as_float",
        ["Gpu.Kernels.Model.Interop.FloatAsInt"] = "as_uint",
        ["Gpu.Kernels.Model.Interop.IntAsFloat"] = "as_float",
    };

    private static readonly Dictionary<string, string> _properties = new()
    {
        ["Grid.LinearIndex"] = "grid_linear_index()",
        ["Grid.GlobalLinearIndex"] = "global_linear_index()",
        ["Group.LinearIndex"] = "group_linear_index()",
        ["Group.IsFirstThread"] = "(group_linear_index() == 0)",
        ["Group.IsLastThread"] = "(group_linear_index() == group_size() - 1)",
        ["Grid.Index"] = Three("get_group_id"),
        ["Grid.Dimension"] = Three("get_num_groups"),
        ["Grid.GlobalIndex"] = Three("get_global_id"),
        ["Group.Index"] = Three("get_local_id"),
        ["Group.Dimension"] = Three("get_local_size"),
    };

    private static readonly Dictionary<string, string> _advice = new()
    {
        ["System.Math.Clamp"] = "write KernelMath.Clamp",
        ["System.Threading.Interlocked"] = "write Atomic, which returns the old value",
        ["System.BitConverter"] = "write BitConverter.SingleToInt32Bits or Int32BitsToSingle",
        ["System.MathF"] = "write KernelMath, whose results are the same on all devices",
        ["System.Math"] = "write KernelMath, whose results are the same on all devices",
        ["System.Console"] = "devices have no console, write to a view",
        ["Gpu.Kernels.Model.Group"] = "write Group.Barrier, and SharedMemory to exchange values",
        ["Gpu.Kernels.Model.Grid"] = "write Grid.IdxX * Group.DimX + Group.IdxX",
        ["Gpu.Kernels.Model.ArrayView"] = "a view has an indexer, IntLength, SubView and Cast",
    };

    /// <summary>The C function of a method, or null.</summary>
    internal static string? Function(IMethodSymbol method)
    {
        if (!_functions.TryGetValue(Name(method), out var function))
        {
            return null;
        }

        // Of Math.Min and Max, only those of integers: floats differ where an operand is NaN.
        return function is "min" or "max" && method.Parameters[0].Type.SpecialType
            is not (SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_UInt64)
            ? null
            : function;
    }

    /// <summary>A static property of Grid or Group, or null.</summary>
    internal static string? Property(IPropertySymbol property)
    {
        var type = property.ContainingType.Name;
        if (!Model.IsModel(property.ContainingType) || type is not ("Grid" or "Group"))
        {
            return null;
        }

        if (_properties.TryGetValue($"{type}.{property.Name}", out var text))
        {
            return text;
        }

        var dimension = "XYZ".IndexOf(property.Name[property.Name.Length - 1]);
        return (type, property.Name.Substring(0, property.Name.Length - 1)) switch
        {
            ("Grid", "Idx") => $"(int)get_group_id({dimension})",
            ("Grid", "Dim") => $"(int)get_num_groups({dimension})",
            ("Group", "Idx") => $"(int)get_local_id({dimension})",
            ("Group", "Dim") => $"(int)get_local_size({dimension})",
            _ => null,
        };
    }

    /// <summary>What to write instead of a method.</summary>
    internal static string Advice(IMethodSymbol method)
    {
        var type = TypeName(method.ContainingType);
        return _advice.TryGetValue(Name(method), out var advice) || _advice.TryGetValue(type, out advice)
            ? advice
            : method.ContainingType.TypeKind is TypeKind.Delegate or TypeKind.Interface or TypeKind.Class && !method.IsStatic
                ? "devices have no objects and no virtual calls, write a static method"
                : "write it as a static method in this project";
    }

    private static string Name(IMethodSymbol method) => $"{TypeName(method.ContainingType)}.{method.Name}";

    private static string TypeName(INamedTypeSymbol type) =>
        $"{(Model.IsModel(type) ? Model.Namespace : type.ContainingNamespace.ToDisplayString())}.{type.Name}";

    private static string Three(string function) => $"MAKE_INT3((int){function}(0), (int){function}(1), (int){function}(2))";
}
