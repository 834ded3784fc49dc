using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Models;

/// <summary>
/// A slab of numbers shaped like a network's parameters as tensors of a file, such as <c>layers.0.weight</c>, in the order of the slab; a
/// prefix tells several slabs apart.
/// </summary>
internal static class NetworkTensors
{
    /// <summary>Tensors in the order of the slab, with their sizes and where they begin in it.</summary>
    internal static IEnumerable<(string Name, int[] Sizes, int Offset)> Of(NetworkShape shape, string prefix = "")
    {
        foreach (var tensor in shape.Tensors)
        {
            yield return (prefix + NameOf(tensor), [.. tensor.Tensor.Sizes], tensor.Offset);
        }
    }

    /// <summary>The name of a tensor.</summary>
    internal static string NameOf(PlacedTensor tensor) => NameOf(tensor.Layer, tensor.Tensor.Name);

    /// <summary>The name of a tensor of a layer.</summary>
    internal static string NameOf(int layer, string tensor) => $"layers.{layer}.{tensor}";

    /// <summary>Names and sizes, as a file is written with them.</summary>
    internal static IEnumerable<(string Name, int[] Sizes)> Named(NetworkShape shape, string prefix = "") =>
        Of(shape, prefix).Select(tensor => (tensor.Name, tensor.Sizes));

    /// <summary>Checks that a file has the tensors of slabs with these prefixes and no others.</summary>
    /// <exception cref="TrainingException">It has not.</exception>
    internal static void Require(SafetensorsFile file, NetworkShape shape, string path, params ReadOnlySpan<string> prefixes)
    {
        var count = 0;
        foreach (var prefix in prefixes)
        {
            foreach (var (name, sizes, _) in Of(shape, prefix))
            {
                count++;
                RequireTensor(file, shape, path, name, sizes);
            }
        }

        if (file.Header.Tensors.Count != count)
        {
            throw TrainingException.BadModelFile(
                $"{path}: the network {shape} has {count} tensors, found {file.Header.Tensors.Count}: the file is damaged.");
        }
    }

    /// <summary>The slab of a prefix, from tensors that were checked.</summary>
    internal static float[] Read(SafetensorsFile file, NetworkShape shape, string prefix = "")
    {
        var slab = new float[shape.ParameterCount];
        foreach (var (name, _, offset) in Of(shape, prefix))
        {
            file.Data(file.Header.Tensors[name]).CopyTo(slab.AsSpan(offset));
        }

        return slab;
    }

    /// <summary>The first number of a slab that is NaN or infinite, as text; null where there is none.</summary>
    internal static string? FirstNotFinite(NetworkShape shape, float[] slab, string prefix = "")
    {
        var place = Array.FindIndex(slab, value => !float.IsFinite(value));
        if (place < 0)
        {
            return null;
        }

        var (name, _, offset) = Of(shape, prefix).Last(tensor => tensor.Offset <= place);
        return $"{name}[{place - offset}] is {slab[place]}";
    }

    private static void RequireTensor(SafetensorsFile file, NetworkShape shape, string path, string name, int[] sizes)
    {
        var tensor = file.Header.Tensors.GetValueOrDefault(name);
        if (tensor is null || !tensor.Shape.AsSpan().SequenceEqual(sizes))
        {
            throw TrainingException.BadModelFile(
                $"{path}: the network {shape} needs tensor {name} of {string.Join(" x ", sizes)}, "
                + (tensor is null ? "the file has none of that name: it is damaged." : $"found {tensor.ShapeText}: the file is damaged."));
        }
    }
}
