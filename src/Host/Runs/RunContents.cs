using System.Text.Json;
using Gpu.Host.RunReport;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Models;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>
/// Who wrote what stands in a folder under the names of a run's files. Other programs use these names, too; what is not a run of this one
/// is not replaced.
/// </summary>
internal static class RunContents
{
    private const int MostRecipeBytes = 1 << 20;
    private const string MetricsStart = "epoch,train_loss,train_";

    /// <summary>Checks that a folder is empty or holds a run of this program, some of it damaged perhaps, and no files of others by its names.</summary>
    /// <exception cref="TrainingException">It does not: the message names what is in the way.</exception>
    internal static void RequireRun(string folder)
    {
        var writers = Files(folder).Select(file => (file.Path, IsOurs: file.IsOurs(file.Path))).ToList();
        RequireNone(folder, writers.Where(file => file.IsOurs == false).Select(file => file.Path));
        if (writers.All(file => file.IsOurs is null) && Directory.EnumerateFileSystemEntries(folder).Any(entry => !PartialFolders.IsMark(Path.GetFileName(entry))))
        {
            throw TrainingException.BadUsage(
                $"--out: expected a new folder, an empty one, or a run of this program for --force to replace, found {folder} with other files in it: "
                + "name another folder.");
        }
    }

    /// <summary>Checks that what a run that goes on writes anew is its own.</summary>
    /// <exception cref="TrainingException">Another program wrote it.</exception>
    internal static void RequireNoneOfOthers(string folder) =>
        RequireNone(folder, Files(folder).Where(file => file.IsOurs(file.Path) == false).Select(file => file.Path));

    /// <summary>What stands in the folder of a run, and in that of its checkpoints, beside what is written there, is being written, or is locked.</summary>
    internal static IEnumerable<string> Others(string folder)
    {
        var checkpoints = Path.Combine(folder, RunFolder.CheckpointsName);
        return Directory.EnumerateFileSystemEntries(folder).Concat(Directory.Exists(checkpoints) ? Directory.EnumerateFileSystemEntries(checkpoints) : [])
            .Except([.. Files(folder).Select(file => file.Path), checkpoints], StringComparer.Ordinal)
            .Where(entry => !PartialFolders.IsMark(Path.GetFileName(entry)) && !entry.EndsWith(".tmp", StringComparison.Ordinal));
    }

    /// <summary>Removes the files of a run, and its checkpoints; other files stay.</summary>
    internal static void Remove(string folder)
    {
        foreach (var file in Files(folder).Select(file => file.Path).ToList())
        {
            File.Delete(file);
        }

        var checkpoints = Path.Combine(folder, RunFolder.CheckpointsName);
        if (Directory.Exists(checkpoints) && !Directory.EnumerateFileSystemEntries(checkpoints).Any())
        {
            Directory.Delete(checkpoints);
        }
    }

    private static void RequireNone(string folder, IEnumerable<string> foreign)
    {
        if (foreign.FirstOrDefault() is { } path)
        {
            throw TrainingException.BadUsage(
                $"{folder}: expected files of this program alone where a run writes its own, found {path}, which another program wrote: move it away, or "
                + "name another folder.");
        }
    }

    /// <summary>The files that replacing a run would replace or remove, as far as they are there, each with how to tell who wrote it.</summary>
    private static IEnumerable<(string Path, Func<string, bool?> IsOurs)> Files(string folder)
    {
        (string, Func<string, bool?>)[] files =
        [
            (Path.Combine(folder, RunFolder.ModelName), ModelFile.IsOfThisProgram),
            (Path.Combine(folder, RunFolder.RecipeName), IsRecipe),
            (Path.Combine(folder, RunFolder.MetricsName), path => Begins(path, MetricsStart)),
            (Path.Combine(folder, RunFolder.LayersName), path => Begins(path, LayersTable.Start)),
            (Path.Combine(folder, RunFolder.TimesName), path => Begins(path, RunTimes.Header)),
            (Path.Combine(folder, RunFolder.KnownName), IsKnown),
            (Path.Combine(folder, RunFolder.ReportName), path => Begins(path, ReportFile.PageStart)),
            (Path.Combine(folder, RunFolder.ReportNumbersName), path => Begins(path, ReportFile.NumbersStart)),
            .. CheckpointFolder.Files(Path.Combine(folder, RunFolder.CheckpointsName)).Select(file => (file, (Func<string, bool?>)ModelFile.IsOfThisProgram)),
        ];
        return files.Where(file => File.Exists(file.Item1));
    }

    /// <summary>Null where it is no JSON: it may be a damaged one.</summary>
    private static bool? IsRecipe(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MostRecipeBytes)
            {
                return false;
            }

            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.EnumerateObject().All(setting => RecipeKeys.Find(setting.Name) is not null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null where it is empty.</summary>
    private static bool? IsKnown(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[sizeof(ulong)];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) is var read && read == 0 ? null : KnownSamples.IsOurs(start[..read]);
    }

    /// <summary>Null where it is empty.</summary>
    private static bool? Begins(string path, string expected)
    {
        using var reader = new StreamReader(path);
        var start = new char[expected.Length];
        var read = reader.ReadBlock(start);
        return read == 0 ? null : start.AsSpan(0, read).SequenceEqual(expected);
    }
}
