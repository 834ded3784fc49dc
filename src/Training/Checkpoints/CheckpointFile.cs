using Gpu.Training.Files;
using Gpu.Training.Loop;
using Gpu.Training.Models;
using Gpu.Training.Networks;

namespace Gpu.Training.Checkpoints;

/// <summary>
/// Checkpoints as safetensors files: the tensors of a model, behind them those of each slab of the optimizer's state under its name
/// as prefix (<c>velocity.layers.0.weight</c>) and of the moving average of the weights (<c>average.layers.0.weight</c>) where the run keeps one, and in the metadata the texts of a model, what <see cref="CheckpointMetadata"/> adds, and a SHA-256 over all
/// of it.
/// </summary>
public static class CheckpointFile
{
    /// <summary>The format's name in the metadata.</summary>
    internal const string Format = "gpu-checkpoint";

    private const string Version = "1";
    private const string AverageName = "average";

    /// <summary>Reads a checkpoint and checks all of it.</summary>
    /// <exception cref="TrainingException">The file is missing, damaged, or none.</exception>
    public static Checkpoint Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(SafetensorsFile.Read(path), path);
    }

    /// <summary>Writes a checkpoint under a temporary name beside <paramref name="path"/>, flushed to the disk; returns that name.</summary>
    /// <exception cref="TrainingException">A number is NaN or infinite: such a state is not worth going on from.</exception>
    internal static string Stage(string path, Checkpoint checkpoint)
    {
        var model = checkpoint.Model;
        string[] prefixes = [.. Prefixes(checkpoint.Optimizer.Slabs.Select(slab => slab.Name), checkpoint.Average is not null)];
        float[][] slabs = [model.Parameters, .. checkpoint.Optimizer.Slabs.Select(slab => slab.Values), .. checkpoint.Average is { } average ? [average] : Array.Empty<float[]>()];
        if (FirstNotFinite(model.Shape, slabs, prefixes) is { } wrong)
        {
            throw new TrainingException(
                Failure.Diverged, $"{path} is not written: {wrong}, a checkpoint holds finite numbers only: lower the learning rate.");
        }

        var texts = MetadataTexts.Seal(Format, Version, [.. ModelMetadata.Of(model), .. CheckpointMetadata.Of(checkpoint)], slabs);
        return AtomicFile.Stage(path, SafetensorsFile.Content(
            texts, prefixes.SelectMany(prefix => NetworkTensors.Named(model.Shape, prefix)), slabs));
    }

    /// <summary>The checkpoint of a file that was read; see <see cref="Load"/>.</summary>
    internal static Checkpoint Parse(SafetensorsFile file, string path)
    {
        var texts = new MetadataTexts(file.Header.Metadata, path);
        texts.RequireFormat(Format, Version);
        var metadata = ModelMetadata.Parse(texts);
        var parts = CheckpointMetadata.Parse(texts);
        var names = parts.Recipe.Update.Slots;
        string[] prefixes = [.. Prefixes(names, parts.Recipe.Ema is not null)];
        NetworkTensors.Require(file, metadata.Shape, path, prefixes);
        var slabs = prefixes.Select(prefix => NetworkTensors.Read(file, metadata.Shape, prefix)).ToArray();
        texts.RequireChecksum(slabs);
        if (FirstNotFinite(metadata.Shape, slabs, prefixes) is { } wrong)
        {
            throw TrainingException.BadModelFile($"{path}: expected finite numbers, {wrong}: the file is damaged.");
        }

        var optimizer = new OptimizerState([.. names.Zip(slabs[1..], (name, values) => new StateSlab(name, values))], parts.Updates);
        return new Checkpoint(metadata.ToModel(slabs[0]), optimizer, parts.Progress, parts.Recipe, parts.DataHash, parts.DeviceName)
        {
            Average = parts.Recipe.Ema is null ? null : slabs[^1],
        };
    }

    /// <summary>What stands before the names of tensors: nothing for the weights, then the name of each slab, then that of their average.</summary>
    private static IEnumerable<string> Prefixes(IEnumerable<string> slabs, bool hasAverage) =>
        slabs.Concat(hasAverage ? [AverageName] : []).Select(name => name + ".").Prepend("");

    private static string? FirstNotFinite(NetworkShape shape, float[][] slabs, string[] prefixes) =>
        slabs.Zip(prefixes, (slab, prefix) => NetworkTensors.FirstNotFinite(shape, slab, prefix)).FirstOrDefault(wrong => wrong is not null);
}
