using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Models;

/// <summary>A tensor of a file of weights.</summary>
/// <param name="Sizes">Its sizes, the fastest last.</param>
/// <param name="Values">Its numbers.</param>
public sealed record WeightTensor(IReadOnlyList<int> Sizes, float[] Values)
{
    /// <summary>The sizes in words.</summary>
    internal string Shape => string.Join(" x ", Sizes);
}

/// <summary>
/// Weights by name, as files of JSON or NumPy have them that say nothing of the network they belong to: <c>layers.0.weight</c>, <c>layers.0.bias</c> and so
/// on, as in model files. A format is a file here and a line in <see cref="WeightFormats"/>.
/// </summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Tensors">The tensors by name.</param>
public sealed record NamedWeights(string Path, IReadOnlyDictionary<string, WeightTensor> Tensors)
{
    /// <summary>The sizes of the hidden layers, where all layers are dense; null where they are not, or names are missing.</summary>
    public IReadOnlyList<int>? DenseHidden()
    {
        var widths = new List<int>();
        while (Tensors.TryGetValue(NetworkTensors.NameOf(widths.Count, "weight"), out var weight) && weight.Sizes.Count == 2)
        {
            widths.Add(weight.Sizes[1]);
        }

        return widths.Count > 0 && Tensors.Count == 2 * widths.Count ? widths[..^1] : null;
    }

    /// <summary>The slab of a network, whose tensors these must be, all of them and no others.</summary>
    /// <exception cref="TrainingException">They are not, or a number is not finite: the message says which.</exception>
    public float[] For(NetworkShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var slab = new float[shape.ParameterCount];
        foreach (var (name, sizes, offset) in NetworkTensors.Of(shape))
        {
            var found = Tensors.GetValueOrDefault(name);
            if (found is null || !found.Sizes.SequenceEqual(sizes))
            {
                throw TrainingException.BadData(
                    $"{Path}: expected {name} of {string.Join(" x ", sizes)} for the network {shape}, found {found?.Shape ?? "none of that name"}: "
                    + "name the network of these weights with --hidden or --layers.");
            }

            found.Values.CopyTo(slab, offset);
        }

        var known = NetworkTensors.Of(shape).Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        return Tensors.Keys.FirstOrDefault(name => !known.Contains(name)) is { } other
            ? throw TrainingException.BadData(
                $"{Path}: expected the {known.Count:N0} tensors of the network {shape}, found {TableCell.Show(other)} besides: name the network of these weights with --hidden or --layers.")
            : NetworkTensors.FirstNotFinite(shape, slab) is { } wrong
                ? throw TrainingException.BadData($"{Path}: expected finite weights, {wrong}: the run that made them diverged, or the file is damaged.")
                : slab;
    }

    /// <summary>The weights of a model.</summary>
    internal static IEnumerable<(string Name, WeightTensor Tensor)> Of(Model model) => NetworkTensors.Of(model.Shape).Zip(model.Shape.Tensors, (named, placed) =>
        (named.Name, new WeightTensor(named.Sizes, model.Parameters[placed.Offset..(placed.Offset + placed.Length)])));
}
