using System.Diagnostics;
using System.Text.Json;
using Gpu.Host.Reports;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Host.Benches;

/// <summary>
/// The time from the start of a process to the end of its first training step, of 784-128-10 at batch size 32. The program starts itself
/// twice, the first time with nothing in the caches of compiled kernels, neither in its own nor in those of the drivers known here.
/// </summary>
internal static class StartBench
{
    /// <summary>What <c>--only</c> calls this part: the start of the very process that was asked.</summary>
    internal const string Name = "start";

    private const int Batch = 32;
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(5);

    /// <summary>Where programs are cached: by this one, by PoCL, and by the drivers of NVIDIA, AMD, Intel and Mesa.</summary>
    private static readonly string[] _caches =
        [KernelCache.Variable, "POCL_CACHE_DIR", "CUDA_CACHE_PATH", "AMD_COMGR_CACHE_DIR", "NEO_CACHE_DIR", "MESA_SHADER_CACHE_DIR"];

    /// <summary>Takes the first step of this process, and reports how long ago it was started.</summary>
    internal static void RunHere(ComputeAccelerator accelerator, BenchReport report)
    {
        var digits = Digits.Train(Batch);
        var shape = NetworkShape.Dense(digits.Features, [128], digits.Classes, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        using var trainer = new Trainer(accelerator, shape, digits, new TrainerOptions { BatchSize = Batch });
        trainer.SetParameters(InitialWeights.Draw(shape, WeightDistribution.He, WeightDistribution.Constant(0), seed: 42));
        trainer.TrainEpoch(0, [0.1f]);
        accelerator.Synchronize();
        using var self = Process.GetCurrentProcess();
        report.AddStart("start", (DateTime.Now - self.StartTime).TotalSeconds);
    }

    /// <summary>Starts the program twice with caches of its own, empty at first.</summary>
    internal static void RunAfresh(ComputeAccelerator accelerator, BenchReport report)
    {
        var folder = Directory.CreateTempSubdirectory("gpu-start-").FullName;
        try
        {
            report.AddStart("first start", Start(accelerator.Id, folder));
            report.AddStart("second start", Start(accelerator.Id, folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Seconds that a process of its own reports.</summary>
    private static double Start(string device, string caches)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{typeof(StartBench).Assembly.GetName().Name}.dll"));
        }

        foreach (var argument in (string[])["bench", "--only", Name, "--device", device, "--json", "--quiet"])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var variable in _caches)
        {
            start.Environment[variable] = Directory.CreateDirectory(Path.Combine(caches, variable)).FullName;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(_longest))
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonDocument.Parse(output.Result.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("seconds").GetDouble()
            : throw new DeviceException($"The program, started again on {device}, ended with exit code {process.ExitCode}: {error.Result.Trim()}");
    }
}
