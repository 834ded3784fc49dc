using Gpu.Kernels.Accelerators;
using Gpu.Training.Data;

namespace Gpu.Training.Loop;

/// <summary>
/// The samples as a training step sees them: bytes and labels on the device, and an order that says which of them a batch
/// is made of. Resident and streamed feeds give the same launches the same bytes, so the results are the same bits.
/// </summary>
internal abstract class SampleFeed : IDisposable
{
    /// <summary>Samples x features bytes on the device.</summary>
    internal abstract DeviceView<byte> Values { get; }

    /// <summary>A label for each sample on the device.</summary>
    internal abstract DeviceView<byte> Labels { get; }

    /// <summary>For each position of the epoch, which sample on the device stands there.</summary>
    internal abstract DeviceView<int> Order { get; }

    /// <summary>Sets the order of an epoch: indices into the data set.</summary>
    internal abstract void BeginEpoch(ReadOnlySpan<int> order);

    /// <summary>Makes sure the samples of a run of launches are on the device.</summary>
    /// <param name="run">The run's number within the epoch.</param>
    internal abstract void Provide(int run);

    /// <summary>How many runs from one on have their samples on the device, once this one's were provided.</summary>
    internal abstract int RunsFrom(int run);

    public abstract void Dispose();

    /// <summary>
    /// A feed for runs of <paramref name="samplesPerRun"/> samples, resident or streamed: <see cref="MemoryPlan"/> decides where that is open.
    /// </summary>
    internal static SampleFeed Create(ComputeAccelerator accelerator, DataSet data, DataMode mode, int samplesPerRun) => mode switch
    {
        DataMode.Resident => new ResidentFeed(accelerator, data),
        DataMode.Streamed => new StreamedFeed(accelerator, data, samplesPerRun),
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Samples are resident or streamed."),
    };
}

/// <summary>The whole data set on the device; only the order changes from epoch to epoch.</summary>
internal sealed class ResidentFeed : SampleFeed
{
    private readonly DeviceBuffer<byte> _values;
    private readonly DeviceBuffer<byte> _labels;
    private readonly DeviceBuffer<int> _order;

    internal ResidentFeed(ComputeAccelerator accelerator, DataSet data)
    {
        _values = accelerator.Allocate<byte>(data.Values.Length);
        _values.CopyFrom(data.Values);
        _labels = accelerator.Allocate<byte>(data.Count);
        _labels.CopyFrom(data.IsLabelled ? data.Labels : new byte[data.Count]);
        _order = accelerator.Allocate<int>(data.Count);
    }

    internal override DeviceView<byte> Values => _values;

    internal override DeviceView<byte> Labels => _labels;

    internal override DeviceView<int> Order => _order;

    internal override void BeginEpoch(ReadOnlySpan<int> order) => _order.CopyFrom(order);

    internal override void Provide(int run)
    {
        // Everything is there already.
    }

    internal override int RunsFrom(int run) => int.MaxValue;

    public override void Dispose()
    {
        _order.Dispose();
        _labels.Dispose();
        _values.Dispose();
    }
}

/// <summary>
/// Room for two chunks of samples, on the device and in page-locked host memory: while the device works on one, the host fills the
/// other. The order on the device never changes: it names the half and the place within it.
/// </summary>
internal sealed class StreamedFeed : SampleFeed
{
    /// <summary>Bytes that a chunk for a device with memory of its own should have, so that starting a copy costs little beside it.</summary>
    private const int ChunkBytes = 1 << 20;

    private readonly DataSet _data;
    private readonly int _runsPerChunk;
    private readonly int _samplesPerChunk;
    private readonly (HostBuffer<byte> Values, HostBuffer<byte> Labels)[] _halves;
    private readonly int[] _epochOrder;
    private readonly DeviceBuffer<byte> _values;
    private readonly DeviceBuffer<byte> _labels;
    private readonly DeviceBuffer<int> _order;
    private int _provided = -1;

    internal StreamedFeed(ComputeAccelerator accelerator, DataSet data, int samplesPerRun)
    {
        _data = data;

        _samplesPerChunk = (int)SamplesPerChunk(accelerator, data.Count, data.Features, samplesPerRun);
        _runsPerChunk = _samplesPerChunk / samplesPerRun;
        _epochOrder = new int[data.Count];
        _halves = [Stage(accelerator), Stage(accelerator)];
        _values = accelerator.Allocate<byte>(2 * _samplesPerChunk * data.Features);
        _labels = accelerator.Allocate<byte>(2 * _samplesPerChunk);
        _order = accelerator.Allocate<int>(data.Count);
        var places = new int[data.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = i % (2 * _samplesPerChunk);
        }

        _order.CopyFrom(places);
    }

    /// <summary>Samples of a chunk: those of one run on the processor, whose caches they then stay in, else of as many as fill a copy.</summary>
    internal static long SamplesPerChunk(ComputeAccelerator? accelerator, int samples, int features, int samplesPerRun)
    {
        var runs = (samples + samplesPerRun - 1) / samplesPerRun;
        return accelerator is { IsHost: false }
            ? samplesPerRun * Math.Clamp(ChunkBytes / ((long)samplesPerRun * features), 1, runs)
            : samplesPerRun;
    }

    internal override DeviceView<byte> Values => _values;

    internal override DeviceView<byte> Labels => _labels;

    internal override DeviceView<int> Order => _order;

    internal override void BeginEpoch(ReadOnlySpan<int> order)
    {
        order.CopyTo(_epochOrder);
        _provided = -1;
    }

    internal override void Provide(int run)
    {
        var chunk = run / _runsPerChunk;
        if (chunk == _provided)
        {
            return;
        }

        _provided = chunk;
        var (values, labels) = _halves[chunk % 2];
        values.WaitForUploads();
        labels.WaitForUploads();
        var count = Fill(chunk * _samplesPerChunk, values.Span, labels.Span);
        var place = chunk % 2 * _samplesPerChunk;
        _values.Upload(values, 0, count * _data.Features, place * _data.Features);
        _labels.Upload(labels, 0, count, place);
    }

    internal override int RunsFrom(int run) => _runsPerChunk - (run % _runsPerChunk);

    public override void Dispose()
    {
        _order.Dispose();
        _labels.Dispose();
        _values.Dispose();
        foreach (var (values, labels) in _halves)
        {
            labels.Dispose();
            values.Dispose();
        }
    }

    private (HostBuffer<byte> Values, HostBuffer<byte> Labels) Stage(ComputeAccelerator accelerator) =>
        (accelerator.AllocateHost<byte>(_samplesPerChunk * _data.Features), accelerator.AllocateHost<byte>(_samplesPerChunk));

    /// <summary>Copies the samples of a chunk and returns how many there are.</summary>
    private int Fill(int first, Span<byte> values, Span<byte> labels)
    {
        var count = Math.Min(_samplesPerChunk, _data.Count - first);
        for (var i = 0; i < count; i++)
        {
            var sample = _epochOrder[first + i];
            _data.Sample(sample).CopyTo(values[(i * _data.Features)..]);
            labels[i] = _data.IsLabelled ? _data.Labels[sample] : (byte)0;
        }

        return count;
    }
}
