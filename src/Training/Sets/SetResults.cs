using System.Text.Json;
using Gpu.Training.Files;

namespace Gpu.Training.Sets;

/// <summary>What became of the runs of a set, as a JSON file in its folder, which is written anew whenever one ends.</summary>
/// <param name="Set">The runs.</param>
/// <param name="Results">What became of each, in their order.</param>
public sealed record SetResults(RunSet Set, IReadOnlyList<MemberResult> Results)
{
    private const int MaxBytes = 64 << 20;

    /// <summary>The runs that came to their end.</summary>
    public IEnumerable<MemberResult> Finished => Results.Where(result => result.State == MemberState.Finished);

    /// <summary>What judges the runs: a part that all that came to their end have; null where there is none.</summary>
    public string? Part => Set.Kind == SetKind.Sweep && Finished.Any(result => result.Judged.Any(part => part.Part == "validation")) ? "validation"
        : Finished.Select(result => result.Judge?.Part).FirstOrDefault();

    /// <summary>Mean and deviation of a measure over the runs that came to their end.</summary>
    public Spread Of(string measure) => Spread.Of([.. Finished.Select(result => Judged(result)?[measure] ?? double.NaN).Where(double.IsFinite)]);

    /// <summary>Mean and deviation of what each seed has on average over its folds: none where a fold of it is missing, or there are not both.</summary>
    public Spread MeansBySeed(string measure) => Spread.Of([.. Set.Members.Zip(Results)
        .Where(pair => pair.First.Settings.Count == 2 && Set.Kind == SetKind.Folds)
        .GroupBy(pair => pair.First.Settings[^1].Text).Where(group => group.All(pair => pair.Second.State == MemberState.Finished))
        .Select(group => group.Average(pair => Judged(pair.Second)?[measure] ?? double.NaN))]);

    /// <summary>How a run answered the part that judges the set.</summary>
    public PartMeasures? Judged(MemberResult result) => result?.Judged.FirstOrDefault(part => part.Part == Part);

    /// <summary>
    /// The places of the runs that came to their end, the best first: the highest accuracy, then the lowest log loss; the lowest error of a quantity.
    /// </summary>
    public IReadOnlyList<int> Ranking => [.. Enumerable.Range(0, Results.Count)
        .Where(i => Results[i].State == MemberState.Finished && Judged(Results[i]) is not null)
        .OrderByDescending(i => Best(Judged(Results[i])!["accuracy"])).ThenBy(i => Least(Judged(Results[i])!["log_loss"])).ThenBy(i => Least(Judged(Results[i])!["rmse"]))];

    /// <summary>Writes the file.</summary>
    /// <exception cref="TrainingException">The folder cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, SetFile.Format);
        json.WriteStartObject();
        json.WriteString("kind", Set.Kind.ToString().ToLowerInvariant());
        WriteSummary(json);
        json.WriteStartArray("runs");
        for (var i = 0; i < Results.Count; i++)
        {
            json.WriteStartObject();
            WriteMember(json, i);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Writes what became of a run.</summary>
    public void WriteMember(Utf8JsonWriter json, int index)
    {
        ArgumentNullException.ThrowIfNull(json);
        var (member, result) = (Set.Members[index], Results[index]);
        json.WriteString("run", member.Name);
        SetFile.WriteSettings(json, "settings", member.Settings);
        json.WriteString("state", result.State.ToString().ToLowerInvariant());
        json.WriteNumber("epochs", result.Epochs);
        json.WriteNumber("train_seconds", result.TrainSeconds);
        if (result.Error is { } error)
        {
            json.WriteString("error", error);
        }

        json.WriteStartArray("judged");
        foreach (var part in result.Judged)
        {
            json.WriteStartObject();
            json.WriteString("part", part.Part);
            json.WriteNumber("samples", part.Samples);
            json.WriteBoolean("chose_epoch", part.ChoseEpoch);
            WriteFinite(json, part.Measures);

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes mean and deviation of each measure over the runs that came to their end.</summary>
    public void WriteSummary(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteNumber("finished", Finished.Count());
        if (Part is null)
        {
            return;
        }

        json.WriteString("judged_by", Part);
        if (Set.Kind == SetKind.Sweep)
        {
            json.WriteString("best", Set.Members[Ranking[0]].Name);
            return;
        }

        string[] measures = [.. Finished.Select(Judged).OfType<PartMeasures>().SelectMany(part => part.Measures.Select(measure => measure.Name)).Distinct()];
        foreach (var (name, pick) in new (string, Func<Spread, double>)[] { ("mean", spread => spread.Mean), ("deviation", spread => spread.Deviation) })
        {
            json.WriteStartObject(name);
            WriteFinite(json, measures.Select(measure => (measure, pick(Of(measure)))));
            json.WriteEndObject();
        }
    }

    /// <summary>What became of the runs of a set, as far as the file tells; those that it does not tell of wait.</summary>
    public static SetResults Load(string path, RunSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var found = new Dictionary<string, MemberResult>(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(BoundedFile.Read(path, "the results of a set of runs (.json)", MaxBytes, TrainingException.BadModelFile));
            foreach (var run in json.RootElement.GetProperty("runs").EnumerateArray())
            {
                found[run.GetProperty("run").GetString()!] = Member(run);
            }
        }
        catch (Exception cause) when (cause is TrainingException or JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            // What it would tell is found out anew from the runs themselves.
            found.Clear();
        }

        return new SetResults(set, [.. set.Members.Select(member => found.GetValueOrDefault(member.Name, new MemberResult(MemberState.Waiting)))]);
    }

    private static double Best(double value) => double.IsFinite(value) ? value : double.NegativeInfinity;

    private static double Least(double value) => double.IsFinite(value) ? value : double.PositiveInfinity;

    private static MemberResult Member(JsonElement run) => new(Enum.Parse<MemberState>(run.GetProperty("state").GetString()!, ignoreCase: true))
    {
        Epochs = run.GetProperty("epochs").GetInt32(),
        TrainSeconds = run.GetProperty("train_seconds").GetDouble(),
        Error = run.TryGetProperty("error", out var error) ? error.GetString() : null,
        Judged = [.. run.GetProperty("judged").EnumerateArray().Select(part => new PartMeasures(
            part.GetProperty("part").GetString()!, part.GetProperty("samples").GetInt32(), part.GetProperty("chose_epoch").GetBoolean(),
            [.. part.EnumerateObject().Where(member => member.Name is not ("part" or "samples" or "chose_epoch")).Select(member => (member.Name, member.Value.GetDouble()))]))],
    };

    /// <summary>Writes numbers; JSON has no NaN and no infinity, and what is none of its numbers is left out.</summary>
    private static void WriteFinite(Utf8JsonWriter json, IEnumerable<(string Name, double Value)> numbers)
    {
        foreach (var (name, value) in numbers.Where(number => double.IsFinite(number.Value)))
        {
            json.WriteNumber(name, value);
        }
    }
}
