using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Loop;
using Gpu.Training.Metrics;
using Gpu.Training.Models;
using Gpu.Training.Networks;
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

    /// <summary>What was found on the samples that judge the run; null while it goes on, and where a quantity was learned.</summary>
    internal Findings? Findings { get; init; }

    /// <summary>The same where a quantity was learned.</summary>
    internal QuantityFindings? Quantities { get; init; }

    /// <summary>What the page says of the data, which is the same in every page of a run.</summary>
    internal required Lazy<string> DataText { get; init; }

    /// <summary>What its layers do; none where they were not measured.</summary>
    internal IReadOnlyList<LayerMeasure> Layers { get; init; } = [];

    /// <summary>The same by epochs.</summary>
    internal IReadOnlyList<LayerRow> LayerRows { get; init; } = [];

    /// <summary>What its columns are worth; null for images, while it goes on, and where that would take long.</summary>
    internal PageImportance? Importance { get; init; }

    /// <summary>Where its time went.</summary>
    internal required RunTimes Times { get; init; }

    /// <summary>How far the run came, with its best epoch.</summary>
    internal required RunProgress Progress { get; init; }

    /// <summary>The device that it was trained on.</summary>
    internal required string Device { get; init; }

    /// <summary>The SHA-256 of the samples.</summary>
    internal required string DataHash { get; init; }

    /// <summary>The names of the classes.</summary>
    internal string[] Names => NamesOf(Model);

    /// <summary>The column that is answered for, where a quantity is learned; null where classes are.</summary>
    internal string? Quantity => Data.Train.Quantity is null ? null : Data.Table!.Target;

    /// <summary>Whether the samples are images.</summary>
    internal bool AreImages => Model.ImageHeight > 1;

    /// <summary>Whether it goes on: its page has what the epochs gave so far, and is loaded anew.</summary>
    internal bool IsRunning { get; init; }

    /// <summary>Whether the samples that judge it were answered.</summary>
    internal bool IsJudged => Findings is not null || Quantities is not null;

    /// <summary>What its columns of metrics call the score.</summary>
    internal string Measure => Quantity is null ? "accuracy" : "rmse";

    /// <summary>The part of the data that judges it, as the table of metrics calls it.</summary>
    internal string Part => MetricsTable.Parts.First(part => Metrics.Column($"{part}_{Measure}") is not null);

    /// <summary>What judges the run, in a sentence: once it is over that may be rows that were held out for the end.</summary>
    internal string Judge => IsJudged ? RunData.Judge(Data).Part : Part == "train" ? "the training samples" : $"the {Part} samples";

    /// <summary>The share of those that the run's network answers right, or the root of the mean squared error; NaN before any epoch was evaluated.</summary>
    internal double Value => Findings?.Score.Accuracy ?? Quantities?.Score.Rmse ?? Metrics.Last($"{Part}_{Measure}");

    /// <summary>The loss on them.</summary>
    internal double Loss => Findings?.Score.Loss ?? Quantities?.Loss ?? Metrics.Last($"{Part}_loss");

    /// <summary>The score in a few letters.</summary>
    internal string Score => double.IsNaN(Value) ? "not evaluated yet" : Quantity is null ? Format.Percent(Value) : $"RMSE {Format.Quantity(Value)}";

    /// <summary>What the classes of a model are called.</summary>
    internal static string[] NamesOf(Model model) => [.. Enumerable.Range(0, model.Shape.Outputs).Select(model.Names.NameOf)];

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
        // What the run leaves, which may be its best epoch or an average of the weights, as gpu eval takes it.
        var model = ModelPath.Load(folder, messages);
        var (recipe, data) = RunData.Load(folder, model, messages);
        using var accelerator = new CpuAccelerator();
        var view = new RunView
        {
            Folder = folder,
            Recipe = recipe,
            Metrics = MetricsTable.Read(Path.Combine(folder, RunFolder.MetricsName)),
            Model = model,
            Data = data,
            Progress = last.Progress,
            Device = last.DeviceName,
            DataHash = last.DataHash,
            Layers = LayerWatch.Measure(model, data.Train, recipe),
            LayerRows = LayersTable.Read(Path.Combine(folder, RunFolder.LayersName)),
            Times = RunTimes.Read(Path.Combine(folder, RunFolder.TimesName)),
            DataText = new Lazy<string>(() => DataSection.Write(data, model, last.DataHash)),
        };
        return view.Judged(accelerator);
    }

    /// <summary>The run with the answers of its network to the samples that judge it.</summary>
    internal RunView Judged(ComputeAccelerator accelerator)
    {
        var (_, samples) = RunData.Judge(Data);
        Evaluation Evaluate(AnswerReceiver receive) => Predictor.Evaluate(accelerator, Model.Shape, Model.Parameters, samples, Model.Scaling, receive);
        var importance = PageImportance.Of(accelerator, Model, samples);
        if (Quantity is not null)
        {
            var quantities = new QuantityFindings(samples);
            quantities.Loss = Evaluate(quantities.Add).Loss;
            return this with { Quantities = quantities, Importance = importance };
        }

        var findings = new Findings(samples, Model.Shape.Outputs, Model.Shape.Loss.Head == LossHead.Softmax);
        findings.Score = Evaluate(findings.Add);
        return this with { Findings = findings, Importance = importance };
    }
}
