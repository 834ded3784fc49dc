using BenchmarkDotNet.Running;
using Gpu.Benchmarks;

// Without options: every case that training meets, on every path of the CPU, checked and then timed.
//   --filter NAME   only cases whose operation's name begins so, or one case by its whole name
//   --large         the large matrix products as well; checking them takes minutes
//   --micro ...     BenchmarkDotNet on the matrix products; the other arguments go to it
if (args.Contains("--micro"))
{
    BenchmarkSwitcher.FromTypes([typeof(MatMulMicro)]).Run([.. args.Where(a => a != "--micro")]);
    return 0;
}

var at = Array.IndexOf(args, "--filter");
return CaseBench.Run(at >= 0 && at + 1 < args.Length ? args[at + 1] : "", args.Contains("--large"));
