using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests.OpenCl;
using Gpu.Training.Data;
using Gpu.Training.Loop;

namespace Gpu.Training.Tests.Loop;

/// <summary>Streamed samples reach the launches that they are meant for, however far behind the host the device is.</summary>
[Collection(nameof(OpenClCollection))]
public class SampleFeedTests(OpenClDevices devices)
{
    private const int PerRun = 100;

    /// <summary>Ten runs, the last of them half, of two runs a chunk: five chunks through two halves.</summary>
    private static readonly DataSet _data = Samples.Make(950, height: 64, width: 64);

    [Theory]
    [InlineData(DataMode.Resident)]
    [InlineData(DataMode.Streamed)]
    public void The_processor_gets_every_sample_in_its_turn(DataMode mode)
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        AssertFeeds(cpu, mode, first: 0);
    }

    [Fact]
    public void An_OpenCL_device_gets_every_sample_in_its_turn() => AssertFeeds(devices.Accelerator, DataMode.Streamed, first: 0);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_device_that_does_everything_late_gets_every_sample_in_its_turn(int first)
    {
        using var late = new LateAccelerator();
        AssertFeeds(late, DataMode.Streamed, first);
    }

    /// <summary>Enqueues an epoch from a run on, without waiting in between, twice over, and compares what each run was given.</summary>
    private static void AssertFeeds(ComputeAccelerator accelerator, DataMode mode, int first)
    {
        using var feed = SampleFeed.Create(accelerator, _data, mode, PerRun);
        for (var epoch = 0; epoch < 2; epoch++)
        {
            var order = Enumerable.Range(0, _data.Count).Select(i => ((i * 7) + (3 * epoch)) % _data.Count).ToArray();
            feed.BeginEpoch(order);
            var runs = Enumerable.Range(first, 10 - first).Select(run => new Gathered(accelerator, feed, run)).ToArray();
            foreach (var run in runs)
            {
                feed.Provide(run.Number);
                run.Launch.Run();
            }

            foreach (var run in runs)
            {
                run.AssertHolds(order);
                run.Dispose();
            }
        }
    }

    /// <summary>The launch of a run, which copies its samples to memory of its own.</summary>
    private sealed class Gathered : IDisposable
    {
        private readonly DeviceBuffer<int> _cursor;
        private readonly DeviceBuffer<float> _values;
        private readonly DeviceBuffer<int> _labels;

        internal Gathered(ComputeAccelerator accelerator, SampleFeed feed, int run)
        {
            Number = run;
            var rows = Math.Min(PerRun, _data.Count - (run * PerRun));
            _cursor = accelerator.Allocate<int>(StepCursor.Length);
            _cursor.CopyFrom([0, run * PerRun, 0, 0]);
            _values = accelerator.Allocate<float>(rows * _data.Features);
            _labels = accelerator.Allocate<int>(rows);
            Launch = GatherBatch.Prepare(accelerator, feed.Values, feed.Labels, feed.Order, _cursor, 1, 0, rows, _data.Features, _values, _labels);
        }

        internal int Number { get; }

        internal Launch Launch { get; }

        internal void AssertHolds(int[] order)
        {
            var samples = order.Skip(Number * PerRun).Take(_labels.Length).ToArray();
            Assert.Equal(samples.Select(s => (int)_data.Labels[s]), _labels.ToArray());
            Assert.Equal(samples.SelectMany(s => _data.Sample(s).ToArray()).Select(b => (float)b), _values.ToArray());
        }

        public void Dispose()
        {
            _labels.Dispose();
            _values.Dispose();
            _cursor.Dispose();
        }
    }
}
