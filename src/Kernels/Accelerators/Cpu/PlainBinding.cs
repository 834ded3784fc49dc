using System.Linq.Expressions;
using System.Reflection;

namespace Gpu.Kernels.Accelerators.Cpu;

/// <summary>A kernel's method and its arguments, checked against each other, as parts of an expression that calls it.</summary>
internal sealed class PlainBinding
{
    private static readonly MethodInfo _makeView =
        typeof(PlainBinding).GetMethod(nameof(MakeView), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly MethodInfo _method;
    private readonly List<ParameterExpression> _variables = [];
    private readonly List<Expression> _assignments = [];
    private readonly List<ICpuMemory> _memory = [];

    /// <summary>Checks the arguments of a kernel.</summary>
    /// <exception cref="ArgumentException">They are not what the kernel takes.</exception>
    internal PlainBinding(CpuAccelerator cpu, Delegate kernel, KernelArgument[] arguments)
    {
        _method = kernel.Method;
        Name = KernelLibrary.ShortNameOf(_method);
        if (!_method.IsStatic || kernel.Target is not null)
        {
            throw new ArgumentException($"{Name}: a kernel must be a static method, given as a method group.", nameof(kernel));
        }

        var parameters = _method.GetParameters();
        IndexType = parameters is [var first, ..] && IsIndex(first.ParameterType) ? first.ParameterType : null;
        var expected = parameters[(IndexType is null ? 0 : 1)..];
        if (expected.Length != arguments.Length)
        {
            throw new ArgumentException(
                $"{Name} takes {expected.Length} arguments ({string.Join(", ", expected.Select(p => p.Name))}), {arguments.Length} were given.",
                nameof(arguments));
        }

        for (var i = 0; i < expected.Length; i++)
        {
            Bind(cpu, expected[i], i, arguments[i].Value);
        }
    }

    /// <summary>Class and method of the kernel.</summary>
    internal string Name { get; }

    /// <summary>The type of the index that the kernel takes first, or null where it states its groups itself.</summary>
    internal Type? IndexType { get; }

    /// <summary>The buffers that the arguments lie in.</summary>
    internal ICpuMemory[] Memory => [.. _memory];

    /// <summary>A body that holds the arguments in local variables while it runs.</summary>
    internal Expression WithArguments(Expression body) => Expression.Block(typeof(void), _variables, [.. _assignments, body]);

    /// <summary>One call of the kernel.</summary>
    /// <param name="index">The index, or null.</param>
    internal Expression Call(Expression? index) =>
        Expression.Call(_method, index is null ? _variables : [index, .. _variables]);

    private static bool IsIndex(Type type) =>
        type == typeof(Index1D) || type == typeof(Index2D) || type == typeof(Index3D) || type == typeof(LongIndex1D) ||
        type == typeof(LongIndex3D);

    private static unsafe ArrayView<T> MakeView<T>(DeviceView<T> view) where T : unmanaged => new(view.Pointer(), view.Length);

    private void Bind(CpuAccelerator cpu, ParameterInfo parameter, int position, object? value)
    {
        var bound = Convert(cpu, parameter.ParameterType, value) ?? throw new ArgumentException(
            $"{Name}: argument {position + 1} ({parameter.Name}) must be {Describe(parameter.ParameterType)}, it is {Describe(value)}.",
            nameof(value));
        if (value is IDeviceView view)
        {
            _memory.Add((ICpuMemory)view.BufferObject);
        }

        // A constant of the method would be unboxed in every call; a local variable is so once in a run.
        var variable = Expression.Variable(parameter.ParameterType, parameter.Name);
        _variables.Add(variable);
        _assignments.Add(Expression.Assign(variable, Expression.Constant(bound, parameter.ParameterType)));
    }

    /// <summary>The value as the kernel takes it, or null where it does not fit.</summary>
    private static object? Convert(CpuAccelerator cpu, Type type, object? value)
    {
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (value is IDeviceView view)
        {
            return generic == typeof(ArrayView<>) && type.GetGenericArguments()[0] == view.ElementType
                ? ViewOf(cpu, view)
                : null;
        }

        if (generic == typeof(SpecializedValue<>))
        {
            return type.GetGenericArguments()[0] == value?.GetType() ? Activator.CreateInstance(type, value) : null;
        }

        if (type.IsEnum)
        {
            return type.GetEnumUnderlyingType() == value?.GetType() ? Enum.ToObject(type, value) : null;
        }

        return type == value?.GetType() ? value : null;
    }

    private static object? ViewOf(CpuAccelerator cpu, IDeviceView view)
    {
        if (view.BufferObject is not ICpuMemory memory || !ReferenceEquals(memory.Owner, cpu))
        {
            throw new ArgumentException("A view of another accelerator's memory was given to the CPU: copy it over first.", nameof(view));
        }

        return _makeView.MakeGenericMethod(view.ElementType).Invoke(null, [view]);
    }

    private static string Describe(Type type)
    {
        if (!type.IsGenericType)
        {
            return type.Name;
        }

        return $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{Describe(type.GetGenericArguments()[0])}>";
    }

    private static string Describe(object? value) => value switch
    {
        null => "missing",
        IDeviceView view => $"a view of {view.ElementType.Name}",
        _ => value.GetType().Name,
    };
}
