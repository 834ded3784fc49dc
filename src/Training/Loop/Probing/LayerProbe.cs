using System.Diagnostics;
using System.Numerics.Tensors;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>
/// Measures the layers of a network on one fixed batch of its training samples, beside the training: on copies of its numbers, so that not a bit of
/// what is trained changes by it. The samples go through as in a step, forward and backward, on one thread of the processor.
/// </summary>
public sealed class LayerProbe : IDisposable
{
    /// <summary>Samples of the batch.</summary>
    private const int MostSamples = 1024;

    /// <summary>Numbers that lie between the layers at a time; larger networks are given the batch in parts.</summary>
    private const int MostNumbers = 8 << 20;

    /// <summary>Of so many parameters and more nothing is measured: it would take their memory three times more.</summary>
    private const int MostParameters = 4_000_000;

    /// <summary>Numbers of a layer that are looked at one by one.</summary>
    private const int MostLookedAt = 1 << 14;

    private const double FlatSlope = 0.01;
    private const double LowestGradient = -12, HighestGradient = 2;

    private readonly NetworkShape _shape;
    private readonly TrainerOptions _options;
    private readonly List<HostPass> _parts = [];
    private float[]? _before;
    private int _epochBefore;

    /// <summary>Takes the batch: samples evenly taken from what is learned from.</summary>
    /// <param name="shape">The network, of which <see cref="Suits"/> is true.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="options">How it learns.</param>
    public LayerProbe(NetworkShape shape, DataSet data, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(data);
        (_shape, _options) = (shape, options);
        var count = Math.Min(data.Count, MostSamples);
        int[] samples = [.. Enumerable.Range(0, count).Select(n => (int)((long)n * data.Count / count))];
        var rows = Math.Clamp(MostNumbers / (shape.Inputs + shape.Layers.Sum(layer => 2 * layer.Outputs)), 1, count);
        foreach (var some in samples.Chunk(rows))
        {
            var pass = new HostPass(shape, new float[shape.ParameterCount], some.Length, new HostStep(options.Seed, GlobalStep: 0));
            pass.Read(data, some, options.Scaling);
            _parts.Add(pass);
            Samples += some.Length;
        }
    }

    /// <summary>Samples of the batch.</summary>
    public int Samples { get; }

    /// <summary>Whether a network is small enough to be measured beside its training.</summary>
    public static bool Suits(NetworkShape shape) => shape.ParameterCount <= MostParameters;

    /// <summary>Measures the layers that learn or have an activation.</summary>
    /// <param name="parameters">The slab of the network as it is now.</param>
    /// <param name="epoch">The epoch that is behind it, from 1.</param>
    public IReadOnlyList<LayerMeasure> Measure(float[] parameters, int epoch)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var outputs = _shape.Layers.Select(layer => new OutputTally(layer)).ToArray();
        var gradients = _shape.Layers.Select((_, l) => new float[Learned(l).Sum(tensor => tensor.Length)]).ToArray();
        var (forward, backward) = (new TimeSpan[outputs.Length], new TimeSpan[outputs.Length]);
        foreach (var part in _parts)
        {
            part.SetParameters(parameters);
            for (var l = 0; l < outputs.Length; l++)
            {
                var begun = Stopwatch.GetTimestamp();
                var y = part.Forward(l);
                forward[l] += Stopwatch.GetElapsedTime(begun);
                outputs[l].Add(y, MostLookedAt / _parts.Count);
            }

            part.Losses(skipsCorrect: false, _options.Loss);
            for (var l = outputs.Length - 1; l >= 0; l--)
            {
                var begun = Stopwatch.GetTimestamp();
                var gradient = part.Gradient(l);
                backward[l] += Stopwatch.GetElapsedTime(begun);

                // The gradient of a mean over the part becomes its share of that over the batch.
                TensorPrimitives.MultiplyAdd(gradient, (float)part.Rows / Samples, gradients[l], gradients[l]);
            }
        }

        var measures = Enumerable.Range(0, outputs.Length).Where(l => gradients[l].Length > 0 || outputs[l].HasActivation)
            .Select(l => outputs[l].ToMeasure(l + 1) with
            {
                Gradient = Norm(gradients[l]),
                Update = Update(l, parameters, epoch),
                Gradients = Magnitudes(gradients[l]),
                ForwardSeconds = forward[l].TotalSeconds,
                BackwardSeconds = backward[l].TotalSeconds,
            }).ToList();
        (_before, _epochBefore) = ((float[])parameters.Clone(), epoch);
        return measures;
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.ForEach(part => part.Dispose());

    private IEnumerable<PlacedTensor> Learned(int layer) => _shape.TensorsOf(layer).Where(tensor => tensor.Tensor.Role != TensorRole.Statistic);

    private static double Norm(float[] gradient) => gradient.Length == 0 ? double.NaN : TensorPrimitives.Norm(gradient);

    private double Update(int layer, float[] parameters, int epoch)
    {
        if (_before is null || epoch <= _epochBefore || !Learned(layer).Any())
        {
            return double.NaN;
        }

        var (moved, whole) = (0.0, 0.0);
        foreach (var tensor in Learned(layer))
        {
            var then = _before.AsSpan(tensor.Offset, tensor.Length);
            var distance = (double)TensorPrimitives.Distance<float>(parameters.AsSpan(tensor.Offset, tensor.Length), then);
            moved += distance * distance;
            whole += TensorPrimitives.SumOfSquares<float>(then);
        }

        return Math.Sqrt(moved / whole) / (epoch - _epochBefore);
    }

    private static Spread Magnitudes(float[] gradient)
    {
        var spread = Spread.Between(LowestGradient, HighestGradient);
        var step = Math.Max(1, gradient.Length / MostLookedAt);
        for (var i = 0; i < gradient.Length; i += step)
        {
            spread.Add(Math.Log10(Math.Abs(gradient[i])));
        }

        return spread;
    }

    /// <summary>What the outputs of a layer add up to, part by part.</summary>
    private sealed class OutputTally(Layer layer)
    {
        private readonly float[] _largest = Filled(layer.Outputs, float.NegativeInfinity);
        private readonly float[] _smallest = Filled(layer.Outputs, float.PositiveInfinity);
        private Spread? _spread;
        private double _squares;
        private long _numbers, _flat, _lookedAt;

        /// <summary>Whether the slope of the activation can be told from its outputs.</summary>
        private bool HasSlopes => HasActivation && !Activations.KeepsSum(layer.Activation);

        internal bool HasActivation => layer.Activation != Activation.Identity;

        /// <summary>Adds rows x outputs, of which some are looked at one by one.</summary>
        internal void Add(float[] outputs, int most)
        {
            for (var at = 0; at < outputs.Length; at += layer.Outputs)
            {
                var row = outputs.AsSpan(at, layer.Outputs);
                TensorPrimitives.Max(_largest, row, _largest);
                TensorPrimitives.Min(_smallest, row, _smallest);
            }

            _squares += TensorPrimitives.SumOfSquares<float>(outputs);
            _numbers += outputs.Length;
            _spread ??= Spread.Between(TensorPrimitives.Min<float>(outputs), TensorPrimitives.Max<float>(outputs));

            // A step that shares no divisor with the outputs of a row comes by all of them.
            for (int i = 0, step = Math.Max(1, outputs.Length / most) | 1; i < outputs.Length; i += step)
            {
                _lookedAt++;
                _spread.Add(outputs[i]);
                _flat += HasSlopes && Math.Abs(Activations.Derivative(layer.Activation, outputs[i])) < FlatSlope ? 1 : 0;
            }
        }

        internal LayerMeasure ToMeasure(int number)
        {
            var channels = layer.Output.Channels;
            var dead = Enumerable.Range(0, channels).Count(unit => HasActivation && IsDead(unit, channels));
            return new LayerMeasure(number, channels)
            {
                Dead = dead,
                Saturated = HasSlopes ? (double)_flat / _lookedAt : double.NaN,
                Output = Math.Sqrt(_squares / _numbers),
                Outputs = _spread!,
                Gradients = Spread.Between(0, 1),
            };
        }

        /// <summary>Whether all that a unit says is one number: a channel says one for each pixel.</summary>
        private bool IsDead(int unit, int channels)
        {
            var value = _largest[unit];
            for (var i = unit; i < _largest.Length; i += channels)
            {
                if (!(_largest[i] == value && _smallest[i] == value))
                {
                    return false;
                }
            }

            return true;
        }

        private static float[] Filled(int length, float value)
        {
            var filled = new float[length];
            filled.AsSpan().Fill(value);
            return filled;
        }
    }
}
