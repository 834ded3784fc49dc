using System.Globalization;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cuda;
using Gpu.Kernels.Ops;

namespace Gpu.Benchmarks;

/// <summary>
/// Times the products of a layer by every tile and every number of parts that a device could use, in lines of comma-separated values: what
/// <see cref="ProductTable"/> estimates, beside what it takes. It checks nothing: <c>gpu check</c> does.
/// </summary>
internal static class ProductBench
{
    private const int Repeats = 20;
    private const int Trials = 3;

    /// <summary>Rows of a batch, inputs and outputs of a layer.</summary>
    private static readonly ProductShape[] _layers =
    [
        new(32, 128, 64), new(32, 784, 128), new(50, 784, 30), new(100, 784, 300), new(64, 1024, 1024),
        new(128, 841, 2500), new(128, 2500, 2000), new(128, 2000, 1500), new(128, 1500, 1000), new(128, 1000, 500), new(256, 784, 1024),
        new(1024, 784, 1024), new(4096, 1024, 1024),
    ];

    internal static int Run(string device)
    {
        var variants = VariantChoice.Automatic.With(CudaGraph.Choices, CudaGraph.Launches);
        Console.WriteLine("product,rows,depth,columns,tile,parts,chosen,estimate_cycles,microseconds");
        foreach (var layer in _layers)
        {
            // Opened anew for each: the scratch memory of all parts goes with it.
            using var accelerator = AcceleratorFactory.Open(device, new AcceleratorOptions { Timed = true, Variants = variants });
            Time(accelerator, layer);
        }

        return 0;
    }

    private static void Time(ComputeAccelerator accelerator, ProductShape layer)
    {
        var (m, k, n) = layer;
        using var x = Random(accelerator, m * k);
        using var w = Random(accelerator, k * n);
        using var y = Random(accelerator, m * n);
        using var bias = Random(accelerator, n);
        using var rates = Random(accelerator, 1);
        using var cursor = accelerator.Allocate<int>(StepCursor.Length);
        cursor.CopyFrom(new int[StepCursor.Length]);
        Time(accelerator, "forward", MatMul.ForwardProduct(x, w, bias, Activation.Relu, layer, y));
        Time(accelerator, "input-gradient", MatMul.InputGradientProduct(y, w, x, Activation.Relu, layer, x));
        Time(accelerator, "layer-update", MatMul.UpdateProduct(x, y, rates, cursor, layer, w, bias));
    }

    private static void Time(ComputeAccelerator accelerator, string name, TileProduct product)
    {
        var (rows, depth, columns) = product.Shape;
        var sums = product.ColumnSums is not null;
        var chosen = ProductTable.Choose(accelerator, null, rows, depth, columns, sums);
        foreach (var choice in ProductTable.Tiled(accelerator.Traits, rows, depth, columns, sums))
        {
            var launch = product.Prepare(accelerator, choice);
            launch.Run();
            var seconds = Enumerable.Range(0, Trials).Min(_ => accelerator.Measure(launch, Repeats)) / Repeats;
            var estimate = ProductTable.Cycles(accelerator.Traits, choice, rows, depth, columns);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name},{rows},{depth},{columns},{choice.Tile!.Kind},{choice.Parts},{(choice == chosen ? 1 : 0)},{estimate:F0},{seconds * 1e6:F2}"));
        }
    }

    private static DeviceBuffer<float> Random(ComputeAccelerator accelerator, int count)
    {
        var random = new Random(count);
        var buffer = accelerator.Allocate<float>(count);
        buffer.CopyFrom([.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.5f)]);
        return buffer;
    }
}
