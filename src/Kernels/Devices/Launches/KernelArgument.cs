namespace Gpu.Kernels.Devices;

/// <summary>One argument of a kernel: a view, or a scalar that is the same for every index.</summary>
public readonly record struct KernelArgument
{
    private KernelArgument(object value) => Value = value;

    /// <summary>An <see cref="IDeviceView"/>, <see cref="int"/>, <see cref="uint"/> or <see cref="float"/>.</summary>
    public object Value { get; }

    /// <summary>A view as an argument.</summary>
    public static KernelArgument Of(IDeviceView view) => new(view);

    /// <summary>An integer as an argument.</summary>
    public static implicit operator KernelArgument(int value) => new(value);

    /// <summary>An unsigned integer as an argument.</summary>
    public static implicit operator KernelArgument(uint value) => new(value);

    /// <summary>A float as an argument.</summary>
    public static implicit operator KernelArgument(float value) => new(value);
}
