using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Devices;

/// <summary>What launchers check before a kernel is bound. Kernels themselves trust their arguments.</summary>
[StackTraceHidden]
public static class Require
{
    /// <summary>The view holds a matrix of <paramref name="rows"/> by <paramref name="columns"/>, row after row.</summary>
    public static void Matrix<T>(DeviceView<T> view, int rows, int columns, string operation,
        [CallerArgumentExpression(nameof(view))] string name = "") where T : unmanaged
    {
        if (rows < 0 || columns < 0 || view.Length != (long)rows * columns)
        {
            Shape(operation, name, $"{rows} x {columns} = {(long)rows * columns} elements", view.Length);
        }
    }

    /// <summary>The view has exactly <paramref name="length"/> elements.</summary>
    public static void Length<T>(DeviceView<T> view, int length, string operation,
        [CallerArgumentExpression(nameof(view))] string name = "") where T : unmanaged
    {
        if (view.Length != length)
        {
            Shape(operation, name, $"{length} elements", view.Length);
        }
    }

    /// <summary>The view has at least <paramref name="length"/> elements.</summary>
    public static void AtLeast<T>(DeviceView<T> view, int length, string operation,
        [CallerArgumentExpression(nameof(view))] string name = "") where T : unmanaged
    {
        if (view.Length < length)
        {
            Shape(operation, name, $"at least {length} elements", view.Length);
        }
    }

    /// <summary>The value is 1 or more.</summary>
    public static void Positive(int value, string operation, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < 1)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{operation}: {name} must be 1 or more, it is {value}.");
        }
    }

    [DoesNotReturn]
    private static void Shape(string operation, string name, string expected, int found) =>
        throw new ArgumentException($"{operation}: {name} must have {expected}, it has {found}.", name);
}
