using Gpu.Kernels.Devices;
using Gpu.Training.Data;

namespace Gpu.Training.Loop;

/// <summary>
/// Room for two chunks of samples on the device, and for a few more in page-locked host memory, which a <see cref="ChunkReader"/> fills
/// ahead. The order on the device never changes: it names the half and the place within it.
/// </summary>
internal sealed class StreamedFeed : SampleFeed
{
    /// <summary>Bytes that a chunk for a device with memory of its own should have, so that starting a copy costs little beside it.</summary>
    private const int ChunkBytes = 1 << 20;

    /// <summary>Bytes of a chunk for the processor: it stays in its caches, and is worth the handing over between threads.</summary>
    private const int ProcessorChunkBytes = 1 << 18;

    /// <summary>Chunks in host memory: one that is copied, one that was copied just before, and two that are filled ahead.</summary>
    private const int Slots = 4;

    private readonly int _sampleBytes;
    private readonly int _runsPerChunk;
    private readonly int _samplesPerChunk;
    private readonly (HostBuffer<byte> Values, HostBuffer<byte> Labels)[] _slots;
    private readonly ChunkReader _reader;
    private readonly DeviceBuffer<byte> _values;
    private readonly DeviceBuffer<byte> _labels;
    private readonly DeviceBuffer<int> _order;
    private int _provided = -1;

    internal StreamedFeed(ComputeAccelerator accelerator, DataSet data, int samplesPerRun, SampleShuffle shuffle)
    {
        _sampleBytes = data.Samples.Features;
        _samplesPerChunk = (int)SamplesPerChunk(accelerator, data.Count, data.Samples.Features, samplesPerRun);
        _runsPerChunk = _samplesPerChunk / samplesPerRun;
        _slots = [.. Enumerable.Range(0, Slots).Select(_ => Stage(accelerator))];
        _values = accelerator.Allocate<byte>(2 * _samplesPerChunk * data.Samples.Features);
        _labels = accelerator.Allocate<byte>(2 * _samplesPerChunk);
        _order = accelerator.Allocate<int>(data.Count);
        FillPlaces(_order, 2 * _samplesPerChunk);
        _reader = new ChunkReader(data, shuffle, _samplesPerChunk, _slots);
    }

    /// <summary>Samples of a chunk: of as many whole runs as make a chunk of the bytes that suit the device, of one at least.</summary>
    internal static long SamplesPerChunk(ComputeAccelerator? accelerator, int samples, int sampleBytes, int samplesPerRun)
    {
        var runs = (samples + samplesPerRun - 1) / samplesPerRun;
        var bytes = accelerator is { IsHost: false } ? ChunkBytes : ProcessorChunkBytes;
        return samplesPerRun * Math.Clamp(bytes / ((long)samplesPerRun * sampleBytes), 1, runs);
    }

    /// <summary>Bytes of host memory that chunks take.</summary>
    /// <param name="deviceSamples">Samples that there is room for on the device.</param>
    /// <param name="data">What they are of.</param>
    internal static long HostBytes(long deviceSamples, DataSizes data) => Slots / 2 * deviceSamples * (data.SampleBytes + 1L);

    internal override DeviceView<byte> Values => _values;

    internal override DeviceView<byte> Labels => _labels;

    internal override DeviceView<int> Order => _order;

    internal override void BeginEpoch(ReadOnlySpan<int> order)
    {
        _reader.Begin(order);
        _provided = -1;
    }

    internal override void Provide(int run)
    {
        var chunk = run / _runsPerChunk;
        if (chunk == _provided)
        {
            return;
        }

        var isNext = _provided >= 0 && chunk == _provided + 1;
        if (!isNext)
        {
            foreach (var slot in _slots)
            {
                Wait(slot);
            }

            _reader.Start(chunk);
        }

        var count = _reader.Take(chunk);
        var (values, labels) = _slots[chunk % Slots];
        var place = chunk % 2 * _samplesPerChunk;
        _values.Upload(values, 0, count * _sampleBytes, place * _sampleBytes);
        _labels.Upload(labels, 0, count, place);
        if (isNext)
        {
            // Its copy was begun a chunk ago: by now it hardly has to be waited for.
            Wait(_slots[(chunk - 1) % Slots]);
            _reader.Release(chunk - 1);
        }

        _provided = chunk;
    }

    internal override int RunsFrom(int run) => _runsPerChunk - (run % _runsPerChunk);

    public override void Dispose()
    {
        _reader.Dispose();
        _order.Dispose();
        _labels.Dispose();
        _values.Dispose();
        foreach (var (values, labels) in _slots)
        {
            labels.Dispose();
            values.Dispose();
        }
    }

    private static void Wait((HostBuffer<byte> Values, HostBuffer<byte> Labels) slot)
    {
        slot.Values.WaitForUploads();
        slot.Labels.WaitForUploads();
    }

    private (HostBuffer<byte> Values, HostBuffer<byte> Labels) Stage(ComputeAccelerator accelerator) =>
        (accelerator.AllocateHost<byte>(_samplesPerChunk * _sampleBytes), accelerator.AllocateHost<byte>(_samplesPerChunk));
}
