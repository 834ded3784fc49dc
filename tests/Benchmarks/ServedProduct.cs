using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;

namespace Gpu.Benchmarks;

/// <summary>
/// One of the products that training prepares, with its matrices: <c>forward</c> (y = x w), <c>input-gradient</c> (dx = dy w^T) or
/// <c>weight-update</c> (w = w - rate x^T dy), where x is (m, k), w (k, n), y and dy (m, n).
/// </summary>
internal sealed class ServedProduct : IDisposable
{
    private const double Seconds = 0.15;
    private const int LeastRuns = 5;
    private const int Compared = 500;
    private const float LearningRate = 1f / 64;
    private readonly CpuAccelerator _cpu;
    private readonly string _operation;
    private readonly int _m;
    private readonly int _k;
    private readonly int _n;
    private readonly DeviceBuffer<float> _x;
    private readonly DeviceBuffer<float> _w;
    private readonly DeviceBuffer<float> _y;
    private readonly DeviceBuffer<float> _rates;
    private readonly DeviceBuffer<int> _cursor;
    private readonly Launch _launch;

    internal ServedProduct(CpuAccelerator cpu, string operation, int m, int k, int n)
    {
        (_cpu, _operation, _m, _k, _n) = (cpu, operation, m, k, n);
        _x = cpu.Allocate<float>(m * k);
        _w = cpu.Allocate<float>(k * n);
        _y = cpu.Allocate<float>(m * n);
        _rates = cpu.Allocate<float>(1);
        _cursor = cpu.Allocate<int>(StepCursor.Length);
        _rates.CopyFrom([LearningRate]);
        _launch = operation switch
        {
            "forward" => MatMul.PrepareForward(cpu, _x, _w, bias: null, Activation.Identity, m, k, n, _y),
            "input-gradient" => MatMul.PrepareInputGradient(cpu, _y, _w, null, Activation.Identity, m, k, n, _x),
            "weight-update" => MatMul.PrepareWeightUpdate(cpu, _x, _y, _rates, _cursor, m, k, n, _w),
            _ => throw new ArgumentException($"Expected forward, input-gradient or weight-update, found '{operation}'."),
        };
    }

    /// <summary>Runs it on small integers, whose sums are exact in any order, and compares some elements; null where all agree.</summary>
    internal string? Failure()
    {
        var random = new Random(1);
        var (x, w, y) = (Fill(_x, random), Fill(_w, random), Fill(_y, random));
        _launch.Run();
        var (target, before, rows, columns) = _operation switch
        {
            "forward" => (_y, y, _m, _n),
            "input-gradient" => (_x, x, _m, _k),
            _ => (_w, w, _k, _n),
        };
        var found = new float[target.Length];
        target.CopyTo(found);
        for (var sample = 0; sample < Compared; sample++)
        {
            var (i, j) = sample < 4 ? ((sample & 1) * (rows - 1), (sample >> 1) * (columns - 1)) : (random.Next(rows), random.Next(columns));
            var expected = _operation switch
            {
                "forward" => Sum(_k, l => x[(i * _k) + l] * w[(l * _n) + j]),
                "input-gradient" => Sum(_n, l => y[(i * _n) + l] * w[(j * _n) + l]),
                _ => before[(i * columns) + j] - (LearningRate * Sum(_m, l => x[(l * _k) + i] * y[(l * _n) + j])),
            };
            if (!(Math.Abs(found[(i * columns) + j] - expected) <= 0))
            {
                return $"element ({i}, {j}) must be {expected} and is {found[(i * columns) + j]}";
            }
        }

        return null;
    }

    /// <summary>GFLOP/s of the fastest of many runs.</summary>
    internal double Rate()
    {
        var fastest = double.PositiveInfinity;
        for (var (spent, runs) = (0.0, 0); spent < Seconds || runs < LeastRuns; runs++)
        {
            var run = _cpu.Measure(_launch, 1);
            fastest = Math.Min(fastest, run);
            spent += run;
        }

        return 2e-9 * _m * _k * _n / fastest;
    }

    public void Dispose()
    {
        _cursor.Dispose();
        _rates.Dispose();
        _y.Dispose();
        _w.Dispose();
        _x.Dispose();
    }

    private static float[] Fill(DeviceBuffer<float> buffer, Random random)
    {
        var values = new float[buffer.Length];
        foreach (ref var value in values.AsSpan())
        {
            value = random.Next(-8, 9);
        }

        buffer.CopyFrom(values);
        return values;
    }

    private static double Sum(int length, Func<int, double> term)
    {
        var sum = 0.0;
        for (var l = 0; l < length; l++)
        {
            sum += term(l);
        }

        return sum;
    }
}
