using System.Numerics;
using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Checks;

/// <summary>Makes the tensors of one case on one accelerator.</summary>
public sealed class CaseMemory : IDisposable
{
    private readonly List<CaseTensor> _tensors = [];
    private readonly List<IDisposable> _owned = [];
    private readonly CaseInput _kind;

    internal CaseMemory(ComputeAccelerator accelerator, string caseName, CaseInput kind)
    {
        Accelerator = accelerator;
        Random = new CaseRandom(caseName);
        _kind = kind;
    }

    /// <summary>Where the case runs.</summary>
    public ComputeAccelerator Accelerator { get; }

    /// <summary>The case's own numbers, for inputs of a special kind.</summary>
    public CaseRandom Random { get; }

    /// <summary>The tensors in the order in which they were made.</summary>
    internal IReadOnlyList<CaseTensor> Tensors => _tensors;

    /// <summary>An input of the case's kind: integers in [-8, 8], or floats uniform in [-1, 1), one of them NaN where the case is about that.</summary>
    public CaseTensor<float> Input(string name, int length) => Add<float>(name, TensorRole.Input, Values(length));

    /// <summary>An input with these values.</summary>
    public CaseTensor<T> Input<T>(string name, T[] values) where T : unmanaged, INumberBase<T> => Add<T>(name, TensorRole.Input, values);

    /// <summary>A float output; every element must be written.</summary>
    public CaseTensor<float> Output(string name, int length) => Output<float>(name, length);

    /// <summary>An output of any type; every element must be written.</summary>
    public CaseTensor<T> Output<T>(string name, int length) where T : unmanaged, INumberBase<T> =>
        Add<T>(name, TensorRole.Output, new T[length]);

    /// <summary>A tensor of the case's kind that the operation changes in place.</summary>
    public CaseTensor<float> Updated(string name, int length) => Add<float>(name, TensorRole.Updated, Values(length));

    /// <summary>A tensor with these values that the operation changes in place.</summary>
    public CaseTensor<T> Updated<T>(string name, T[] values) where T : unmanaged, INumberBase<T> =>
        Add<T>(name, TensorRole.Updated, values);

    /// <summary>Takes over what an operation keeps between its launches; it goes before the tensors do.</summary>
    public T Own<T>(T operation) where T : IDisposable
    {
        _owned.Add(operation);
        return operation;
    }

    /// <summary>Values of the case's kind.</summary>
    public float[] Values(int length) => _kind == CaseInput.Integers
        ? Random.Array(length, r => (float)(r.Below(17) - 8))
        : WithFlaw(Random.Array(length, r => r.Between(-1, 1)));

    /// <summary>The same values, with a NaN somewhere among them where the case is about that.</summary>
    public float[] WithFlaw(float[] values)
    {
        if (_kind == CaseInput.WithNaN && values.Length > 0)
        {
            values[Random.Below(values.Length)] = float.NaN;
        }

        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var operation in _owned)
        {
            operation.Dispose();
        }

        _owned.Clear();
        foreach (var tensor in _tensors)
        {
            tensor.Dispose();
        }

        _tensors.Clear();
    }

    private CaseTensor<T> Add<T>(string name, TensorRole role, ReadOnlySpan<T> values) where T : unmanaged, INumberBase<T>
    {
        var tensor = new CaseTensor<T>(Accelerator, name, role, values);
        _tensors.Add(tensor);
        return tensor;
    }
}
