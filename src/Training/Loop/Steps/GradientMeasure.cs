using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Layers;

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
    /// <param name="gradientOf">Makes the gradients of a layer: its number, and where they go, tensor by tensor.</param>
    internal IEnumerable<Launch> Of(Func<int, IReadOnlyList<DeviceView<float>>, IEnumerable<Launch>> gradientOf)
    {
        int[] lengths = [.. context.Shape.Layers.Select(layer => (int)layer.ParameterCount)];
        var room = Allocate(lengths.Max());
        var sums = Allocate(lengths.Where(length => length > 0).Sum(GradientNorm.Sums));
        var launches = new List<Launch>();
        var first = 0;
        for (var l = 0; l < lengths.Length; l++)
        {
            if (lengths[l] == 0)
            {
                continue;
            }

            launches.AddRange(gradientOf(l, Split(room, context.Shape.TensorsOf(l))));
            var count = GradientNorm.Sums(lengths[l]);
            launches.Add(GradientNorm.PrepareSquares(context.Accelerator, room.Slice(0, lengths[l]), sums.Slice(first, count)));
            first += count;
        }

        return [.. launches, Norm(sums)];
    }

    /// <summary>Room for tensors, one behind the other.</summary>
    private static List<DeviceView<float>> Split(DeviceView<float> room, IReadOnlyList<PlacedTensor> tensors)
    {
        var views = new List<DeviceView<float>>();
        var offset = 0;
        foreach (var tensor in tensors)
        {
            views.Add(room.Slice(offset, tensor.Length));
            offset += tensor.Length;
        }

        return views;
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
