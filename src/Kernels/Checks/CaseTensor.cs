using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Checks;

/// <summary>What a case does with a tensor.</summary>
public enum TensorRole
{
    /// <summary>Read only; it must be unchanged afterwards.</summary>
    Input,

    /// <summary>Written in full; it holds NaN (all bits set) before a run.</summary>
    Output,

    /// <summary>Read and written; it holds its values before each run.</summary>
    Updated,
}

/// <summary>A tensor of a case without its element type.</summary>
public abstract class CaseTensor : IDisposable
{
    private protected CaseTensor(string name, TensorRole role)
    {
        Name = name;
        Role = role;
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>What the case does with it.</summary>
    public TensorRole Role { get; }

    /// <summary>Writes guards and contents to the device, as they must be before a run.</summary>
    internal abstract void Restore();

    /// <summary>Reads the device's memory and checks the guards, and the contents of an input. Null where all is well.</summary>
    internal abstract string? Collect();

    /// <summary>Reads again, after another run, and compares bit by bit with what was collected.</summary>
    internal abstract Comparison Repeat();

    /// <summary>Takes the collected bits into a checksum.</summary>
    internal abstract ulong AddTo(ulong checksum);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>
/// A tensor of a case in device memory: a slice of a larger buffer, with guard bands on both sides that hold a NaN of
/// their own. A kernel that reads them spoils its result, one that writes them is found out.
/// </summary>
/// <typeparam name="T">An element of 1 or 4 bytes.</typeparam>
public sealed class CaseTensor<T> : CaseTensor where T : unmanaged, INumberBase<T>
{
    /// <summary>Elements in each guard band.</summary>
    private const int Guard = 64;

    /// <summary>As a float, a NaN that no arithmetic makes; as an integer, negative and out of any range.</summary>
    private const uint GuardBits = 0xFFFFA5A5;

    private readonly DeviceBuffer<T> _buffer;
    private readonly T[] _before;
    private readonly T[] _after;

    internal CaseTensor(ComputeAccelerator accelerator, string name, TensorRole role, ReadOnlySpan<T> values)
        : base(name, role)
    {
        Length = values.Length;
        _before = new T[values.Length + (2 * Guard)];
        _after = new T[_before.Length];
        Fill(_before, GuardBits);
        values.CopyTo(Inner(_before));
        if (role == TensorRole.Output)
        {
            Fill(Inner(_before), Comparison.UnwrittenBits);
        }

        _buffer = accelerator.Allocate<T>(_before.Length);
        Restore();
    }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements in device memory.</summary>
    public DeviceView<T> View => new(_buffer, Guard, Length);

    /// <summary>What the tensor held before the run.</summary>
    public ReadOnlySpan<T> Before => Inner(_before);

    /// <summary>What the tensor held after the run.</summary>
    public ReadOnlySpan<T> After => Inner(_after);

    /// <summary>What the tensor held before the run, in float64, for <see cref="Reference64"/>.</summary>
    public double[] ToDoubles()
    {
        var result = new double[Length];
        TensorPrimitives.ConvertTruncating(Before, result);
        return result;
    }

    /// <summary>What the tensor held before the run, as a new array.</summary>
    public T[] ToArray() => Before.ToArray();

    /// <inheritdoc/>
    public override void Dispose() => _buffer.Dispose();

    /// <summary>The elements in device memory.</summary>
    public static implicit operator DeviceView<T>(CaseTensor<T> tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.View;
    }

    /// <inheritdoc/>
    internal override void Restore() => _buffer.CopyFrom(_before);

    /// <inheritdoc/>
    internal override string? Collect()
    {
        _buffer.CopyTo(_after);
        var low = Comparison.SameBits<T>(Name, _before.AsSpan(0, Guard), _after.AsSpan(0, Guard));
        var high = Comparison.SameBits<T>(Name, _before.AsSpan(Guard + Length), _after.AsSpan(Guard + Length));
        if (!low.Passed || !high.Passed)
        {
            return $"Elements {(low.Passed ? "after the end" : "before the start")} of {Name} were written.";
        }

        return Role == TensorRole.Input && !Comparison.SameBits(Name, Before, After).Passed
            ? $"{Name} is an input and was written."
            : null;
    }

    /// <inheritdoc/>
    internal override Comparison Repeat()
    {
        var again = new T[_after.Length];
        _buffer.CopyTo(again);
        return Comparison.SameRun<T>(Name, _after, again);
    }

    /// <inheritdoc/>
    internal override ulong AddTo(ulong checksum)
    {
        foreach (var value in MemoryMarshal.Cast<T, uint>(After))
        {
            // Which of two NaN a sum passes on depends on the instruction.
            var isNaN = typeof(T) == typeof(float) && float.IsNaN(BitConverter.UInt32BitsToSingle(value));
            checksum = (checksum ^ (isNaN ? Comparison.UnwrittenBits : value)) * 1099511628211;
        }

        return checksum;
    }

    private static void Fill(Span<T> span, uint bits)
    {
        if (Unsafe.SizeOf<T>() == sizeof(uint))
        {
            MemoryMarshal.Cast<T, uint>(span).Fill(bits);
        }
        else
        {
            MemoryMarshal.AsBytes(span).Fill((byte)bits);
        }
    }

    private Span<T> Inner(T[] whole) => whole.AsSpan(Guard, Length);
}
