using Gpu.Training.Files;
using Gpu.Training.Models;

namespace Gpu.Training.Checkpoints;

/// <summary>
/// Checkpoints as safetensors files: the tensors of a model, with momentum those of the velocity behind them under the prefix
/// <c>velocity.</c>, and in the metadata the texts of a model, what <see cref="CheckpointMetadata"/> adds, and a SHA-256 over all
/// of it.
/// </summary>
public static class CheckpointFile
{
    /// <summary>The format's name in the metadata.</summary>
    internal const string Format = "gpu-checkpoint";

    private const string Version = "1";
    private const string VelocityPrefix = "velocity.";

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
        var (model, velocity) = (checkpoint.Model, checkpoint.Velocity);
        var wrong = NetworkTensors.FirstNotFinite(model.Shape, model.Parameters)
            ?? (velocity is null ? null : NetworkTensors.FirstNotFinite(model.Shape, velocity, VelocityPrefix));
        if (wrong is not null)
        {
            throw new TrainingException(
                Failure.Diverged, $"{path} is not written: {wrong}, a checkpoint holds finite numbers only: lower the learning rate.");
        }

        float[][] slabs = velocity is null ? [model.Parameters] : [model.Parameters, velocity];
        var texts = MetadataTexts.Seal(Format, Version, [.. ModelMetadata.Of(model), .. CheckpointMetadata.Of(checkpoint)], slabs);
        var tensors = NetworkTensors.Named(model.Shape);
        return AtomicFile.Stage(path, SafetensorsFile.Content(
            texts, velocity is null ? tensors : tensors.Concat(NetworkTensors.Named(model.Shape, VelocityPrefix)), slabs));
    }

    /// <summary>The checkpoint of a file that was read; see <see cref="Load"/>.</summary>
    internal static Checkpoint Parse(SafetensorsFile file, string path)
    {
        var texts = new MetadataTexts(file.Header.Metadata, path);
        texts.RequireFormat(Format, Version);
        var metadata = ModelMetadata.Parse(texts);
        var parts = CheckpointMetadata.Parse(texts);
        string[] prefixes = parts.Recipe.Momentum == 0 ? [""] : ["", VelocityPrefix];
        NetworkTensors.Require(file, metadata.Shape, path, prefixes);
        var slabs = prefixes.Select(prefix => NetworkTensors.Read(file, metadata.Shape, prefix)).ToArray();
        texts.RequireChecksum(slabs);
        for (var i = 0; i < slabs.Length; i++)
        {
            if (NetworkTensors.FirstNotFinite(metadata.Shape, slabs[i], prefixes[i]) is { } wrong)
            {
                throw TrainingException.BadModelFile($"{path}: expected finite numbers, {wrong}: the file is damaged.");
            }
        }

        return new Checkpoint(
            metadata.ToModel(slabs[0]), slabs.Length > 1 ? slabs[1] : null, parts.Progress, parts.Recipe, parts.DataHash, parts.DeviceName);
    }
}
