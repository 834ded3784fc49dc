using System.CommandLine;
using System.Globalization;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Recipes;

namespace Gpu.Host.CommandLine;

/// <summary>
/// The settings of a recipe as options. This table adds to <see cref="RecipeKeys"/>, which reads and judges the values, what
/// the help shows.
/// </summary>
internal sealed class RecipeOptions
{
    private static readonly (string Key, string Placeholder, string Help)[] _rows =
    [
        (DataKey, "SPEC...", $"{SampleOptions.Specs}; several files, or a pattern such as 'part-*.csv', are one data set (default: mnist where it can be had, else digits)"),
        ("test-data", "SPEC", "Test data (default: the test part of --data, where it has one)"),
        ("target", "NAME", "The column of a table to be learned: its name, number or last (default: label, class, target or y, else the last)"),
        ("task", "NAME", "Whether classes or a quantity of a table are learned: auto, classify or regress (default auto: as the values of the target suggest)"),
        ("header", "WORD", "Whether the first row of a table holds names: auto, yes or no (default auto)"),
        ("column", "NAME:KIND[,...]", $"What columns of a table are: {OneOf([.. ColumnKinds.Declarable.Select(ColumnKinds.NameOf)])} (default: found out)"),
        ("ignore", "NAMES", "Columns of a table to leave out, with commas between"),
        ("bins", "N", "Inputs of each number of a table besides, for parts of its range with as many rows each, within which they go from 0 to 1; or none (default auto: 8 from 1,000 rows on, none with fewer than 40 rows for each number or in very large tables)"),
        ("embedding", "N", $"Numbers of the vector that is learned for each value of a category of more than 8 values; or none, an input for each value (default auto: {CategoryEncoding.UsualWidth})"),
        ("split", "NAME", "Which data set of a folder with several, such as letters of EMNIST"),
        ("label-names", "NAMES", "What the classes are called: names with commas between, or a file with one a line (default: as the data has them)"),
        ("hidden", "SIZES", "Hidden layers, such as 128,64; none for a linear model (default 128; of a table of columns one of 256, tanh, with dropout)"),
        ("activation", "NAME[,...]", $"{OneOf(Training.Networks.NetworkNames.Activations)}: one for all hidden layers, or one for each (default relu)"),
        ("layers", "LAYERS", $"All layers but the last, with commas between, in place of --hidden and --activation: {Training.Layers.LayerKinds.WriteList(Training.Layers.LayerKinds.Examples)}"),
        ("output-activation", "NAME", "What stands before softmax: softmax (nothing more), or an activation (default softmax)"),
        ("loss", "NAME", $"{OneOf(Training.Networks.Losses.Names)} (default cross-entropy)"),
        ("head", "NAME", $"What the outputs go through before the loss: {Heads()} (default the first of each)"),
        ("label-smoothing", "X", "Share of a target that all classes have in equal parts, with cross-entropy (default 0; of a table of columns of up to 10,000 rows, with its own network, 0.1)"),
        ("class-weights", "balanced|X,...", "What each class counts in training with cross-entropy: balanced by its samples, or a number each (default all alike)"),
        ("init", "RULE", $"Initial weights: {OneOf(Training.Networks.WeightDistributions.Names)}; auto is lecun before selu, else he (default auto)"),
        ("bias-init", "X|RULE", "Initial biases: a number, or a rule of --init (default 0)"),
        ("optimizer", "NAME", $"{OneOf(Optimizers.Names)}, with settings behind a colon: {Settings()} (default {OptimizerChoice.Default}; adam for a table of columns)"),
        ("momentum", "X", $"mu of v = mu v + g, w -= lr v, of {OneOf([.. Optimizers.All.Where(o => o.TakesMomentum).Select(o => o.Name)])} (default 0)"),
        ("l2", "X", "lambda of the lambda w added to the gradient of the mean loss, weights only (default 0)"),
        ("weight-decay", "X", $"Share of the rate by which weights shrink beside their gradient, biases not (default {DefaultDecays()}; of a table of columns, with its own network, what shrinks them to a fifth by the last step)"),
        ("clip-norm", "X", "Norm that each step's gradient is clipped to (default none)"),
        ("clip-value", "X", "Largest magnitude of an element of each step's gradient (default: any)"),
        ("ema", "DECAY", "Answer with the moving average of the weights, of which each step leaves this share, such as 0.999 (default none)"),
        ("on-nan", "NAME", "When the loss or a gradient is NaN or infinite: stop, skip the step, or restore the last checkpoint with half "
            + "the rate, at most 3 times (default stop)"),
        ("lr", "X|LOW..HIGH", $"Learning rate, or the range one is drawn from in each step (default: {DefaultRates()})"),
        ("lr-schedule", "NAME", $"{Training.Schedules.RateSchedules.Help} (default constant; of a table of columns, with its own network, cosine from 0.005)"),
        ("lr-warmup", "N|Nsteps", "Epochs or steps in which the rate rises to where its schedule begins (default none)"),
        ("lr-final", "X", "Learning rate of the last step (default 0)"),
        ("batch-size", "N", "Samples of a step (default 32)"),
        ("accumulate", "N", "Batches of --batch-size in a step, one after the other in the same memory, with their gradients added up (default 1)"),
        ("epochs", "N", "Passes over the training data (default 10; for a table of columns up to 150, fewer the more rows)"),
        ("early-stop", "N[,GAIN]", "End the run after N epochs without a better validation score, by more than GAIN, and keep the best epoch's model (default none)"),
        ("eval-every", "N", "Epochs from one evaluation to the next; the last is always evaluated (default 1)"),
        ("skip-correct-after", "STEPS", "Steps after which samples answered right are not learned from (default: never)"),
        ("validation", "PART", "Held out of the training data: 0.15, 10000, last:10000, fold:2/5 or none (default none; 0.15 of a table of columns, none of one of up to 10,000 rows where --test, --folds or --test-data judges it)"),
        ("test", "PART", "Held out of the training data besides, and answered once, by the model that the run leaves: as --validation says it; fold:2/5:42 is the second of five parts drawn by seed 42 (default none)"),
        ("scale", "RULE", "Pixels: unit (0 to 1), none (0 to 255), MEAN,DEVIATION after unit, or auto: unit, or where no value is above 127 the largest to 1 (default auto)"),
        ("augment", "LIST", $"What is done to the images that are learned from, anew in each epoch, with commas between: {Training.Augmentation.AugmentationWords.Forms} (default none)"),
        ("limit", "N", "Use the first N training samples"),
        ("seed", "N", "Seed of every random number (default 42)"),
        ("device", "NAME", $"auto, {AnyGpu.Expected} (that, or an error), {DeviceName.Expected}, as 'gpu devices' lists them (default auto)"),
        ("threads", "N", "Threads of the cpu device, at most one for each core that the process may use (default 0: as many); the results do not depend on it"),
        ("shuffle", "RULE", "full, no, or blocks:SAMPLES,BLOCKS: blocks of so many samples, then within windows of so many blocks; auto is full where the samples "
            + "fit into free memory, else blocks (default auto)"),
        ("data-mode", "NAME", "auto, resident, or streamed from the disk: where the samples are; the results do not depend on it"),
    ];

    private const string DataKey = "data";
    private readonly Dictionary<string, Option<string?>> _options;
    private readonly Option<string[]> _data;

    /// <summary>Options for some of the keys, or for all.</summary>
    internal RecipeOptions(params string[] keys)
    {
        _options = _rows.Where(row => keys.Length == 0 || keys.Contains(row.Key))
            .ToDictionary(row => row.Key, Create);
        _data = new Option<string[]>($"--{DataKey}") { HelpName = _rows[0].Placeholder, Description = _rows[0].Help, AllowMultipleArgumentsPerToken = true };
        _data.Validators.Add(ParseErrors.RequireNoOption);
    }

    /// <summary>The keys that have an option.</summary>
    internal static IEnumerable<string> Keys => _rows.Select(row => row.Key);

    /// <summary>The options, in the order in which the help shows them.</summary>
    internal IEnumerable<Option> All => _options.Select(option => option.Key == DataKey ? _data : (Option)option.Value);

    /// <summary>The settings that were given.</summary>
    internal RecipeSettings Read(ParseResult parse)
    {
        var settings = new RecipeSettings();
        foreach (var (key, option) in _options)
        {
            var text = key != DataKey ? parse.GetValue(option) : parse.GetValue(_data) is { Length: > 0 } words ? DataSource.Join(words) : null;
            if (text is not null)
            {
                settings.Set(key, text, option.Name);
            }
        }

        return settings;
    }

    private static Option<string?> Create((string Key, string Placeholder, string Help) row)
    {
        var option = OptionRows.Text($"--{row.Key}", row.Placeholder, row.Help);
        option.CompletionSources.Add([.. RecipeKeys.Find(row.Key)?.Choices ?? []]);
        if (row.Key == "lr")
        {
            option.Aliases.Add("--learning-rate");
        }

        return option;
    }

    /// <summary>The settings of each optimizer: <c>adam:beta1=0.9,beta2=0.999</c>.</summary>
    private static string Settings() => string.Join("; ", Optimizers.All.Where(optimizer => optimizer.Settings.Count > 0).Select(optimizer =>
        $"{optimizer}:{string.Join(',', optimizer.Settings.Select(setting => setting.IsSwitch ? setting.Name : $"{setting.Name}={OptimizerChoice.Text(setting.Default)}"))}"));

    /// <summary>The heads of each loss: <c>softmax or none with mse</c>.</summary>
    private static string Heads() => string.Join(", ", Training.Networks.Losses.All.Select(
        loss => $"{string.Join(" or ", loss.Heads.Select(Training.Networks.LossHeads.NameOf))} with {loss.Name}"));

    private static string DefaultRates() =>
        string.Join(", ", Optimizers.All.Select(optimizer => $"{Number(optimizer.LearningRate)} for {optimizer}"));

    private static string DefaultDecays() => string.Join("", Optimizers.All.Where(optimizer => optimizer.WeightDecay != 0)
        .Select(optimizer => $"{Number(optimizer.WeightDecay)} for {optimizer}, ")) + "0 for others";

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string OneOf(IReadOnlyList<string> names) => $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";
}
