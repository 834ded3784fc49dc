namespace Gpu.Kernels.Accelerators;

/// <summary>What every device checks before it binds a kernel's arguments.</summary>
internal static class KernelBinding
{
    /// <summary>Arguments and shape are those that the kernel takes.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    internal static void Check(KernelSource source, LaunchShape shape, IReadOnlyList<KernelArgument> arguments)
    {
        if (shape.X < 0 || shape.Y < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(shape), shape, $"{source.EntryName}: a launch cannot be smaller than 0.");
        }

        if (source.IsGrouped != shape.IsGrouped || (shape.IsGrouped ? shape.GroupY < 1 : shape.Dimensions != source.Dimensions))
        {
            throw new ArgumentException($"{source.EntryName} takes {(source.IsGrouped ? "no index" : $"an index of {source.Dimensions} dimensions")}, "
                + $"it was launched {(shape.IsGrouped ? $"in groups of {shape.GroupX} x {shape.GroupY}" : $"over {shape.Dimensions} dimensions")}.", nameof(shape));
        }

        if (source.Parameters.Count != arguments.Count)
        {
            throw new ArgumentException($"{source.EntryName} takes {source.Parameters.Count} arguments "
                + $"({string.Join(", ", source.Parameters.Select(p => p.Name))}), {arguments.Count} were given.", nameof(arguments));
        }

        for (var i = 0; i < arguments.Count; i++)
        {
            var parameter = source.Parameters[i];
            var found = Describe(arguments[i].Value);
            var expected = parameter.Kind == KernelParameterKind.View ? $"a view of {parameter.Type}" : parameter.Type;
            if (found != expected)
            {
                throw new ArgumentException($"{source.EntryName}: argument {i + 1} ({parameter.Name}) must be {expected}, it is {found}.",
                    nameof(arguments));
            }
        }
    }

    private static string Describe(object? value) => value switch
    {
        null => "missing",
        IDeviceView view => $"a view of {NameOf(view.ElementType)}",
        _ => NameOf(value.GetType()),
    };

    /// <summary>The type as C# writes it.</summary>
    private static string NameOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => "byte",
        TypeCode.SByte => "sbyte",
        TypeCode.Int16 => "short",
        TypeCode.UInt16 => "ushort",
        TypeCode.Int32 => "int",
        TypeCode.UInt32 => "uint",
        TypeCode.Int64 => "long",
        TypeCode.UInt64 => "ulong",
        TypeCode.Single => "float",
        _ => type.FullName ?? type.Name,
    };
}
