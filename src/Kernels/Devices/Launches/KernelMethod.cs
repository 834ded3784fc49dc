using System.Collections.Concurrent;
using System.Reflection;
using ILGPU;
using ILGPU.Runtime;

namespace Gpu.Kernels.Devices;

/// <summary>A parameter of a kernel, without its index.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Type">The type of the value, or of the view's elements.</param>
/// <param name="IsView">Whether it is a view.</param>
internal sealed record KernelParameter(string Name, Type Type, bool IsView);

/// <summary>A method as a kernel: what it is launched over, and what it takes.</summary>
internal sealed class KernelMethod
{
    private static readonly ConcurrentDictionary<MethodInfo, KernelMethod> _known = [];

    private KernelMethod(MethodInfo method)
    {
        Method = method;
        var arguments = method.IsGenericMethod ? $"<{string.Join(",", method.GetGenericArguments().Select(t => t.Name))}>" : "";
        Name = $"{method.DeclaringType?.Name}.{method.Name}{arguments}";
        var parameters = method.GetParameters();
        Dimensions = parameters.Length == 0 ? 0 : RankOf(parameters[0].ParameterType);
        Parameters = [.. parameters[Math.Min(Dimensions, 1)..].Select(Describe)];
    }

    /// <summary>The method.</summary>
    internal MethodInfo Method { get; }

    /// <summary>Class and method, with type arguments: <c>Softmax.SoftmaxForwardKernel</c>.</summary>
    internal string Name { get; }

    /// <summary>The rank of the kernel's index; 0 where it states its own groups.</summary>
    internal int Dimensions { get; }

    /// <summary>Whether the kernel states its own groups.</summary>
    internal bool IsGrouped => Dimensions == 0;

    /// <summary>What it takes, without the index.</summary>
    internal IReadOnlyList<KernelParameter> Parameters { get; }

    /// <summary>The kernel that a method group names.</summary>
    /// <exception cref="ArgumentException">It is no public static method: ILGPU compiles no other.</exception>
    internal static KernelMethod Of(Delegate kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var method = kernel.Method;
        return method is { IsStatic: true, IsPublic: true }
            ? _known.GetOrAdd(method, found => new KernelMethod(found))
            : throw new ArgumentException($"{method.DeclaringType?.Name}.{method.Name} is no kernel: a kernel is a public static method.",
                nameof(kernel));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static int RankOf(Type type) => type == typeof(Index1D) ? 1 : type == typeof(Index2D) ? 2 : 0;

    private static KernelParameter Describe(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var isView = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ArrayView<>);
        var isSpecialized = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(SpecializedValue<>);
        type = isView || isSpecialized ? type.GetGenericArguments()[0] : type;
        return new KernelParameter(parameter.Name ?? "", type.IsEnum ? Enum.GetUnderlyingType(type) : type, isView);
    }
}
