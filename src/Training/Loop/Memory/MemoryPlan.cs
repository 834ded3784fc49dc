using Gpu.Kernels.Devices;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>Whether a run fits into the memory there is, where its samples go, and what would make it fit.</summary>
/// <param name="Estimate">What the run takes.</param>
/// <param name="Fits">Whether there is as much.</param>
/// <param name="DataMode">Resident or streamed: where it was left open, resident if the run fits so, else streamed.</param>
public sealed record MemoryPlan(MemoryEstimate Estimate, bool Fits, DataMode DataMode)
{
    /// <summary>In how many batches a step fits that takes its samples so, one after the other; null where the run fits, or none helps.</summary>
    public int? Accumulation { get; private init; }

    /// <summary>A batch size that fits; null where the run fits, or none helps.</summary>
    public int? SmallerBatch { get; private init; }

    /// <summary>Hidden layers that fit where no batch size does; null where they are not needed, or do not help.</summary>
    public IReadOnlyList<int>? SmallerLayers { get; private init; }

    /// <summary>Whether streaming the samples would do, where they were asked to be resident.</summary>
    public bool StreamingHelps { get; private init; }

    /// <summary>
    /// Bytes of samples that the processor learns from, and that are made of something smaller, such as the cells of a table, from which on they are made
    /// batch by batch by another core, where nothing else was asked for: an epoch is hardly slower, and the memory is not taken twice.
    /// </summary>
    private const long MostMade = 128 << 20;

    /// <summary>Whether samples are made batch by batch although they may fit.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="training">The samples to learn from.</param>
    public static bool MakesByBatch(ComputeAccelerator accelerator, DataSizes training)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return accelerator.IsHost && training.AreMade && training.Bytes > MostMade;
    }

    /// <summary>Works out a plan. Nothing is allocated.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="budget">The memory there is.</param>
    /// <param name="shape">The network.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="training">The samples to learn from.</param>
    /// <param name="evaluations">The samples to evaluate on, data set by data set.</param>
    public static MemoryPlan Make(ComputeAccelerator accelerator, MemoryBudget budget, NetworkShape shape, TrainerOptions options,
        DataSizes training, params DataSizes[] evaluations)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(options);
        MemoryPlan Try(NetworkShape network, TrainerOptions settings)
        {
            var resident = MemoryEstimate.Of(accelerator, network, settings, training, evaluations);
            if (settings.DataMode != DataMode.Auto || (budget.Holds(resident) && !MakesByBatch(accelerator, training)))
            {
                return new MemoryPlan(resident, budget.Holds(resident), settings.DataMode == DataMode.Auto ? DataMode.Resident : settings.DataMode);
            }

            var streamed = MemoryEstimate.Of(accelerator, network, settings with { DataMode = DataMode.Streamed }, training, evaluations);
            return new MemoryPlan(streamed, budget.Holds(streamed), DataMode.Streamed);
        }

        var plan = Try(shape, options);
        if (plan.Fits)
        {
            return plan;
        }

        var parts = MoreBatches(options).FirstOrDefault(accumulate => Try(shape, options with { Accumulate = accumulate }).Fits);
        var batch = Halves(Math.Min(options.BatchSize, training.Count)).FirstOrDefault(size => Try(shape, options with { BatchSize = size, Accumulate = 1 }).Fits);
        var smaller = batch > 0 ? null : Shrunk(shape).FirstOrDefault(network => Try(network, options).Fits);
        return plan with
        {
            StreamingHelps = options.DataMode == DataMode.Resident && Try(shape, options with { DataMode = DataMode.Streamed }).Fits,
            Accumulation = parts > 0 ? parts : null,
            SmallerBatch = batch > 0 ? batch : null,
            SmallerLayers = smaller is null ? null : [.. smaller.Layers.SkipLast(1).Select(layer => layer.Outputs)],
        };
    }

    /// <summary>More batches a step that are alike.</summary>
    private static IEnumerable<int> MoreBatches(TrainerOptions options) => Enumerable
        .Range(options.Accumulate + 1, TrainerOptions.MostBatches)
        .TakeWhile(parts => parts <= Math.Min(options.BatchSize, TrainerOptions.MostBatches))
        .Where(parts => options.BatchSize % parts == 0);

    private static IEnumerable<int> Halves(int size)
    {
        for (var half = size / 2; half > 0; half /= 2)
        {
            yield return half;
        }
    }

    /// <summary>A network of dense layers with its hidden ones halved, again and again.</summary>
    private static IEnumerable<NetworkShape> Shrunk(NetworkShape shape)
    {
        if (!shape.IsDense)
        {
            yield break;
        }

        var widest = shape.Layers.SkipLast(1).Select(layer => layer.Outputs).DefaultIfEmpty(1).Max();
        for (long divisor = 2; divisor <= widest; divisor *= 2)
        {
            var input = shape.Input;
            var layers = new List<DenseLayer>();
            foreach (var layer in shape.Layers.Cast<DenseLayer>())
            {
                var isLast = layers.Count == shape.Layers.Count - 1;
                layers.Add(new DenseLayer(input, isLast ? layer.Units : (int)Math.Max(1, layer.Units / divisor), layer.Activation));
                input = layers[^1].Output;
            }

            yield return new NetworkShape(layers, shape.Loss);
        }
    }
}
