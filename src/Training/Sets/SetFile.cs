using System.Text.Encodings.Web;
using System.Text.Json;
using Gpu.Training.Files;
using Gpu.Training.Recipes;

namespace Gpu.Training.Sets;

/// <summary>A set of runs as a JSON file in its folder: what all have, what each has of its own, and from where the paths are understood.</summary>
/// <param name="Set">The runs.</param>
/// <param name="BeganIn">The folder from which relative paths of the data are understood, as the set's own folder sees it.</param>
public sealed record SetFile(RunSet Set, string BeganIn)
{
    private const int MaxBytes = 16 << 20;

    internal static JsonWriterOptions Format { get; } = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the file.</summary>
    /// <exception cref="TrainingException">The folder cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, Format);
        json.WriteStartObject();
        json.WriteString("kind", Set.Kind.ToString().ToLowerInvariant());
        json.WriteString("began-in", BeganIn);
        WriteSettings(json, "given", RecipeKeys.All.Where(key => Set.Given.Contains(key.Name)).Select(key => (key.Name, Set.Given.TextOf(key.Name)!)));
        json.WriteStartArray("runs");
        foreach (var member in Set.Members)
        {
            json.WriteStartObject();
            json.WriteString("run", member.Name);
            WriteSettings(json, "settings", member.Settings);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Reads the file.</summary>
    /// <exception cref="TrainingException">It is missing or damaged.</exception>
    public static SetFile Load(string path)
    {
        var bytes = BoundedFile.Read(path, "a set of runs (.json)", MaxBytes, TrainingException.BadModelFile);
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var root = json.RootElement;
            var given = new RecipeSettings();
            foreach (var (key, text) in Settings(root.GetProperty("given")))
            {
                given.Set(key, text, $"{path}: {key}");
            }

            SetMember[] members = [.. root.GetProperty("runs").EnumerateArray().Select(run => new SetMember(Name(run), Settings(run.GetProperty("settings"))))];
            return new SetFile(new RunSet(Enum.Parse<SetKind>(root.GetProperty("kind").GetString()!, ignoreCase: true), given, members), root.GetProperty("began-in").GetString()!);
        }
        catch (Exception cause) when (cause is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw TrainingException.BadModelFile($"{path}: expected what runs belong to the set, found a file that is damaged; go on with its runs one by one, or begin a new set.", cause);
        }
    }

    internal static void WriteSettings(Utf8JsonWriter json, string name, IEnumerable<(string Key, string Text)> settings)
    {
        json.WriteStartObject(name);
        foreach (var (key, text) in settings)
        {
            json.WriteString(key, text);
        }

        json.WriteEndObject();
    }

    private static (string Key, string Text)[] Settings(JsonElement settings) => [.. settings.EnumerateObject().Select(setting => (setting.Name, setting.Value.GetString()!))];

    /// <summary>The name of a run, which is that of a folder in the set's, and of no other.</summary>
    private static string Name(JsonElement run) => run.GetProperty("run").GetString() is { Length: > 0 } name && name == Path.GetFileName(name) && name[0] != '.'
        ? name : throw new InvalidOperationException("A run of a set is named by its folder.");
}
