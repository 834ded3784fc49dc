using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Gpu.Training.Files;

namespace Gpu.Training.Recipes;

/// <summary>
/// Recipes as JSON files: one object whose keys are those of <see cref="RecipeKeys"/>, whose values are numbers, texts, or for
/// layers lists of them. What a file does not name keeps its default.
/// </summary>
public static class RecipeFile
{
    private const int MaxBytes = 1 << 20;
    private static readonly byte[] _byteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a recipe file and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The settings it gives, to be laid under those of the command line.</returns>
    /// <exception cref="TrainingException">
    /// The file is missing or no JSON, a key is unknown or given twice, or a value is of the wrong type or out of range; the
    /// message names file, line, key, what was expected and what was found.
    /// </exception>
    public static RecipeSettings Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = BoundedFile.Read(path, "a recipe (.json)", MaxBytes, TrainingException.BadUsage);
        return Parse(bytes, path);
    }

    /// <summary>Reads the bytes of a recipe; see <see cref="Load"/>.</summary>
    /// <param name="bytes">JSON in UTF-8.</param>
    /// <param name="path">What messages call it.</param>
    public static RecipeSettings Parse(ReadOnlySpan<byte> bytes, string path)
    {
        var json = bytes.StartsWith(_byteOrderMark) ? bytes[_byteOrderMark.Length..] : bytes;
        if (!Utf8.IsValid(json))
        {
            throw TrainingException.BadUsage($"{path} must be a JSON file in UTF-8, it holds other bytes: is it the right file?");
        }

        try
        {
            var settings = new RecipeSettings();
            ReadObject(json, path, settings);
            settings.ToRecipe();
            return settings;
        }
        catch (TrainingException cause) when (!cause.Message.StartsWith(path, StringComparison.Ordinal))
        {
            // Settings that do not fit together stand on no line of their own.
            throw TrainingException.BadUsage($"{path}: {cause.Message}", cause);
        }
        catch (JsonException cause)
        {
            throw TrainingException.BadUsage(
                $"{path}, line {cause.LineNumber + 1}: expected a JSON object of settings, found what is none ({FirstSentence(cause.Message)}).", cause);
        }
        catch (InvalidOperationException cause)
        {
            throw TrainingException.BadUsage($"{path} holds a text that is no valid Unicode: write it anew.", cause);
        }
    }

    /// <summary>Writes all settings of a recipe, in a fixed order, so that equal recipes make equal files.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="recipe">The recipe; it is checked first.</param>
    /// <exception cref="TrainingException">The recipe is wrong, or the folder cannot be written.</exception>
    public static void Save(string path, Recipe recipe)
    {
        var content = Format(recipe);
        AtomicFile.Write(path, stream => stream.Write(content));
    }

    /// <summary>The bytes of a recipe's file.</summary>
    /// <exception cref="TrainingException">The recipe is wrong.</exception>
    public static byte[] Format(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        recipe.Validate();
        using var stream = new MemoryStream();
        Write(stream, recipe);
        return stream.ToArray();
    }

    private static void ReadObject(ReadOnlySpan<byte> json, string path, RecipeSettings settings)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw TrainingException.BadUsage($"{path}, line 1: expected a JSON object of settings, such as {{ \"lr\": 0.1 }}, found something else.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var where = $"{path}, line {Line(json, reader.TokenStartIndex)}: {name}";
            if (settings.Contains(name))
            {
                throw TrainingException.BadUsage($"{where} is given twice: leave one of the two out.");
            }

            var key = RecipeKeys.Require(name, where);
            reader.Read();
            settings.Set(name, ReadValue(ref reader, json, key, where), where);
        }

        // Goes on to the end: anything behind the object is an error of the reader's.
        while (reader.Read())
        {
        }
    }

    private static string ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, RecipeKey key, string where)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return ReadScalar(ref reader, json, key, where);
        }

        if ((key.Forms & (JsonForms.List | JsonForms.Lines)) == 0)
        {
            throw key.Refuse(where, "[");
        }

        var items = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadScalar(ref reader, json, key, where));
        }

        return key.Forms.HasFlag(JsonForms.Lines) ? SettingText.OfLines(items) : SettingText.Of(items, item => item);
    }

    private static string ReadScalar(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, RecipeKey key, string where)
    {
        var (form, text) = reader.TokenType switch
        {
            JsonTokenType.Number => (JsonForms.Number, Encoding.UTF8.GetString(reader.ValueSpan)),
            JsonTokenType.String => (JsonForms.Text, reader.GetString()!),
            _ => (default, Encoding.UTF8.GetString(json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed])),
        };
        return form != 0 && key.Forms.HasFlag(form) ? text : throw key.Refuse(where, text);
    }

    private static int Line(ReadOnlySpan<byte> json, long index) => json[..(int)index].Count((byte)'\n') + 1;

    private static string FirstSentence(string message) => message.Split(". ")[0].TrimEnd('.');

    private static void Write(Stream stream, Recipe recipe)
    {
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            writer.WriteStartObject();
            foreach (var key in RecipeKeys.All)
            {
                if (key.Write(recipe) is { } text)
                {
                    writer.WritePropertyName(key.Name);
                    WriteValue(writer, key, text);
                }
            }

            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>Lists stand on one line, which the writer's indentation would break up.</summary>
    private static void WriteValue(Utf8JsonWriter writer, RecipeKey key, string text)
    {
        var items = key.Forms.HasFlag(JsonForms.List) ? SettingText.Items(text)
            : key.Forms.HasFlag(JsonForms.Lines) && SettingText.Lines(text) is { Length: > 1 } lines ? lines
            : null;
        writer.WriteRawValue(items is null ? Scalar(key, text) : $"[{string.Join(", ", items.Select(item => Scalar(key, item)))}]");
    }

    private static string Scalar(RecipeKey key, string text) =>
        key.Forms.HasFlag(JsonForms.Number) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? text
            : $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
