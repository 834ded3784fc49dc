using Gpu.Training.Checkpoints;

namespace Gpu.Training.Models;

/// <summary>
/// Models as safetensors files: the tensors of <see cref="NetworkTensors"/>, and in the metadata what <see cref="ModelMetadata"/>
/// lists. The tensors stand in the order of the slab, and nothing of the time or the machine is written: equal models are equal
/// files.
/// </summary>
public static class ModelFile
{
    private const string Format = "gpu-dense-network";
    private const string Version = "1";

    /// <summary>Writes a model, whole or not at all.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="TrainingException">A weight is NaN or infinite, or the folder cannot be written.</exception>
    public static void Save(string path, Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (NetworkTensors.FirstNotFinite(model.Shape, model.Parameters) is { } wrong)
        {
            throw new TrainingException(
                Failure.Diverged, $"{path} is not written: {wrong}, every weight must be a finite number: lower the learning rate.");
        }

        var texts = MetadataTexts.Seal(Format, Version, ModelMetadata.Of(model), model.Parameters);
        SafetensorsFile.Write(path, texts, NetworkTensors.Named(model.Shape), model.Parameters);
    }

    /// <summary>
    /// Whether a file is a model or a checkpoint of this program, told by its header alone; null where the file has no header, so that it
    /// may be a damaged one.
    /// </summary>
    public static bool? IsOfThisProgram(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return SafetensorsFile.ReadFormat(path) is Format or CheckpointFile.Format;
        }
        catch (TrainingException)
        {
            return null;
        }
    }

    /// <summary>Reads a model, or the model of a checkpoint, and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TrainingException">
    /// The file is missing, damaged, or of another program; the message says what was expected and what was found.
    /// </exception>
    public static Model Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = SafetensorsFile.Read(path);
        var texts = new MetadataTexts(file.Header.Metadata, path);
        if (texts.Format == CheckpointFile.Format)
        {
            return CheckpointFile.Parse(file, path).ToModel();
        }

        texts.RequireFormat(Format, Version);
        var metadata = ModelMetadata.Parse(texts);
        NetworkTensors.Require(file, metadata.Shape, path, "");
        var model = metadata.ToModel(NetworkTensors.Read(file, metadata.Shape));
        texts.RequireChecksum(model.Parameters);
        return NetworkTensors.FirstNotFinite(model.Shape, model.Parameters) is { } wrong
            ? throw TrainingException.BadModelFile($"{path}: expected finite weights, {wrong}: the run that made it diverged, or the file is damaged.")
            : model;
    }
}
