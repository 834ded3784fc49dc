using BenchmarkDotNet.Running;
using Gpu.Benchmarks;

// Without options: every case that training meets, on every path of the CPU, checked and then timed.
//   --filter NAME   only cases whose operation's name begins so, or one case by its whole name
//   --large         the large matrix products as well; checking them takes minutes
//   --kernels       how long the kernels of a first and a second start take to be prepared for an NVIDIA device, which is not needed
//   --products D    on a GPU: the products of a layer by every tile and every number of parts, beside what the program's table estimates
//   --serve         measures what lines of standard input ask for, with --threads N and --data SPEC: peers.py asks
//   --micro ...     BenchmarkDotNet on the matrix products; the other arguments go to it
//   --table FILE    the lines of `gpu bench --json` in FILE as a table in the folder of --out (default tests/Benchmarks/results)
if (args.Contains("--micro"))
{
    BenchmarkSwitcher.FromTypes([typeof(MatMulMicro)]).Run([.. args.Where(a => a != "--micro")]);
    return 0;
}

if (args.Contains("--serve"))
{
    return Server.Run(After("--threads") is { } threads ? Server.Size(threads) : Environment.ProcessorCount, After("--data") ?? "digits");
}

if (After("--products") is { } device)
{
    return ProductBench.Run(device);
}

if (args.Contains("--kernels"))
{
    return KernelStart.RunTwice();
}

if (After("--kernels-in") is { } cache)
{
    return KernelStart.Run(cache);
}

if (After("--table") is { } lines)
{
    Console.WriteLine(ResultTable.Write(lines, After("--out") ?? Path.Combine("tests", "Benchmarks", "results")));
    return 0;
}

return CaseBench.Run(After("--filter") ?? "", args.Contains("--large"));

string? After(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
