using Gpu.Host.Reports;
using Gpu.Host.Sets;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Models;

namespace Gpu.Host.Runs;

/// <summary>The MODEL argument: a model file, a checkpoint, or the folder of a run.</summary>
internal static class ModelPath
{
    /// <summary>The model of a file; of a folder, its model or, where the run has none yet, its latest checkpoint.</summary>
    /// <exception cref="Training.TrainingException">There is none, or it is damaged.</exception>
    internal static Model Load(string path, Messages messages)
    {
        if (!Directory.Exists(path))
        {
            return ModelFile.Load(path);
        }

        if (SetFolder.Is(path))
        {
            throw TrainingException.BadUsage(
                $"{path}: expected a model, or the folder of a run, found that of a set of runs: name one of them{(SetFolder.Runs(path).FirstOrDefault() is { } run ? $", such as {run}" : "")}.");
        }

        var model = Path.Combine(path, RunFolder.ModelName);
        var checkpoints = Path.Combine(path, RunFolder.CheckpointsName);
        if (File.Exists(model) || !Directory.Exists(checkpoints))
        {
            return ModelFile.Load(model);
        }

        var last = CheckpointFolder.FindLast(checkpoints);
        messages.Say($"{path} has no {RunFolder.ModelName}, because its run has not come to an end: taking {last}");
        return ModelFile.Load(last);
    }
}
