using System.Runtime.InteropServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>What layers that draw want to know of a step.</summary>
/// <param name="Seed">The seed of the run.</param>
/// <param name="GlobalStep">The step, counted from the start of the run.</param>
internal sealed record HostStep(ulong Seed, int GlobalStep);

/// <summary>The layers of a network on one thread of the processor, run one at a time.</summary>
internal sealed class HostPass : IDisposable
{
    private readonly CpuAccelerator _cpu = new(new CpuOptions { Threads = 1 });
    private readonly NetworkShape _shape;
    private readonly int _rows;
    private readonly DeviceParameters _parameters;
    private readonly DeviceParameters _gradients;
    private readonly DeviceView<float> _x;
    private readonly List<LayerWork> _works = [];
    private readonly List<IDisposable> _owned = [];
    private int[] _labels = [];
    private float[] _targets = [];

    /// <summary>The layers for batches of some samples, as a step has them, or an evaluation where there is none.</summary>
    internal HostPass(NetworkShape shape, float[] parameters, int rows, HostStep? step)
    {
        (_shape, _rows) = (shape, rows);
        (_parameters, _gradients) = (Own(new DeviceParameters(_cpu, shape)), Own(new DeviceParameters(_cpu, shape)));
        _parameters.Buffer.CopyFrom(parameters);
        _x = Own(_cpu.Allocate<float>(rows * shape.Inputs));
        var below = new LayerFlow(_x, Gradient: null);
        for (var l = 0; l < shape.Layers.Count; l++)
        {
            _works.Add(Own(shape.Layers[l].Begin(new LayerPlace
            {
                Accelerator = _cpu,
                Rows = rows,
                Index = l,
                Below = below,
                Tensors = _parameters.Of(l),
                Learning = step is null ? null : new LearningPlace(step.Seed, Cursor(step.GlobalStep)),
            })));
            below = _works[l].Above;
        }
    }

    /// <summary>Samples of a batch.</summary>
    internal int Rows => _rows;

    /// <summary>Takes the parameters, of which it has a copy of its own.</summary>
    internal void SetParameters(float[] parameters) => _parameters.Buffer.CopyFrom(parameters);

    /// <summary>Takes the samples as inputs.</summary>
    internal void Read(DataSet data, ReadOnlySpan<int> samples, PixelScaling scaling)
    {
        var x = new float[_rows * _shape.Inputs];
        (_labels, _targets) = (new int[_rows], new float[_rows * data.Quantities]);
        for (var i = 0; i < _rows; i++)
        {
            _labels[i] = data.Labels.Length > 0 ? data.Labels[samples[i]] : 0;
            var bytes = data.Sample(samples[i]);
            MemoryMarshal.Cast<byte, float>(bytes[^(data.Quantities * sizeof(float))..]).CopyTo(_targets.AsSpan(i * data.Quantities));
            Inputs(bytes, data.AreFloats ? null : scaling, x.AsSpan(i * _shape.Inputs, _shape.Inputs));
        }

        _x.Buffer.CopyFrom(x);
    }

    /// <summary>The inputs that a sample is: floats as they are where no scaling is told, else bytes that are scaled.</summary>
    private static void Inputs(ReadOnlySpan<byte> bytes, PixelScaling? scaling, Span<float> inputs)
    {
        if (scaling is null)
        {
            MemoryMarshal.Cast<byte, float>(bytes)[..inputs.Length].CopyTo(inputs);
            return;
        }

        for (var k = 0; k < inputs.Length; k++)
        {
            inputs[k] = (bytes[k] * scaling.Scale) + scaling.Offset;
        }
    }

    /// <summary>Runs a layer forward; its outputs.</summary>
    internal float[] Forward(int layer)
    {
        Run(_works[layer].Forward());
        return Output(layer);
    }

    /// <summary>The outputs of a layer that has run.</summary>
    internal float[] Output(int layer) => Copy(_works[layer].Above.Output);

    /// <summary>The losses; the gradient by the last layer's sums is there afterwards.</summary>
    /// <param name="skipsCorrect">Whether samples that are answered right have none.</param>
    /// <param name="settings">What the loss is told.</param>
    internal float[] Losses(bool skipsCorrect, LossSettings settings)
    {
        var above = _works[^1].Above;
        using var losses = _cpu.Allocate<float>(_rows);
        using var labels = _cpu.Allocate<int>(_rows);
        using var correct = _cpu.Allocate<int>(_rows);
        labels.CopyFrom(_labels);
        using var terms = LossTerms.Create(_cpu, settings, _shape.Outputs);
        using var targets = _targets.Length > 0 ? _cpu.Allocate<float>(_targets.Length) : null;
        targets?.CopyFrom(_targets);
        _shape.Loss.Prepare(_cpu, new(above.Output, labels, _rows, _shape.Outputs, losses, correct, above.Gradient), targets?.View, terms).Run();
        Run(above.Activation == Activation.Identity
            ? [] : [Activations.PrepareBackward(_cpu, above.Activation, above.Kept, above.Gradient!.Value, above.Gradient!.Value)]);
        if (skipsCorrect)
        {
            SkipCorrect.Prepare(_cpu, correct, Cursor(0), 0, _rows, _shape.Outputs, above.Gradient!.Value).Run();
        }

        return losses.ToArray();
    }

    /// <summary>The gradients of a layer's tensors, one behind the other; that of its inputs is there afterwards.</summary>
    internal float[] Gradient(int layer)
    {
        var gradients = _gradients.Of(layer);
        if (layer > 0 && _works[layer - 1].Above.Gradient is not null)
        {
            Run(_works[layer].InputGradient());
        }

        // As in a step behind the gradient of the inputs, on the way to which some layers make those of their tensors.
        Run(_works[layer].ParameterGradient(gradients));
        DeviceView<float>[] learned = [.. _shape.TensorsOf(layer).Zip(gradients).Where(pair => pair.First.Tensor.Role != TensorRole.Statistic).Select(pair => pair.Second)];
        var numbers = new float[learned.Sum(view => view.Length)];
        var at = 0;
        foreach (var view in learned)
        {
            view.Buffer.CopyTo(numbers.AsSpan(at, view.Length), view.Offset);
            at += view.Length;
        }

        return numbers;
    }

    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        _cpu.Dispose();
    }

    private DeviceView<int> Cursor(int globalStep)
    {
        var cursor = new int[StepCursor.Length];
        cursor[StepCursor.GlobalStep] = globalStep;
        var buffer = Own(_cpu.Allocate<int>(cursor.Length));
        buffer.CopyFrom(cursor);
        return buffer;
    }

    private static void Run(IEnumerable<Launch> launches)
    {
        foreach (var launch in launches)
        {
            launch.Run();
        }
    }

    private static float[] Copy(DeviceView<float> view)
    {
        var numbers = new float[view.Length];
        view.Buffer.CopyTo(numbers, view.Offset);
        return numbers;
    }

    private T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
