using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Augmentation;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>
/// The bytes that a run will take, worked out from sizes before anything is allocated: what <see cref="Trainer"/> and its parts
/// allocate on the device, part by part, and the copies that a run keeps on the host.
/// </summary>
public sealed class MemoryEstimate
{
    private readonly ComputeAccelerator? _accelerator;
    private readonly NetworkShape _shape;
    private readonly TrainerOptions _options;
    private readonly bool _isUnfused;
    private long _longest;

    private MemoryEstimate(ComputeAccelerator? accelerator, NetworkShape shape, TrainerOptions options) =>
        (_accelerator, _shape, _options, _isUnfused) =
            (accelerator, shape, options, accelerator is not null && UnfusedStep.IsForced(accelerator, shape, options));

    /// <summary>Whether the gradients of all parameters lie in memory at once.</summary>
    private bool HasGradients => _isUnfused || !_options.IsPlainDescent || !_shape.UpdatesInPlace;

    /// <summary>The weights and biases.</summary>
    public long Parameters { get; private set; }

    /// <summary>Their gradients; the room to measure a norm where plain descent never writes them down.</summary>
    public long Gradients { get; private set; }

    /// <summary>The slabs of the optimizer's state.</summary>
    public long OptimizerState { get; private set; }

    /// <summary>The moving average of the weights and biases, where one is kept.</summary>
    public long Average { get; private set; }

    /// <summary>A batch: inputs, every layer's outputs and their gradients, losses, and what an operation needs beside these.</summary>
    public long Activations { get; private set; }

    /// <summary>The training samples, or room for two chunks of them where they are streamed, and their order.</summary>
    public long Samples { get; private set; }

    /// <summary>Validation and test samples, and a batch of each.</summary>
    public long Evaluation { get; private set; }

    /// <summary>Bytes on the device.</summary>
    public long DeviceBytes => Parameters + Gradients + OptimizerState + Average + Activations + Samples + Evaluation;

    /// <summary>Bytes on the host: the weights and the optimizer's state as a checkpoint is written from them, the weights once more,
    /// samples that are held there, orders, what is read ahead.</summary>
    public long HostBytes { get; private set; }

    /// <summary>Bytes of the largest single buffer on the device.</summary>
    public long LargestBuffer { get; private set; }

    /// <summary>Whether every buffer can be counted with 32 bits.</summary>
    public bool IsCountable => _longest <= Array.MaxLength;

    /// <summary>The estimate for a run.</summary>
    /// <param name="accelerator">The device; null for any, without what the processor's operations need beside their arguments.</param>
    /// <param name="shape">The network.</param>
    /// <param name="options">How it is trained; <see cref="DataMode.Auto"/> counts as resident.</param>
    /// <param name="training">The samples to learn from.</param>
    /// <param name="evaluations">The samples to evaluate on, data set by data set; none without a device.</param>
    public static MemoryEstimate Of(ComputeAccelerator? accelerator, NetworkShape shape, TrainerOptions options, DataSizes training,
        params ReadOnlySpan<DataSizes> evaluations)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(options);
        var estimate = new MemoryEstimate(accelerator, shape, options);
        estimate.AddNetwork();
        estimate.AddTraining(training);
        foreach (var data in evaluations)
        {
            estimate.AddEvaluation(data);
        }

        return estimate;
    }

    private void AddNetwork()
    {
        var slab = Floats(_shape.ParameterCount);
        Parameters = slab;
        Gradients = (HasGradients ? slab : 0) + (_options.Accumulate > 1 ? slab : 0);
        OptimizerState = _options.Update.Slots.Count * slab;
        Average = _options.Ema is null ? 0 : slab;
        HostBytes = (2 * slab) + OptimizerState + Average;
    }

    private void AddTraining(DataSizes data)
    {
        data = data with { Density = _options.Density(data) };
        var isOnline = _accelerator is not null && OnlineRun.Suits(_accelerator, _shape, _options, data.AreFloats);
        var plan = new StepPlan(data.Count, Math.Min(data.Count, isOnline ? OnlineRun.Samples(_options.StopEvery) : _options.BatchSize));
        var isStreamed = _options.DataMode == DataMode.Streamed;
        var samples = isStreamed ? 2 * StreamedFeed.SamplesPerChunk(_accelerator, data.Count, data.SampleBytes, plan.SamplesPerRun) : data.Count;
        Samples = Buffer(samples * data.SampleBytes, sizeof(byte)) + Buffer(samples, sizeof(byte)) + Floats(data.Count);
        HostBytes += data.HostBytes + (sizeof(int) * (isStreamed ? 2L : 1) * data.Count)
            + (isStreamed ? StreamedFeed.HostBytes(samples, data) + (data.IsOnDisk ? WindowedSamples.Bytes(_options.Shuffle, data.Count, data.SampleBytes) : 0) : 0);
        Activations = Floats((data.Count + _options.BatchSize - 1L) / _options.BatchSize);
        foreach (var rows in Rows(plan))
        {
            Activations += isOnline ? OnlineScratch() : Step(rows, data);
        }

        if (_options.Augmentation is { } augmentation)
        {
            var batch = _options.Batches(plan.SamplesPerRun).First();
            Samples += Buffer((long)batch * data.Features, sizeof(byte)) + Buffer(batch, sizeof(byte)) + (2 * Floats(data.Count));
            Activations += _accelerator is null ? 0 : Rows(plan).SelectMany(rows => _options.Batches(rows).Distinct()).Sum(rows =>
                Scratch(AugmentBatch.ScratchBytes(_accelerator, AugmentationFit.Shape(rows, data.Height, data.Features), augmentation)));
        }

        if (!isOnline && (_options.MeasureGradient || _options.IsControlled))
        {
            // The launches that measure make the gradients of an epoch's last batch a second time.
            var last = Rows(plan).Last();
            Gradients += NormRoom() + (HasGradients ? 0 : GradientScratch(last, data));
        }
    }

    private void AddEvaluation(DataSizes data)
    {
        var plan = StepPlan.ForEvaluation(_accelerator!, _shape, data.Count);
        var isStreamed = data.IsStreamed || DataPass.IsMadeByBatch(_accelerator!, data.AreMade, data.Bytes, isLone: false);
        var samples = isStreamed ? 2 * StreamedFeed.SamplesPerChunk(_accelerator, data.Count, data.SampleBytes, plan.SamplesPerRun) : data.Count;
        Evaluation += Buffer(samples * data.SampleBytes, sizeof(byte)) + Buffer(samples, sizeof(byte)) + Floats(data.Count);
        HostBytes += data.HostBytes + (isStreamed ? StreamedFeed.HostBytes(samples, data) + (sizeof(int) * 2L * data.Count) : 0);
        foreach (var rows in Rows(plan))
        {
            Evaluation += Forward(rows, data, learns: false) + Scores(rows);
        }
    }

    /// <summary>A step of so many samples, in as many batches as it takes.</summary>
    private long Step(int samples, DataSizes data) => Scores(samples)
        + (_options.SkipBadSteps ? Floats(_shape.ParameterCount - _shape.LearnedCount) : 0)
        + _options.Batches(samples).Distinct().Sum(rows =>
            (_isUnfused ? Unfused(rows, data) : Forward(rows, data, learns: true) + Backward(rows, data)) + (_options.Loss.IsPlain ? 0 : Floats(_shape.Outputs)));

    /// <summary>The losses and answers of samples.</summary>
    private long Scores(int samples) => Floats(2L * samples);

    /// <summary>Inputs, labels and outputs of a batch.</summary>
    private long Forward(int rows, DataSizes data, bool learns)
    {
        var inputs = ReadsBytes(rows, data, learns)
            ? GatherMatMul.ScratchBytes(_accelerator!, FirstLayer(rows, data, learns))
            : Floats((long)rows * data.Features);
        return inputs + Outputs(rows) + Floats((1L + data.Quantities) * rows) + Products(rows, data, learns).Sum(layer => Scratch(layer.ForwardScratch));
    }

    /// <summary>A batch of a step that fuses nothing: inputs, labels, outputs, their gradients, probabilities.</summary>
    private long Unfused(int rows, DataSizes data) => Floats((long)rows * data.Features) + Floats((1L + data.Quantities) * rows) + (2 * Outputs(rows)) + Kept(rows)
        + (_options.Loss.IsPlain ? Floats(_shape.Loss.ProbabilityCount(rows, _shape.Outputs)) : 0)
        + _shape.Layers.Select((layer, l) => Scratch(MatMul.ForwardScratchBytes(_accelerator!, rows, layer.Inputs, layer.Outputs))
            + Scratch(MatMul.WeightGradientScratchBytes(_accelerator!, rows, layer.Inputs, layer.Outputs))
            + (l == 0 ? 0 : Scratch(MatMul.InputGradientScratchBytes(_accelerator!, rows, layer.Inputs, layer.Outputs)))).Sum();

    /// <summary>The gradients by the outputs of all layers, and what layers keep from forward for it.</summary>
    private long Backward(int rows, DataSizes data) => Outputs(rows) + Kept(rows) + GradientScratch(rows, data)
        + Layers(rows).Skip(1).Sum(layer => Scratch(layer.InputScratch));

    private long Outputs(int rows) => Layers(rows).Sum(layer => Floats(layer.Outputs));

    private long Kept(int rows) => Layers(rows).Sum(layer => Floats(layer.Kept));

    private IEnumerable<LayerMemory> Layers(int rows) => _shape.Layers.Select(layer => layer.Memory(_accelerator, rows));

    /// <summary>The layers that read floats: not the first one where it reads the bytes of the samples.</summary>
    private IEnumerable<LayerMemory> Products(int rows, DataSizes data, bool learns) => Layers(rows).Skip(ReadsBytes(rows, data, learns) ? 1 : 0);

    /// <summary>What the launches of all layers' gradients keep.</summary>
    private long GradientScratch(int rows, DataSizes data) => Products(rows, data, learns: true).Sum(layer => Scratch(layer.ParameterScratch))
        + (ReadsBytes(rows, data, learns: true) ? Scratch(GatheringDense.GradientScratchBytes(_accelerator!, _shape.Layers[0], rows)) : 0);

    /// <summary>Whether the first layer reads the bytes of the samples itself, so that inputs are never stored.</summary>
    private bool ReadsBytes(int rows, DataSizes data, bool learns) =>
        _accelerator is not null && !data.AreFloats && GatheringDense.Suits(_accelerator, _shape.Layers[0], FirstLayer(rows, data, learns));

    private GatherShape FirstLayer(int rows, DataSizes data, bool learns) =>
        GatheringDense.ShapeOf(_shape.Layers[0], rows, data.Density, _options.Scaling.Offset, learns);

    private long OnlineScratch() =>
        _accelerator is CpuAccelerator ? OnlineSgd.ScratchBytes(OnlineRun.Network(_shape, _options)) : Outputs(rows: 4);

    /// <summary>The sums of a norm, and the gradients of one layer at a time where there is no room for all.</summary>
    private long NormRoom()
    {
        var layers = _shape.Layers.Select(layer => (int)layer.ParameterCount).Where(count => count > 0).ToList();
        return HasGradients
            ? Floats(GradientNorm.Sums(_shape.LearnedCount))
            : Floats(layers.Max()) + Floats(layers.Sum(length => (long)GradientNorm.Sums(length)));
    }

    private static IEnumerable<int> Rows(StepPlan plan)
    {
        if (plan.FullRuns > 0)
        {
            yield return plan.SamplesPerRun;
        }

        if (plan.Remainder > 0)
        {
            yield return plan.Remainder;
        }
    }

    private long Scratch(long bytes) => Floats(bytes / sizeof(float));

    private long Floats(long count) => Buffer(count, sizeof(float));

    private long Buffer(long count, int size)
    {
        _longest = Math.Max(_longest, count);
        LargestBuffer = Math.Max(LargestBuffer, count * size);
        return count * size;
    }
}
