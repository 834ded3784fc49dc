namespace Gpu.Training.Recipes;

/// <summary>The forms a setting may take in a JSON file.</summary>
[Flags]
internal enum JsonForms
{
    Number = 1,
    Text = 2,
    List = 4,

    /// <summary>A list of texts, where there are several: in the text form they stand on a line each, since they may hold commas.</summary>
    Lines = 8,
}

/// <summary>
/// A setting's name, and how it is read, written and judged. A setting has one text form, which is that of the command line;
/// a recipe file may also write numbers and lists as JSON has them.
/// </summary>
public sealed class RecipeKey
{
    private readonly Func<Recipe, string, Recipe?> _read;
    private readonly Func<Recipe, string?> _write;
    private readonly Func<Recipe, bool> _isValid;
    private readonly IReadOnlyList<string> _choices;

    internal RecipeKey(string name, string expected, JsonForms forms, Func<Recipe, string, Recipe?> read, Func<Recipe, string?> write,
        Func<Recipe, bool>? isValid = null, IReadOnlyList<string>? choices = null)
    {
        (Name, Expected, Forms, _read, _write) = (name, expected, forms, read, write);
        _isValid = isValid ?? (_ => true);
        _choices = choices ?? [];
    }

    /// <summary>The name: that of the command line's option without the dashes.</summary>
    public string Name { get; }

    /// <summary>What values it takes, for messages and help: "a whole number from 1 to 1,000,000".</summary>
    public string Expected { get; }

    /// <summary>The words it takes, where they can be listed.</summary>
    public IReadOnlyList<string> Choices => _choices;

    internal JsonForms Forms { get; }

    /// <summary>The text form of a recipe's value; null where it has none.</summary>
    public string? Write(Recipe recipe) => _write(recipe);

    /// <summary>The recipe with this setting read from text.</summary>
    /// <param name="recipe">The other settings.</param>
    /// <param name="text">The text form.</param>
    /// <param name="where">Where it stands, for the message: an option's name, or a file, line and key.</param>
    /// <exception cref="TrainingException">The text is none of what the setting takes.</exception>
    public Recipe Read(Recipe recipe, string text, string where)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _read(recipe, text.Trim()) is { } read && _isValid(read) ? read : throw Refuse(where, text);
    }

    /// <summary>Checks that a recipe's value is in range.</summary>
    /// <exception cref="TrainingException">It is not.</exception>
    public void Check(Recipe recipe, string where)
    {
        if (!_isValid(recipe))
        {
            throw Refuse(where, _write(recipe) ?? "");
        }
    }

    internal TrainingException Refuse(string where, string found)
    {
        const int longest = 100;
        var shown = found.Length > longest ? found[..longest] + "..." : found;
        var hint = Nearest.To(shown, _choices) is { } nearest ? $"; did you mean {nearest}?" : ".";
        return TrainingException.BadUsage($"{where} must be {Expected}, found \"{shown}\"{hint}");
    }
}
