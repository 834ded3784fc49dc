using System.Globalization;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Augmentation;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Schedules;

namespace Gpu.Training.Recipes;

/// <summary>All settings of a recipe by name, in the order in which a recipe file lists them.</summary>
public static class RecipeKeys
{
    private const int MaxLayerSize = 1_000_000;
    private const int MaxHidden = NetworkShape.MostLayers - 1;
    private const int MaxBatch = 1_000_000;
    private const int MaxEpochs = 1_000_000;
    private const int MaxThreads = 1024;
    private const string AutoBins = "auto";
    private const string AutoEmbedding = "auto";
    private const string AutoDevice = "auto";
    private const string AutoShuffle = "auto";
    private const string AutoInit = "auto";
    private const JsonForms NumberOrText = JsonForms.Number | JsonForms.Text;
    private static readonly string[] _badNumbers = ["stop", "skip", "restore"];
    private static readonly string[] _tasks = ["auto", "classify", "regress"];
    private static readonly string[] _headers = ["auto", "yes", "no"];
    private static readonly string[] _dataModes = ["auto", "resident", "streamed"];
    private static readonly string[] _outputActivations = ["softmax", .. NetworkNames.Activations];
    private static readonly string[] _devices = [AutoDevice, .. AnyGpu.Words, .. DeviceName.Words];

    /// <summary>The settings.</summary>
    public static IReadOnlyList<RecipeKey> All { get; } =
    [
        Text("note", r => r.Note, (r, text) => r with { Note = text }),
        Text("data", r => r.Data, (r, text) => r with { Data = text }, JsonForms.Lines),
        Text("test-data", r => r.TestData, (r, text) => r with { TestData = text }, JsonForms.Lines),
        Text("began-in", r => r.BeganIn, (r, text) => r with { BeganIn = text }),
        Text("target", r => r.Target, (r, text) => r with { Target = text }),
        Choice("task", _tasks, r => (int)r.Task, (r, index) => r with { Task = (TableTask)index }),
        Choice("header", _headers, r => (int)r.Header, (r, index) => r with { Header = (TableHeader)index }),
        new("column", "columns and their kinds, such as age:number,job:category", JsonForms.Text,
            (r, text) => r with { ColumnKinds = text }, r => r.ColumnKinds, r => ColumnKinds.AreAll(r.ColumnKinds)),
        Text("ignore", r => r.Ignore, (r, text) => r with { Ignore = text }),
        new("bins", $"auto, none, or a whole number from 2 to {NumberBins.Most}", NumberOrText,
            (r, text) => text == AutoBins ? r with { Bins = null } : text == SettingText.None ? r with { Bins = 0 }
                : SettingText.TryInteger(text, out var bins) ? r with { Bins = bins } : null,
            r => r.Bins is null ? null : r.Bins == 0 ? SettingText.None : SettingText.Of(r.Bins.Value), r => r.Bins is null or 0 or (>= 2 and <= NumberBins.Most), [AutoBins, SettingText.None]),
        new("embedding", $"auto, none, or a whole number from 1 to {CategoryEncoding.MostWidth}", NumberOrText,
            (r, text) => text == AutoEmbedding ? r with { Embedding = null } : text == SettingText.None ? r with { Embedding = 0 }
                : SettingText.TryInteger(text, out var width) ? r with { Embedding = width } : null,
            r => r.Embedding is null ? null : r.Embedding == 0 ? SettingText.None : SettingText.Of(r.Embedding.Value),
            r => r.Embedding is null or (>= 0 and <= CategoryEncoding.MostWidth), [AutoEmbedding, SettingText.None]),
        Text("split", r => r.Split, (r, text) => r with { Split = text }),
        Text("label-names", r => r.LabelNames, (r, text) => r with { LabelNames = text }),
        WholeNumber("limit", 1, int.MaxValue, r => r.Limit, (r, value) => r with { Limit = value }),
        new("validation", $"none, {Data.Split.Expected}", NumberOrText,
            (r, text) => text == SettingText.None ? r with { Validation = null }
                : Split.TryParse(text, out var split) ? r with { Validation = split } : null,
            r => r.Validation?.ToString() ?? SettingText.None),
        new("test", $"none, {Data.Split.Expected}", NumberOrText,
            (r, text) => text == SettingText.None ? r with { Test = null } : Split.TryParse(text, out var split) ? r with { Test = split } : null,
            r => r.Test?.ToString()),
        new("scale", "auto, unit, none, or mean,deviation such as 0.1307,0.3081", JsonForms.Text,
            (r, text) => text == PixelScaling.Auto.ToString() ? r with { Scale = PixelScaling.Auto } : PixelScaling.TryParse(text, out var scaling) ? r with { Scale = scaling } : null, r => r.Scale.ToString()),
        new("hidden", $"none, or sizes from 1 to {MaxLayerSize:N0} such as 128,64, at most {MaxHidden} of them", NumberOrText | JsonForms.List,
            (r, text) => SettingText.List<int>(text, Size) is { } sizes ? r with { Hidden = sizes } : null,
            r => r.Layers is null ? SettingText.Of(r.Hidden, SettingText.Of) : null, r => r.Hidden.Count <= MaxHidden && r.Hidden.All(size => size is >= 1 and <= MaxLayerSize)),
        new("activation", $"one of {Names(NetworkNames.Activations)}, or one for each hidden layer", JsonForms.Text | JsonForms.List,
            (r, text) => SettingText.List<Activation>(text, ActivationOf) is { Count: > 0 } list ? r with { Activations = list } : null,
            r => r.Layers is null ? SettingText.Of(r.Activations, NetworkNames.Of) : null, r => r.Activations.All(Enum.IsDefined), NetworkNames.Activations),
        new("layers", $"none, or layers with commas between, such as {LayerKinds.WriteList(LayerKinds.Examples)}", JsonForms.Text | JsonForms.List,
            (r, text) => text == SettingText.None ? r with { Layers = null }
                : LayerKinds.ReadList(text) is { Count: <= MaxHidden } layers ? r with { Layers = layers } : null,
            r => r.Layers is { } layers ? LayerKinds.WriteList(layers.Select(layer => layer.Words)) : null),
        new("output-activation", $"one of {Names(_outputActivations)}", JsonForms.Text,
            (r, text) => OutputActivationOf(text) is { } found ? r with { OutputActivation = found } : null,
            r => NetworkNames.Of(r.OutputActivation), r => Enum.IsDefined(r.OutputActivation), _outputActivations),
        new("loss", $"one of {Names(Losses.Names)}", JsonForms.Text,
            (r, text) => Losses.Find(text) is { } loss ? r with { Loss = loss } : null, r => r.Loss.Name, choices: Losses.Names),
        Choice("head", LossHeads.Names, r => (int)r.Loss.Head, (r, index) => r with { Loss = r.Loss with { Head = (LossHead)index } }),
        Number("label-smoothing", "a number from 0 to below 1", v => v is >= 0 and < 1, r => r.LabelSmoothing, (r, value) => r with { LabelSmoothing = value }),
        new("class-weights", $"none, {ClassWeights.Balanced}, or a number above 0 for each class such as 1,2.5,1", NumberOrText | JsonForms.List,
            (r, text) => text == SettingText.None ? r with { ClassWeights = null }
                : ClassWeights.Parse(text) is { } weights ? r with { ClassWeights = weights } : null,
            r => r.ClassWeights?.ToString() ?? SettingText.None, choices: [SettingText.None, ClassWeights.Balanced.ToString()]),
        new("init", $"{AutoInit}, or one of {Names(WeightDistributions.Names)}", JsonForms.Text,
            (r, text) => text == AutoInit ? r with { Init = null } : WeightDistributions.Parse(text) is { } init ? r with { Init = init } : null,
            r => r.Init?.Name ?? AutoInit, choices: [AutoInit, .. WeightDistributions.Names]),
        new("bias-init", "a number, or a rule of init such as normal", NumberOrText,
            (r, text) => WeightDistributions.ParseBias(text) is { } init ? r with { BiasInit = init } : null,
            r => r.BiasInit.Name, choices: WeightDistributions.Names),
        new("optimizer", $"one of {OptimizerChoice.Expected}", JsonForms.Text,
            (r, text) => OptimizerChoice.Parse(text) is { } choice ? r with { Optimizer = choice } : null, r => r.Optimizer.ToString(),
            choices: Optimizers.Names),
        Number("momentum", "a number from 0 to below 1", v => v is >= 0 and < 1, r => r.Momentum, (r, value) => r with { Momentum = value }),
        Number("l2", "a number of 0 or more", IsNotNegative, r => r.L2, (r, value) => r with { L2 = value }),
        Number("weight-decay", "a number of 0 or more", IsNotNegative, r => r.WeightDecay, (r, value) => r with { WeightDecay = value }),
        Optional("clip-norm", "a number above 0", norm => norm > 0 && float.IsFinite(norm), r => r.ClipNorm, (r, norm) => r with { ClipNorm = norm }),
        Optional("clip-value", "a number above 0", most => most > 0 && float.IsFinite(most), r => r.ClipValue, (r, most) => r with { ClipValue = most }),
        Optional("ema", "a number from 0 to below 1 such as 0.999", decay => decay is >= 0 and < 1, r => r.Ema, (r, decay) => r with { Ema = decay }),
        Choice("on-nan", _badNumbers, r => (int)r.OnNan, (r, index) => r with { OnNan = (BadNumbers)index }),
        new("lr", "a number above 0 such as 0.1, or a range such as 0.5..1.1", NumberOrText,
            (r, text) => RateRange.TryParse(text, out var range) ? r with { LearningRate = range } : null,
            r => r.LearningRate.ToString(), r => r.LearningRate.IsValid),
        new("lr-schedule", $"one of {Names(RateSchedules.Examples)}", JsonForms.Text,
            (r, text) => RateSchedules.Parse(text) is { } schedule ? r with { Schedule = schedule } : null, r => r.Schedule.ToString(),
            choices: RateSchedules.Examples),
        new("lr-warmup", "none, epochs such as 1, or steps such as 500steps", NumberOrText,
            (r, text) => WarmUp.TryParse(text, out var warmUp) ? r with { WarmUp = warmUp.Value } : null, r => r.WarmUp.ToString()),
        Number("lr-final", "a number of 0 or more", IsNotNegative, r => r.FinalLearningRate, (r, value) => r with { FinalLearningRate = value }),
        WholeNumber("batch-size", 1, MaxBatch, r => r.BatchSize, (r, value) => r with { BatchSize = value }),
        WholeNumber("accumulate", 1, TrainerOptions.MostBatches, r => r.Accumulate, (r, value) => r with { Accumulate = value }),
        WholeNumber("epochs", 1, MaxEpochs, r => r.Epochs, (r, value) => r with { Epochs = value }),
        new("early-stop", "none, epochs such as 10, or epochs and a gain such as 10,0.001", NumberOrText,
            (r, text) => text == SettingText.None ? r with { EarlyStop = null } : EarlyStop.Parse(text) is { } early ? r with { EarlyStop = early } : null,
            r => r.EarlyStop?.ToString() ?? SettingText.None),
        WholeNumber("eval-every", 1, MaxEpochs, r => r.EvalEvery, (r, value) => r with { EvalEvery = value }),
        WholeNumber("skip-correct-after", 0, int.MaxValue, r => r.SkipCorrectAfter, (r, value) => r with { SkipCorrectAfter = value }),
        new("augment", $"none, or augmentations with commas between, such as {string.Join(',', AugmentationWords.Examples)}", JsonForms.Text | JsonForms.List,
            (r, text) => r with { Augmentation = AugmentationWords.Read(text) }, r => r.Augmentation?.ToString() ?? SettingText.None),
        new("seed", $"a whole number from 0 to {ulong.MaxValue}", JsonForms.Number,
            (r, text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? r with { Seed = seed } : null,
            r => r.Seed.ToString(CultureInfo.InvariantCulture)),
        new("device", $"{AutoDevice}, {AnyGpu.Expected}, {DeviceName.Expected}", JsonForms.Text,
            (r, text) => r with { Device = text }, r => r.Device, r => r.Device == AutoDevice || AnyGpu.Is(r.Device) || DeviceName.TryParse(r.Device, out _), _devices),
        WholeNumber("threads", 0, MaxThreads, r => r.Threads == 0 ? null : r.Threads, (r, value) => r with { Threads = value }),
        new("shuffle", "auto, full, no, or blocks:SAMPLES,BLOCKS such as blocks:1337,64", JsonForms.Text,
            (r, text) => text == AutoShuffle ? r with { Shuffle = null } : SampleShuffle.TryParse(text, out var shuffle) ? r with { Shuffle = shuffle } : null,
            r => r.Shuffle?.ToString() ?? AutoShuffle),
        Choice("data-mode", _dataModes, r => (int)r.DataMode, (r, index) => r with { DataMode = (DataMode)index }),
    ];

    /// <summary>What other programs call a setting, and its name here.</summary>
    public static IReadOnlyDictionary<string, string> OtherNames { get; } = new Dictionary<string, string>
    {
        ["learning-rate"] = "lr",
        ["units"] = "hidden",
        ["neurons"] = "hidden",
        ["dataset"] = "data",
        ["learning-rate-decay"] = "lr-schedule",
        ["lr-decay"] = "lr-schedule",
        ["gradient-clipping"] = "clip-norm",
        ["patience"] = "early-stop",
        ["early-stopping"] = "early-stop",
        ["max-samples"] = "limit",
        ["augmentation"] = "augment",
    };

    /// <summary>The setting of a name; null where there is none.</summary>
    public static RecipeKey? Find(string name) => All.FirstOrDefault(key => key.Name == name);

    /// <summary>The setting of a name.</summary>
    /// <param name="name">The name, without dashes.</param>
    /// <param name="where">Where it stands, for the message.</param>
    /// <exception cref="TrainingException">There is none of that name: the message names the nearest.</exception>
    public static RecipeKey Require(string name, string where) => Find(name) ?? throw TrainingException.BadUsage(
        $"{where} is no setting of a recipe"
        + (Nearest(name) is { } near ? $"; did you mean {near}?" : ": 'gpu train --help' lists them, as options."));

    /// <summary>The setting that a misspelt name, or one of another program, stands for; null where none is near.</summary>
    private static string? Nearest(string name) =>
        Recipes.Nearest.To(name, [.. All.Select(key => key.Name), .. OtherNames.Keys]) is { } near ? OtherNames.GetValueOrDefault(near, near) : null;

    private static RecipeKey Text(string name, Func<Recipe, string?> get, Func<Recipe, string, Recipe> set, JsonForms more = 0) =>
        new(name, "text that is not empty", JsonForms.Text | more, set, get, r => get(r) is not "");

    private static RecipeKey WholeNumber(string name, int least, int most, Func<Recipe, int?> get, Func<Recipe, int, Recipe> set) =>
        new(name, $"a whole number from {least:N0} to {most:N0}", JsonForms.Number,
            (r, text) => SettingText.TryInteger(text, out var value) ? set(r, value) : null,
            r => get(r) is { } value ? SettingText.Of(value) : null, r => get(r) is not { } value || (value >= least && value <= most));

    private static RecipeKey Number(string name, string expected, Func<float, bool> isValid, Func<Recipe, float> get,
        Func<Recipe, float, Recipe> set) =>
        new(name, expected, JsonForms.Number, (r, text) => SettingText.TrySingle(text, out var value) ? set(r, value) : null,
            r => SettingText.Of(get(r)), r => isValid(get(r)));

    /// <summary>A number that may be left out, which is <c>none</c>.</summary>
    private static RecipeKey Optional(string name, string expected, Func<float, bool> isValid, Func<Recipe, float?> get, Func<Recipe, float?, Recipe> set) =>
        new(name, $"{SettingText.None}, or {expected}", NumberOrText,
            (r, text) => text == SettingText.None ? set(r, null) : SettingText.TrySingle(text, out var value) ? set(r, value) : null,
            r => get(r) is { } value ? SettingText.Of(value) : SettingText.None, r => get(r) is not { } value || isValid(value));

    private static RecipeKey Choice(string name, IReadOnlyList<string> names, Func<Recipe, int> get, Func<Recipe, int, Recipe> set) =>
        new(name, names.Count == 1 ? names[0] : $"one of {Names(names)}", JsonForms.Text,
            (r, text) => IndexOf(names, text) is { } index ? set(r, index) : null,
            r => IsIndex(names, get(r)) ? names[get(r)] : SettingText.Of(get(r)), r => IsIndex(names, get(r)), names);

    private static string Names(IReadOnlyList<string> names) => string.Join(", ", names.SkipLast(1)) + " or " + names[^1];

    private static bool IsIndex(IReadOnlyList<string> names, int index) => index >= 0 && index < names.Count;

    private static int? IndexOf(IReadOnlyList<string> names, string text)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == text)
            {
                return i;
            }
        }

        return null;
    }

    private static bool IsNotNegative(float value) => value >= 0 && float.IsFinite(value);

    private static int? Size(string text) => SettingText.TryInteger(text, out var size) ? size : null;

    private static Activation? ActivationOf(string name) => NetworkNames.TryActivation(name, out var activation) ? activation : null;

    // Softmax belongs to the loss: naming it says that nothing else stands before it.
    private static Activation? OutputActivationOf(string name) => name == _outputActivations[0] ? Activation.Identity : ActivationOf(name);
}
