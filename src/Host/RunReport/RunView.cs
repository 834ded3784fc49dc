using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Loop;
using Gpu.Training.Models;
using Gpu.Training.Recipes;

namespace Gpu.Host.RunReport;

/// <summary>All that a report shows of one run.</summary>
internal sealed record RunView
{
    /// <summary>The folder of the run.</summary>
    internal required string Folder { get; init; }

    /// <summary>Every setting.</summary>
    internal required Recipe Recipe { get; init; }

    /// <summary>The epochs.</summary>
    internal required MetricsTable Metrics { get; init; }

    /// <summary>The network that the run leaves.</summary>
    internal required Model Model { get; init; }

    /// <summary>The samples.</summary>
    internal required TrainingData Data { get; init; }

    /// <summary>What was found on the samples that judge the run; null while it goes on.</summary>
    internal required Findings? Findings { get; init; }

    /// <summary>How far the run came, with its best epoch.</summary>
    internal required RunProgress Progress { get; init; }

    /// <summary>The device that it was trained on.</summary>
    internal required string Device { get; init; }

    /// <summary>The SHA-256 of the samples.</summary>
    internal required string DataHash { get; init; }

    /// <summary>The names of the classes.</summary>
    internal string[] Names => [.. Enumerable.Range(0, Model.Shape.Outputs).Select(Model.Names.NameOf)];

    /// <summary>Whether the samples are images.</summary>
    internal bool AreImages => Model.ImageHeight > 1;

    /// <summary>Whether it goes on: its page has what the epochs gave so far, and is loaded anew.</summary>
    internal bool IsRunning { get; init; }

    /// <summary>The part of the data that judges it, as the table of metrics calls it.</summary>
    internal string Part => MetricsTable.Parts.First(part => Metrics.Column($"{part}_accuracy") is not null);

    /// <summary>What judges the run, in a sentence: once it is over that may be rows that were held out for the end.</summary>
    internal string Judge => Findings is not null ? RunData.Judge(Data).Part : Part == "train" ? "the training samples" : $"the {Part} samples";

    /// <summary>The share of those that the run's network answers right; NaN before any epoch was evaluated.</summary>
    internal double Accuracy => Findings?.Score.Accuracy ?? Metrics.Last($"{Part}_accuracy");

    /// <summary>The loss on them.</summary>
    internal double Loss => Findings?.Score.Loss ?? Metrics.Last($"{Part}_loss");

    /// <summary>The accuracy in a few letters.</summary>
    internal string Score => double.IsNaN(Accuracy) ? "not evaluated yet" : Format.Percent(Accuracy);

    /// <summary>Loads a run and lets its network answer the samples that judge it.</summary>
    /// <exception cref="TrainingException">The folder holds no run, or its data is not there.</exception>
    internal static RunView Load(string folder, Messages messages)
    {
        var checkpoints = Path.Combine(folder, RunFolder.CheckpointsName);
        if (RunData.FolderOf(folder) != folder || !Directory.Exists(checkpoints))
        {
            throw TrainingException.BadUsage($"gpu report {folder}: expected the folder of a run, found none: name one that 'gpu runs' lists.");
        }

        var last = CheckpointFolder.LoadLast(checkpoints);
        if (last.Model.Table?.Encoding.Target is not null)
        {
            throw TrainingException.BadUsage($"gpu report {folder}: expected a run that learned classes, found one that learned a quantity: 'gpu eval {folder}' judges it.");
        }

        // What the run leaves, which may be its best epoch or an average of the weights, as gpu eval takes it.
        var model = ModelPath.Load(folder, messages);
        var (recipe, data) = RunData.Load(folder, model, messages);
        using var accelerator = new CpuAccelerator();
        return new RunView
        {
            Folder = folder,
            Recipe = recipe,
            Metrics = MetricsTable.Read(Path.Combine(folder, RunFolder.MetricsName)),
            Model = model,
            Data = data,
            Findings = Judged(accelerator, model, data),
            Progress = last.Progress,
            Device = last.DeviceName,
            DataHash = last.DataHash,
        };
    }

    /// <summary>Lets a network answer the samples that judge its run.</summary>
    internal static Findings Judged(ComputeAccelerator accelerator, Model model, TrainingData data)
    {
        var (_, samples) = RunData.Judge(data);
        var findings = new Findings(samples, model.Shape.Outputs);
        findings.Score = Predictor.Evaluate(accelerator, model.Shape, model.Parameters, samples, model.Scaling, findings.Add);
        return findings;
    }
}
