using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Recipes;

/// <summary>
/// The settings that were given, by a recipe file or on the command line, each as text with the place it stands at. What was
/// not given is not here, so one set can be laid over another: <c>file.Merge(flags).ToRecipe()</c>.
/// </summary>
public sealed class RecipeSettings
{
    private static readonly string[] _hiddenKeys = ["hidden", "activation"];
    private readonly Dictionary<string, Setting> _settings = [];

    /// <summary>The keys that were given.</summary>
    public IReadOnlyCollection<string> Keys => _settings.Keys;

    /// <summary>Whether a setting was given.</summary>
    public bool Contains(string key) => _settings.ContainsKey(key);

    /// <summary>The text form of a setting; null where it was not given.</summary>
    public string? TextOf(string key) => _settings.TryGetValue(key, out var setting) ? setting.Text : null;

    /// <summary>Notes a setting in its text form, in place of one noted before.</summary>
    /// <param name="key">Its name, without dashes.</param>
    /// <param name="text">Its text form, as on the command line.</param>
    /// <param name="where">Where it stands, for messages: <c>--lr</c>, or <c>b.json, line 4: lr</c>.</param>
    /// <exception cref="TrainingException">There is no setting of that name: the message names the nearest.</exception>
    public void Set(string key, string text, string where)
    {
        RecipeKeys.Require(key, where);
        _settings[key] = new Setting(text, where);
    }

    /// <summary>These settings with others laid over them: where both have a key, the other one holds; its layers hold in place of hidden sizes, and the other way round; a loss brings its own head.</summary>
    public RecipeSettings Merge(RecipeSettings over)
    {
        ArgumentNullException.ThrowIfNull(over);
        var merged = new RecipeSettings();
        string[] given =
        [
            .. over._settings.ContainsKey("layers") ? _hiddenKeys : over._settings.Keys.Intersect(_hiddenKeys).Any() ? ["layers"] : [],
            .. over._settings.ContainsKey("loss") ? ["head"] : Array.Empty<string>(),
        ];
        foreach (var (key, setting) in _settings.Where(setting => !given.Contains(setting.Key)).Concat(over._settings))
        {
            merged._settings[key] = setting;
        }

        return merged;
    }

    /// <summary>
    /// Checks that a recipe file names data sets only, not files: it may come from a stranger, and the paths in it are followed
    /// where the command line says the same, not by themselves.
    /// </summary>
    /// <param name="commandLine">The settings of the command line, which hold in place of the file's.</param>
    /// <exception cref="TrainingException">A file is named: the message says which option to give.</exception>
    public void RequireNoPaths(RecipeSettings commandLine)
    {
        ArgumentNullException.ThrowIfNull(commandLine);
        foreach (var key in new[] { "data", "test-data" })
        {
            if (!commandLine.Contains(key) && _settings.TryGetValue(key, out var setting) && !DataSource.IsName(setting.Text))
            {
                throw TrainingException.BadUsage(
                    $"{setting.Where} names \"{DataSource.Show(setting.Text)}\", and a recipe's paths are not followed: name it with --{key} if you want it.");
            }
        }
    }

    /// <summary>
    /// Whether these settings, of a recipe, have a learning rate that stays although those of the command line choose another optimizer,
    /// for which it is hardly right: what to say of it, with the cure; null where there is nothing to say.
    /// </summary>
    /// <param name="commandLine">The settings of the command line.</param>
    public string? RateOfAnotherOptimizer(RecipeSettings commandLine)
    {
        ArgumentNullException.ThrowIfNull(commandLine);
        if (commandLine.Contains("lr") || !_settings.TryGetValue("lr", out var rate) || !commandLine._settings.TryGetValue("optimizer", out var chosen))
        {
            return null;
        }

        var before = OptimizerChoice.Parse(_settings.TryGetValue("optimizer", out var named) ? named.Text : OptimizerChoice.Default.ToString())?.Optimizer;
        var after = OptimizerChoice.Parse(chosen.Text)?.Optimizer;
        var usual = after is null ? "" : SettingText.Of(after.LearningRate);
        return before is null || after is null || before == after || rate.Text == usual ? null
            : $"{rate.Where} is {rate.Text}, which was chosen for {before}, and stays although {chosen.Where} is {after}: give --lr too, such as {usual}, the default of {after}";
    }

    /// <summary>
    /// Whether these settings, of a recipe, have a weight decay of 0 that stays although those of the command line choose an optimizer that lives on its
    /// decay: what to say of it, with the cure; null where there is nothing to say.
    /// </summary>
    /// <param name="commandLine">The settings of the command line.</param>
    public string? DecayOfAnotherOptimizer(RecipeSettings commandLine)
    {
        ArgumentNullException.ThrowIfNull(commandLine);
        const string key = "weight-decay";
        return !commandLine.Contains(key) && _settings.TryGetValue(key, out var decay) && SettingText.TrySingle(decay.Text, out var value) && value == 0
            && commandLine._settings.TryGetValue("optimizer", out var chosen) && OptimizerChoice.Parse(chosen.Text)?.Optimizer is { WeightDecay: > 0 } optimizer
            ? $"{decay.Where} is 0 and stays although {chosen.Where} is {optimizer}, which then decays nothing: give --{key} too, such as {SettingText.Of(optimizer.WeightDecay)}, the default of {optimizer}"
            : null;
    }

    /// <summary>The recipe: another one, or the defaults, with these settings laid over it, checked.</summary>
    /// <exception cref="TrainingException">A setting cannot be read or is out of range, or settings do not fit together.</exception>
    public Recipe ToRecipe(Recipe? under = null)
    {
        var recipe = under ?? Recipe.Default;
        foreach (var key in RecipeKeys.All)
        {
            if (_settings.TryGetValue(key.Name, out var setting))
            {
                recipe = key.Read(recipe, setting.Text, setting.Where);
            }
        }

        RequireOneNetwork();
        recipe.Validate();
        if (recipe.Loss.Head != LossHead.Softmax && _settings.TryGetValue("output-activation", out var output) && output.Text == "softmax")
        {
            throw TrainingException.BadUsage(
                $"{output.Where} cannot be softmax with {recipe.Loss}, which takes the {(recipe.Loss.Head == LossHead.Sigmoid ? "sigmoid of each output" : "outputs as they are")}: leave it out.");
        }

        return recipe;
    }

    /// <summary>Checks that hidden layers are named once: a network of a recipe gives way to one of the command line, see <see cref="Merge"/>.</summary>
    private void RequireOneNetwork()
    {
        if (!_settings.TryGetValue("layers", out var layers) || layers.Text.Trim() == SettingText.None)
        {
            return;
        }

        foreach (var key in _hiddenKeys)
        {
            if (_settings.TryGetValue(key, out var other))
            {
                throw TrainingException.BadUsage($"{layers.Where} and {other.Where} both say what the hidden layers are: leave one of them out.");
            }
        }
    }

    private readonly record struct Setting(string Text, string Where);
}
