using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Schedules;

namespace Gpu.Training.Recipes;

/// <summary>What a run does when its loss or a gradient is NaN or infinite.</summary>
public enum BadNumbers
{
    /// <summary>It stops.</summary>
    Stop = 0,

    /// <summary>The step changes nothing.</summary>
    Skip = 1,

    /// <summary>It goes back to its last checkpoint with half the learning rate, a few times.</summary>
    Restore = 2,
}

/// <summary>
/// Every setting of a training run. The defaults stand here and nowhere else. <see cref="RecipeKeys"/> gives each its name on
/// the command line and in a recipe file.
/// </summary>
public sealed record Recipe
{
    private readonly RateRange? _learningRate;
    private readonly float? _weightDecay;

    /// <summary>A run in which nothing was asked for.</summary>
    public static Recipe Default { get; } = new();

    /// <summary><c>data</c>: the training data; null where it was not named.</summary>
    public string? Data { get; init; }

    /// <summary><c>test-data</c>: the test data; null where it goes with the training data.</summary>
    public string? TestData { get; init; }

    /// <summary><c>began-in</c>: the folder from which relative paths of the data are understood, as the run's own folder sees it; null for the present one.</summary>
    public string? BeganIn { get; init; }

    /// <summary><c>target</c>: the column of a table that holds the labels; null for <c>label</c>.</summary>
    public string? Target { get; init; }

    /// <summary><c>task</c>: what of the target of a table is learned.</summary>
    public TableTask Task { get; init; }

    /// <summary><c>header</c>: whether the first row of a table holds names.</summary>
    public TableHeader Header { get; init; }

    /// <summary><c>column</c>: kinds of columns, such as <c>age:number,job:category</c>; null where they are found out.</summary>
    public string? ColumnKinds { get; init; }

    /// <summary><c>ignore</c>: columns of a table to leave out, with commas between; null for none.</summary>
    public string? Ignore { get; init; }

    /// <summary><c>bins</c>: inputs of a number in a table for the parts of its range; 0 for none, null where the size of the table decides.</summary>
    public int? Bins { get; init; }

    /// <summary><c>embedding</c>: numbers of the vector that is learned for each value of a category of many in a table; 0 for none, null for what is usual.</summary>
    public int? Embedding { get; init; }

    /// <summary>How the settings say that a table is read.</summary>
    public TableOptions TableOptions => new()
    {
        Target = Target,
        Task = Task,
        Header = Header == TableHeader.Auto ? null : Header == TableHeader.Yes,
        Kinds = Gpu.Training.Data.ColumnKinds.ParseAll(ColumnKinds),
        Ignored = Gpu.Training.Data.TableOptions.Names(Ignore),
        Bins = Bins,
        Embedding = Embedding,
        Limit = Limit,
    };

    /// <summary><c>split</c>: which data set of a folder is meant, where it holds several; null where it holds one.</summary>
    public string? Split { get; init; }

    /// <summary><c>label-names</c>: names of the classes with commas between, or a file with one a line; null where the data decides.</summary>
    public string? LabelNames { get; init; }

    /// <summary><c>limit</c>: how many training samples are used at most, from the first on; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary><c>validation</c>: what is held out of the training data; null for nothing.</summary>
    public Split? Validation { get; init; }

    /// <summary><c>test</c>: what is held out of a table besides, to judge the model that the run leaves; null for nothing.</summary>
    public Split? Test { get; init; }

    /// <summary><c>scale</c>: how a byte becomes an input; a run resolves <c>auto</c> by its training data.</summary>
    public PixelScaling Scale { get; init; } = PixelScaling.Auto;

    /// <summary><c>hidden</c>: the outputs of each hidden layer; none for a linear model.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [128];

    /// <summary><c>activation</c>: one activation for all hidden layers, or one for each.</summary>
    public IReadOnlyList<Activation> Activations { get; init; } = [Activation.Relu];

    /// <summary><c>layers</c>: all layers but the last, in place of <see cref="Hidden"/> and <see cref="Activations"/>; null where those say it.</summary>
    public IReadOnlyList<LayerPlan>? Layers { get; init; }

    /// <summary><c>output-activation</c>: what stands before softmax; <c>softmax</c> itself is read as nothing before it.</summary>
    public Activation OutputActivation { get; init; } = Activation.Identity;

    /// <summary><c>loss</c> and <c>head</c>: what is made small, and what the outputs go through before it.</summary>
    public Loss Loss { get; init; } = Loss.CrossEntropy;

    /// <summary><c>label-smoothing</c>: the share of a target that all classes have in equal parts.</summary>
    public float LabelSmoothing { get; init; }

    /// <summary><c>class-weights</c>: what each class counts; null for all alike; a run resolves <c>balanced</c> by its training data.</summary>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary><c>init</c>: how initial weights are drawn; null for what suits each layer's activation, see <see cref="InitialWeights.Default"/>.</summary>
    public WeightDistribution? Init { get; init; }

    /// <summary><c>bias-init</c>: how initial biases are drawn, or the number that they all are.</summary>
    public WeightDistribution BiasInit { get; init; } = WeightDistribution.Constant(0);

    /// <summary><c>optimizer</c>: how gradients change parameters, with its own settings.</summary>
    public OptimizerChoice Optimizer { get; init; } = OptimizerChoice.Default;

    /// <summary><c>momentum</c>: mu of v = mu v + g, in [0, 1), for optimizers that have one.</summary>
    public float Momentum { get; init; }

    /// <summary><c>l2</c>: lambda of the lambda w that is added to the gradient of the mean loss, weights only.</summary>
    public float L2 { get; init; }

    /// <summary><c>weight-decay</c>: the share of the rate by which weights shrink beside their gradient; where none is given, the optimizer's default.</summary>
    public float WeightDecay
    {
        get => _weightDecay ?? Optimizer.Optimizer.WeightDecay;
        init => _weightDecay = value;
    }

    /// <summary><c>clip-norm</c>: the norm that each step's gradient is clipped to; null for none.</summary>
    public float? ClipNorm { get; init; }

    /// <summary><c>clip-value</c>: the largest magnitude of an element of each step's gradient; null for any.</summary>
    public float? ClipValue { get; init; }

    /// <summary><c>ema</c>: what stays of the moving average of the parameters in each step, in [0, 1); null where none is kept.</summary>
    public float? Ema { get; init; }

    /// <summary><c>on-nan</c>: what happens when the loss or a gradient is NaN or infinite.</summary>
    public BadNumbers OnNan { get; init; } = BadNumbers.Stop;

    /// <summary><c>lr</c>: the learning rate, or the range it is drawn from in each step; where none is given, the optimizer's default.</summary>
    public RateRange LearningRate
    {
        get => _learningRate ?? new RateRange(Optimizer.Optimizer.LearningRate);
        init => _learningRate = value;
    }

    /// <summary>Whether the learning rate is the optimizer's default.</summary>
    public bool IsDefaultRate => _learningRate is null;

    /// <summary>What the optimizer is told.</summary>
    public UpdateSettings Update => new(Optimizer, Momentum, L2, WeightDecay, ClipValue ?? float.PositiveInfinity);

    /// <summary><c>lr-schedule</c>: how the learning rate goes from the first step to the last.</summary>
    public RateSchedule Schedule { get; init; } = RateSchedule.Constant;

    /// <summary><c>lr-warmup</c>: steps at the beginning in which the rate rises.</summary>
    public WarmUp WarmUp { get; init; }

    /// <summary><c>lr-final</c>: the rate of the last step, where the schedule takes one.</summary>
    public float FinalLearningRate { get; init; }

    /// <summary><c>batch-size</c>: samples of a batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary><c>accumulate</c>: batches of a step, whose gradients are added up.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Samples of a step.</summary>
    public int StepSize => BatchSize * Accumulate;

    /// <summary><c>epochs</c>: passes over the training data.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary><c>early-stop</c>: when the run ends before its last epoch; null where it does not.</summary>
    public EarlyStop? EarlyStop { get; init; }

    /// <summary><c>eval-every</c>: epochs from one evaluation to the next; the last epoch is always evaluated.</summary>
    public int EvalEvery { get; init; } = 1;

    /// <summary><c>skip-correct-after</c>: steps after which samples answered right are not learned from; null for never.</summary>
    public int? SkipCorrectAfter { get; init; }

    /// <summary><c>augment</c>: what is done to the images that are learned from, anew in each epoch; null for nothing.</summary>
    public ImageAugmentation? Augmentation { get; init; }

    /// <summary><c>seed</c>: of every random number.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary><c>device</c>: <c>auto</c>, <c>cpu</c>, or a kind of GPU with an index, such as <c>opencl:0</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary><c>threads</c>: of the CPU; 0 where it was not given, for one a core of whichever machine the run is on.</summary>
    public int Threads { get; init; }

    /// <summary><c>shuffle</c>: how the samples are shuffled; null where the memory decides.</summary>
    public SampleShuffle? Shuffle { get; init; }

    /// <summary><c>data-mode</c>: where the samples are while the device works.</summary>
    public DataMode DataMode { get; init; } = DataMode.Auto;

    /// <summary><c>note</c>: what a reader of the recipe should know; nothing reads it.</summary>
    public string? Note { get; init; }

    /// <summary>The network of this recipe between samples of a size and a number of classes.</summary>
    /// <param name="input">What goes in for each sample.</param>
    /// <param name="classes">Numbers that come out.</param>
    /// <param name="table">What becomes of a table on its way to the network, whose first layer then has the vectors of its categories; null for other samples.</param>
    /// <exception cref="TrainingException">Its sizes are wrong, or a layer does not fit behind the one before it.</exception>
    public NetworkShape Shape(SampleSize input, int classes, TableEncoding? table = null)
    {
        if (table?.EmbeddedValues is { Count: > 0 } values)
        {
            var vectors = new EmbeddingLayer(input, Embedding ?? CategoryEncoding.UsualWidth, values);
            return new NetworkShape([vectors, .. Shape(vectors.Output, classes).Layers], Loss);
        }

        return Layers is null
            ? NetworkShape.Dense(input.Count, Hidden, classes, Activations, OutputActivation, Loss)
            : NetworkShape.Of(input, Layers, classes, OutputActivation, Loss);
    }

    /// <summary>Checks every setting, and those that must fit together.</summary>
    /// <exception cref="TrainingException">A setting is out of range: the message names its key, what was expected and what was found.</exception>
    public void Validate()
    {
        foreach (var key in RecipeKeys.All)
        {
            key.Check(this, key.Name);
        }

        if (Activations.Count != 1 && Activations.Count != Hidden.Count)
        {
            throw TrainingException.BadUsage(
                $"activation must name one activation or one for each of the {Hidden.Count} hidden layers, it names {Activations.Count}.");
        }

        CheckLoss();
        if (Momentum != 0 && !Optimizer.Optimizer.TakesMomentum)
        {
            throw TrainingException.BadUsage(
                $"momentum is {Momentum}, but {Optimizer.Optimizer} has none: leave it out, or take {string.Join(" or ", Optimizers.All.Where(o => o.TakesMomentum))}.");
        }

        if (Optimizer.Optimizer.Objection(Update) is { } objection)
        {
            throw TrainingException.BadUsage(objection);
        }

        if (!Schedule.TakesFinal && FinalLearningRate != 0)
        {
            throw TrainingException.BadUsage(
                $"lr-final needs a rate that falls to it, but lr-schedule is {Schedule}: say linear or cosine, or leave lr-final {FinalLearningRate} out.");
        }

        if ((Schedule != RateSchedule.Constant || WarmUp != default) && LearningRate.IsDrawn)
        {
            throw TrainingException.BadUsage(
                $"lr must be one number where lr-schedule is not constant or there is an lr-warmup, it is {LearningRate}: leave one of them out.");
        }
    }

    private void CheckLoss()
    {
        if (!Loss.Heads.Contains(Loss.Head))
        {
            throw TrainingException.BadUsage(
                $"head is {LossHeads.NameOf(Loss.Head)}, but {Loss.Name} takes {string.Join(" or ", Loss.Heads.Select(LossHeads.NameOf))}: leave it out, or choose another loss.");
        }

        if (!Loss.TakesTerms && (LabelSmoothing != 0 || ClassWeights is not null))
        {
            throw TrainingException.BadUsage(
                $"{(LabelSmoothing != 0 ? "label-smoothing" : "class-weights")} goes with {string.Join(" or ", Losses.All.Where(loss => loss.TakesTerms).Select(loss => loss.Name))} "
                + $"alone, but loss is {Loss.Name}: leave it out, or leave loss out.");
        }
    }
}
