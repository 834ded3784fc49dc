namespace Gpu.Kernels.Devices;

/// <summary>What every device checks before it binds a kernel's arguments.</summary>
internal static class KernelBinding
{
    /// <summary>Arguments and shape are those that the kernel takes.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    internal static void Check(KernelMethod kernel, LaunchShape shape, IReadOnlyList<KernelArgument> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (shape.X < 0 || shape.Y < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(shape), shape, $"{kernel.Name}: a launch cannot be smaller than 0.");
        }

        if (kernel.IsGrouped != shape.IsGrouped || (shape.IsGrouped ? shape.GroupY < 1 : shape.Dimensions != kernel.Dimensions))
        {
            throw new ArgumentException($"{kernel.Name} takes {(kernel.IsGrouped ? "no index" : $"an index of {kernel.Dimensions} dimensions")}, "
                + $"it was launched {(shape.IsGrouped ? $"in groups of {shape.GroupX} x {shape.GroupY}" : $"over {shape.Dimensions} dimensions")}.", nameof(shape));
        }

        if (kernel.Parameters.Count != arguments.Count)
        {
            throw new ArgumentException($"{kernel.Name} takes {kernel.Parameters.Count} arguments "
                + $"({string.Join(", ", kernel.Parameters.Select(p => p.Name))}), {arguments.Count} were given.", nameof(arguments));
        }

        foreach (var (parameter, argument) in kernel.Parameters.Zip(arguments))
        {
            var view = argument.Value as IDeviceView;
            if (parameter.IsView != view is not null || parameter.Type != (view?.ElementType ?? argument.Value?.GetType()))
            {
                throw new ArgumentException($"{kernel.Name}: argument {parameter.Name} must be {Describe(parameter.IsView, parameter.Type)}, it is "
                    + $"{(argument.Value is null ? "missing" : Describe(view is not null, view?.ElementType ?? argument.Value.GetType()))}.", nameof(arguments));
            }
        }
    }

    /// <summary>A device runs groups of so many lanes.</summary>
    /// <exception cref="DeviceException">It does not.</exception>
    internal static void CheckLanes(KernelMethod kernel, LaunchShape shape, int largest, string description)
    {
        if ((long)shape.GroupX * shape.GroupY > largest)
        {
            throw new DeviceException($"{kernel.Name}: groups of {shape.GroupX} x {shape.GroupY} lanes were asked for, {description} has "
                + $"groups of at most {largest}.");
        }
    }

    private static string Describe(bool isView, Type type) => isView ? $"a view of {NameOf(type)}" : NameOf(type);

    /// <summary>The type as C# writes it.</summary>
    private static string NameOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => "byte",
        TypeCode.Int32 => "int",
        TypeCode.UInt32 => "uint",
        TypeCode.Single => "float",
        _ => type.Name,
    };
}
