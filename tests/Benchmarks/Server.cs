using System.Globalization;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Benchmarks;

/// <summary>
/// Measures on demand, so that <c>peers.py</c> can take this program and its peers in turn: a line of standard input says what, a line of
/// standard output answers. <c>peak</c>: GFLOP/s; <c>forward M K N</c>, <c>input-gradient M K N</c>, <c>weight-update M K N</c>: GFLOP/s;
/// <c>evaluate 784,128,10 relu</c>, <c>predict ...</c>: samples a second and how many were answered right. What is wrong is not timed.
/// </summary>
internal static class Server
{
    /// <summary>Answers until standard input ends; 1 where a product was wrong.</summary>
    /// <param name="threads">Threads of the processor's team.</param>
    /// <param name="data">The labelled samples of passes.</param>
    internal static int Run(int threads, string data)
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = threads });
        while (Console.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            switch (words[0])
            {
                case "peak":
                    Answer(DevicePeak.Measure(cpu).FlopsPerSecond / 1e9);
                    break;
                case "evaluate" or "predict":
                    var (rate, correct) = ServedPass.Measure(cpu, words[0], words[1], words[2], data);
                    Answer(rate, correct);
                    break;
                default:
                    using (var product = new ServedProduct(cpu, words[0], Size(words[1]), Size(words[2]), Size(words[3])))
                    {
                        if (product.Failure() is { } failure)
                        {
                            Console.Error.WriteLine($"{line}: {failure}");
                            return 1;
                        }

                        Answer(product.Rate());
                    }

                    break;
            }
        }

        return 0;
    }

    internal static int Size(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static void Answer(params double[] numbers) =>
        Console.WriteLine(string.Join(' ', numbers.Select(number => number.ToString("F1", CultureInfo.InvariantCulture))));
}
