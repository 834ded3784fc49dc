using System.Text.Json;
using System.Text.Json.Nodes;
using Gpu.Training.Data;

namespace Gpu.Training.Models;

/// <summary>What the training data called things: nothing of it changes what a model answers, but what it is shown and how that is told.</summary>
/// <param name="Columns">The columns of a table that are the inputs, in their order; null where samples have none, or too many to keep.</param>
/// <param name="Classes">The names of the classes; null where they have numbers alone.</param>
/// <param name="Target">The column of a table that held the labels; null for <c>label</c>.</param>
public sealed record ModelNames(IReadOnlyList<string>? Columns = null, IReadOnlyList<string>? Classes = null, string? Target = null)
{
    private const string ColumnsKey = "columns";
    private const string ClassesKey = "class_names";
    private const string TargetKey = "target";
    private const char Separator = '\n';

    /// <summary>Behind the key of names of which one holds a line break: they are a list in JSON.</summary>
    private const string JsonSuffix = "_json";

    /// <summary>Characters of all names of columns that are kept: the header of a model file is small.</summary>
    private const int MostCharacters = 1 << 20;

    /// <summary>The names of a data set.</summary>
    public static ModelNames Of(DataSet data, string? target)
    {
        ArgumentNullException.ThrowIfNull(data);
        var columns = data.Columns?.Sum(name => (long)name.Length + 1) <= MostCharacters ? data.Columns : null;
        return new ModelNames(columns, data.ClassNames, data.Columns is null ? null : target);
    }

    /// <summary>The options with which data for the model is loaded.</summary>
    public DataOptions Apply(DataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { Columns = Columns, ClassNames = options.ClassNames ?? Classes, Target = options.Target ?? Target };
    }

    /// <summary>What a class is called.</summary>
    public string NameOf(int number) => NameOf(Classes, number);

    /// <summary>What a class is called: its name, or its number where it has none.</summary>
    public static string NameOf(IReadOnlyList<string>? names, int number) =>
        names is not null && number < names.Count && names[number].Length > 0 ? names[number] : number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The texts that stand in a model file.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Texts()
    {
        if (Columns is not null)
        {
            yield return Text(ColumnsKey, Columns);
        }

        if (Classes is not null)
        {
            yield return Text(ClassesKey, Classes);
        }

        if (Target is not null)
        {
            yield return new(TargetKey, Target);
        }
    }

    /// <summary>Reads the texts of a model file; files without them are of data that had no names.</summary>
    /// <exception cref="TrainingException">They are not as many as the network has inputs or outputs.</exception>
    internal static ModelNames Parse(MetadataTexts source, int inputs, int outputs) => new(
        Names(source, ColumnsKey, inputs, areDistinct: true), Names(source, ClassesKey, outputs, areDistinct: false), source.Texts.GetValueOrDefault(TargetKey));

    private static KeyValuePair<string, string> Text(string key, IReadOnlyList<string> names) => names.Any(name => name.Contains(Separator))
        ? new(key + JsonSuffix, new JsonArray([.. names.Select(name => (JsonNode)name)]).ToJsonString())
        : new(key, string.Join(Separator, names));

    private static string[]? Names(MetadataTexts source, string key, int count, bool areDistinct)
    {
        var isJson = source.Texts.ContainsKey(key + JsonSuffix);
        if (!isJson && !source.Texts.ContainsKey(key))
        {
            return null;
        }

        return source.Require(isJson ? key + JsonSuffix : key, text =>
        {
            var names = isJson ? FromJson(text) : text.Split(Separator);
            return names.Length == count && (!areDistinct || names.Distinct(StringComparer.Ordinal).Count() == count) ? names : null;
        }, $"{count:N0} names");
    }

    /// <summary>The texts of a list; none where it is no such list.</summary>
    private static string[] FromJson(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return [.. json.RootElement.EnumerateArray().Select(name => name.GetString() ?? "")];
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}
