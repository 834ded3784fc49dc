using Gpu.Training.Files;

namespace Gpu.Training.Models;

/// <summary>A format of files that hold weights by name, told by how a file's name ends.</summary>
/// <param name="Name">Its name, and with a point before it the ending of its files.</param>
/// <param name="Write">Writes the weights of a model.</param>
/// <param name="Read">Reads a file.</param>
public sealed record WeightFormat(string Name, Action<Stream, Model> Write, Func<string, NamedWeights> Read);

/// <summary>The formats of files that hold weights by name.</summary>
public static class WeightFormats
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<WeightFormat> All { get; } = [new("npz", NpzWeights.Write, NpzWeights.Read), new("json", JsonWeights.Write, JsonWeights.Read)];

    /// <summary>The format of a file by its name; null where it is none of these.</summary>
    public static WeightFormat? Of(string path) => All.FirstOrDefault(format => path.EndsWith($".{format.Name}", StringComparison.OrdinalIgnoreCase));

    /// <summary>Writes the weights of a model, whole or not at all.</summary>
    /// <param name="format">The format.</param>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public static void Save(WeightFormat format, string path, Model model)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(model);
        AtomicFile.Write(path, stream => format.Write(stream, model));
    }
}
