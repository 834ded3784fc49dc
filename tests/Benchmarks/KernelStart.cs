using System.Diagnostics;
using System.Globalization;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using ILGPU.Runtime.Cuda;

namespace Gpu.Benchmarks;

/// <summary>
/// How long the kernels of 784-128-10 take to be prepared for an NVIDIA device, up to what the driver does: none is needed. The program starts
/// itself twice, with an empty cache and with the one that it has left.
/// </summary>
internal static class KernelStart
{
    private const int Batch = 32;

    /// <summary>Both starts, each in a process of its own: what .NET compiles of ILGPU's compiler counts too.</summary>
    internal static int RunTwice()
    {
        var folder = Directory.CreateTempSubdirectory("gpu-start-").FullName;
        try
        {
            return Enumerable.Range(0, 2).Max(_ => Start(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Prepares the kernels of this process's first step.</summary>
    /// <param name="folder">The cache.</param>
    internal static int Run(string folder)
    {
        using var recorder = new KernelRecorder();
        var digits = Digits.Train(Batch);
        var shape = NetworkShape.Dense(digits.Features, [128], digits.Classes, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        using (new Trainer(recorder, shape, digits, new TrainerOptions { BatchSize = Batch }))
        {
            // The kernels are noted when they are prepared.
        }

        var clock = Stopwatch.StartNew();
        using var texts = new KernelTexts(new KernelCache(folder), "start", () => KernelCompiler.ForPtx(CudaArchitecture.SM_80, CudaInstructionSet.ISA_71));
        foreach (var (kernel, lanes) in recorder.Kernels)
        {
            texts.Find(kernel, lanes);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{recorder.Kernels.Count} kernels of 784-128-10: {texts.Compiled} compiled, {texts.Cached} from the cache, {clock.Elapsed.TotalSeconds:F2} s"));
        return 0;
    }

    private static int Start(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KernelStart).Assembly.Location);
        }

        start.ArgumentList.Add("--kernels-in");
        start.ArgumentList.Add(folder);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
