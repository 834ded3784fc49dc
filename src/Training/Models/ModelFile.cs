using Gpu.Training.Networks;

namespace Gpu.Training.Models;

/// <summary>
/// Models as safetensors files: tensors <c>layers.i.weight</c> of inputs x outputs and <c>layers.i.bias</c>, and in the metadata
/// what <see cref="ModelMetadata"/> lists. The tensors stand in the order of the slab, and nothing of the time or the machine is
/// written: equal models are equal files.
/// </summary>
public static class ModelFile
{
    /// <summary>Writes a model, whole or not at all.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="TrainingException">A weight is NaN or infinite, or the folder cannot be written.</exception>
    public static void Save(string path, Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (FirstNotFinite(model.Parameters) is { } place)
        {
            throw new TrainingException(Failure.Diverged,
                $"{path} is not written: {Describe(model.Shape, place)} is {model.Parameters[place]}, every weight must be a finite number: lower the learning rate.");
        }

        var tensors = TensorNames(model.Shape).Select(tensor => (tensor.Name, tensor.Shape));
        SafetensorsFile.Write(path, ModelMetadata.Of(model), tensors, model.Parameters);
    }

    /// <summary>Reads a model and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TrainingException">
    /// The file is missing, damaged, or of another program; the message says what was expected and what was found.
    /// </exception>
    public static Model Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = SafetensorsFile.Read(path);
        var metadata = ModelMetadata.Parse(file.Header.Metadata, path);
        CheckTensors(file, metadata.Shape, path);
        var parameters = new float[metadata.Shape.ParameterCount];
        foreach (var (name, _, offset) in TensorNames(metadata.Shape))
        {
            file.Data(file.Header.Tensors[name]).CopyTo(parameters.AsSpan(offset));
        }

        var model = metadata.ToModel(parameters);
        ModelMetadata.CheckSum(model, file.Header.Metadata, path);
        if (FirstNotFinite(parameters) is { } place)
        {
            throw TrainingException.BadModelFile(
                $"{path}: expected finite weights, {Describe(model.Shape, place)} is {parameters[place]}: the run that made it diverged, or the file is damaged.");
        }

        return model;
    }

    /// <summary>Tensors in the order of the slab, with their shapes and where they begin in it.</summary>
    private static IEnumerable<(string Name, int[] Shape, int Offset)> TensorNames(NetworkShape shape)
    {
        for (var i = 0; i < shape.Layers.Count; i++)
        {
            yield return ($"layers.{i}.weight", [shape.Layers[i].Inputs, shape.Layers[i].Outputs], shape.WeightOffset(i));
        }

        for (var i = 0; i < shape.Layers.Count; i++)
        {
            yield return ($"layers.{i}.bias", [shape.Layers[i].Outputs], shape.BiasOffset(i));
        }
    }

    private static void CheckTensors(SafetensorsFile file, NetworkShape shape, string path)
    {
        var count = 0;
        foreach (var (name, sizes, _) in TensorNames(shape))
        {
            count++;
            var expected = $"{path}: the network {shape} needs tensor {name} of {string.Join(" x ", sizes)}";
            if (!file.Header.Tensors.TryGetValue(name, out var tensor))
            {
                throw TrainingException.BadModelFile($"{expected}, the file has none of that name: it is damaged.");
            }

            if (!tensor.Shape.AsSpan().SequenceEqual(sizes))
            {
                throw TrainingException.BadModelFile($"{expected}, found {tensor.ShapeText}: the file is damaged.");
            }
        }

        if (file.Header.Tensors.Count != count)
        {
            throw TrainingException.BadModelFile(
                $"{path}: the network {shape} has {count} tensors, found {file.Header.Tensors.Count}: the file is damaged.");
        }
    }

    private static int? FirstNotFinite(float[] parameters)
    {
        var index = Array.FindIndex(parameters, value => !float.IsFinite(value));
        return index >= 0 ? index : null;
    }

    private static string Describe(NetworkShape shape, int place)
    {
        var (name, _, offset) = TensorNames(shape).Last(tensor => tensor.Offset <= place);
        return $"{name}[{place - offset}]";
    }
}
