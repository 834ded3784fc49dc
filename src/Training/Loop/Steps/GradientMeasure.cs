using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Loop;

/// <summary>The launches that measure the norm of a step's gradient, and decide from it on the step where the options ask for that.</summary>
internal sealed class GradientMeasure(StepContext context, DeviceView<float> losses) : IDisposable
{
    private readonly List<DeviceBuffer<float>> _owned = [];

    /// <summary>The norm of a gradient that lies in memory.</summary>
    internal IEnumerable<Launch> Of(DeviceView<float> gradients)
    {
        var sums = Allocate(GradientNorm.Sums(gradients.Length));
        return [GradientNorm.PrepareSquares(context.Accelerator, gradients, sums), Norm(sums)];
    }

    /// <summary>The norm of a gradient that a fused update never writes down: layer by layer it is made in the same room.</summary>
    /// <param name="gradientOf">Makes the gradients of a layer: its number, where those of the weights go, and those of the biases.</param>
    internal IEnumerable<Launch> Of(Func<int, DeviceView<float>, DeviceView<float>, Launch> gradientOf)
    {
        var shape = context.Shape;
        int[] lengths = [.. shape.Layers.Select((_, l) => shape.WeightLength(l) + shape.BiasLength(l))];
        var room = Allocate(lengths.Max());
        var sums = Allocate(lengths.Sum(GradientNorm.Sums));
        var launches = new List<Launch>();
        var first = 0;
        for (var l = 0; l < lengths.Length; l++)
        {
            launches.Add(gradientOf(l, room.Slice(0, shape.WeightLength(l)), room.Slice(shape.WeightLength(l), shape.BiasLength(l))));
            var count = GradientNorm.Sums(lengths[l]);
            launches.Add(GradientNorm.PrepareSquares(context.Accelerator, room.Slice(0, lengths[l]), sums.Slice(first, count)));
            first += count;
        }

        return [.. launches, Norm(sums)];
    }

    public void Dispose() => _owned.ForEach(buffer => buffer.Dispose());

    private Launch Norm(DeviceView<float> sums) => GradientNorm.PrepareNorm(
        context.Accelerator, sums, losses, context.Options.ClipNorm, context.Options.SkipBadSteps, context.State.Control);

    private DeviceView<float> Allocate(int length)
    {
        var buffer = context.Accelerator.Allocate<float>(length);
        _owned.Add(buffer);
        return buffer;
    }
}
