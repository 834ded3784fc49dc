using System.Globalization;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Benchmarks;

/// <summary>
/// Checks the declared cases on every path of the CPU and times those that passed: one line a case, path and number of
/// threads, in GFLOP/s (or GB/s, where bytes are what counts), from the fastest of many runs and from their median.
/// </summary>
internal static class CaseBench
{
    private const double SecondsPerCase = 0.2;

    /// <summary>Runs the cases that a filter names; 1 where one of them was wrong.</summary>
    internal static int Run(string filter, bool large)
    {
        var cases = OperationCases.Matching(filter, [.. OperationCases.All, .. large ? OperationCases.Large : []]).ToList();
        cases = cases.Count == 1 ? cases : cases.FindAll(c => c.Timed && c.Lanes == 0);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cases.Count} cases, {Environment.ProcessorCount} processors"));
        var failed = 0;
        foreach (var declaration in cases)
        {
            Console.WriteLine(declaration.Name);
            foreach (var path in SimdPaths.Available)
            {
                foreach (var threads in path == SimdPaths.Available[^1] ? new[] { 1, Environment.ProcessorCount }.Distinct() : [1])
                {
                    failed += RunOn(declaration, path, threads) ? 0 : 1;
                }
            }
        }

        Console.WriteLine(failed == 0 ? "all checks passed" : $"{failed} failed their check and were not timed");
        return failed == 0 ? 0 : 1;
    }

    private static bool RunOn(OperationCase declaration, SimdPath path, int threads)
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Path = path, Threads = threads });
        using var prepared = declaration.Prepare(accelerator);
        var check = prepared.Check();
        var where = $"  {path,-10} {threads} threads  {prepared.Launch.Name,-34}";
        if (!check.Passed)
        {
            Console.WriteLine($"{where} FAILED: {check.Failure}");
            return false;
        }

        var seconds = CaseTimer.Time(prepared, SecondsPerCase);
        var (work, unit) = declaration.Flops > 0 ? (declaration.Flops, "GFLOP/s") : (declaration.Bytes, "GB/s");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{where} {seconds[0] * 1e6,10:F2} us {work / seconds[0] / 1e9,8:F1} {unit,-7} (median {work / seconds[seconds.Length / 2] / 1e9:F1}), {check.WorstShare:P0} of the allowed error"));
        return true;
    }
}
