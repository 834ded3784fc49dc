using System.Globalization;
using Gpu.Host.Reports;
using Gpu.Host.RunReport;

namespace Gpu.Trust.Tests;

/// <summary>Ten thousand steps of network C, with evaluations and checkpoints: memory and handles stay what they were after a thousand.</summary>
public sealed class EnduranceTests : IDisposable
{
    private const int StepsPerEpoch = 100;
    private const int BatchSize = 32;

    /// <summary>Epochs after which memory and handles are what they will be.</summary>
    private const int Settled = 1000 / StepsPerEpoch;

    /// <summary>Epochs that are looked at behind those, and at the end.</summary>
    private const int Window = 5;

    /// <summary>Epochs that are not looked at: when their lines are read, the process may be ending.</summary>
    private const int Last = 3;

    /// <summary>
    /// What the collector's youngest generation still fills before it is collected for the first time: some 50 KB an epoch, 3 MB in all; 4.4 MB were
    /// seen once, in two spells with nothing between them. A kilobyte a step would be 8 MB between what is looked at.
    /// </summary>
    private const long MemoryNoise = 6 << 20;

    /// <summary>What the first pages have compiled and taken for good, and the pages written behind those.</summary>
    private const int FirstPages = 5, MorePages = 40;

    /// <summary>
    /// Garbage is collected often, and nothing is compiled a second time, for which the runtime would take memory and load files late: what
    /// grows is what the program keeps.
    /// </summary>
    private static readonly (string, string)[] _calm = [("DOTNET_TieredCompilation", "0"), ("DOTNET_GCgen0size", "0x80000")];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnOpenCl]
    [InlineData(Devices.Cpu, 10_000, 10_000)]
    [InlineData(Devices.OpenCl, 2_500, 10_000)]
    public void Memory_and_handles_stay_flat(string device, int quick, int all)
    {
        var promise = $"10,000 steps of network C: memory and handles flat after the first 1,000 ({device})";
        var id = Devices.Require(promise, device);
        var epochs = Promise.Cases(quick, all) / StepsPerEpoch;
        Promise.Keep(promise, 1, _ =>
        {
            // A page is first written after 5 s, in whichever epoch that is, and compiles some 10 MB of code.
            using var process = GpuProcess.Start(
                _folder.Path, _calm, "train", "--data", TrustData.Write(_folder["data"], BatchSize * StepsPerEpoch), "--hidden", "128", "--batch-size",
                BatchSize.ToString(CultureInfo.InvariantCulture), "--device", id, "--epochs", epochs.ToString(CultureInfo.InvariantCulture), "--out", "run",
                "--json", "--quiet", "--no-report");
            Assert.NotNull(process.StandardOutput.ReadLine());
            var samples = new List<(long Memory, int Handles)>();
            for (var epoch = 0; epoch < epochs; epoch++)
            {
                Assert.NotNull(process.StandardOutput.ReadLine());
                process.Refresh();
                samples.Add((process.WorkingSet64, process.HandleCount));
            }

            Assert.Equal(0, GpuProcess.Finish(process).ExitCode);
            var (settled, end) = (samples[Settled..(Settled + Window)], samples[^(Window + Last)..^Last]);
            Assert.True(epochs >= Settled + (2 * Window) + Last, "the windows overlap");
            var grew = Median(end.Select(s => s.Memory)) - Median(settled.Select(s => s.Memory));
            Assert.True(grew <= MemoryNoise, $"memory grew by {grew >> 10} KB: {string.Join(' ', samples.Select(s => s.Memory >> 10))}");

            // Files that are open for a moment come and go; what leaks is there at any moment.
            Assert.True(
                end.Min(s => s.Handles) <= settled.Max(s => s.Handles), $"handles grew: {string.Join(' ', samples.Select(s => s.Handles))}");
        });
    }

    [Fact]
    public void A_page_that_is_written_again_and_again_keeps_nothing()
    {
        var run = _folder["run"];
        TrainingRuns.Begin(run, $"--data {TrustData.Write(_folder["data"])} --epochs 2");
        var view = RunView.Load(run, new Messages(TextWriter.Null, Verbosity.Quiet, columns: null)) with { IsRunning = true };
        Promise.Keep($"{MorePages} pages of a run that goes on: memory flat", 1, _ =>
        {
            var settled = MemoryAfterPages(FirstPages);
            var grew = MemoryAfterPages(MorePages) - settled;

            // A page is more than 100 KB of text.
            Assert.True(grew <= MorePages * 10_000, $"memory grew by {grew:N0} bytes");
        });

        long MemoryAfterPages(int pages)
        {
            for (var page = 0; page < pages; page++)
            {
                ReportFile.WriteRun(view, _folder["page.html"]);
            }

            return GC.GetTotalMemory(forceFullCollection: true);
        }
    }

    private static long Median(IEnumerable<long> values) => values.Order().ElementAt(values.Count() / 2);
}
