using System.Globalization;
using System.Text.RegularExpressions;
using Gpu.Training.Files;

namespace Gpu.Training.Checkpoints;

/// <summary>
/// The checkpoints of a run: <c>last</c>, <c>best</c>, and a number of the latest as <c>step-NNNNNNNN</c>, named by the steps
/// since the run began. Whoever saves has the folder to himself.
/// </summary>
public sealed partial class CheckpointFolder
{
    /// <summary>How files end.</summary>
    public const string Extension = ".safetensors";

    /// <summary>The latest checkpoint.</summary>
    public const string LastName = "last" + Extension;

    /// <summary>The checkpoint at the end of the best epoch.</summary>
    public const string BestName = "best" + Extension;

    private readonly string _path;
    private readonly int _keep;

    /// <summary>A folder that exists.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="keep">How many numbered checkpoints are kept.</param>
    public CheckpointFolder(string path, int keep)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        (_path, _keep) = (path, keep);
    }

    /// <summary>The checkpoint to go on from.</summary>
    /// <exception cref="TrainingException">There is none, or it is damaged.</exception>
    public static Checkpoint LoadLast(string path) => CheckpointFile.Load(FindLast(path));

    /// <summary>The checkpoint of the best epoch.</summary>
    /// <exception cref="TrainingException">There is none, or it is damaged.</exception>
    public Checkpoint LoadBest() => CheckpointFile.Load(Path.Combine(_path, BestName));

    /// <summary>The file to go on from: <c>last</c>, else the numbered one of most steps, else <c>best</c>.</summary>
    /// <exception cref="TrainingException">There is none.</exception>
    public static string FindLast(string path)
    {
        var last = Path.Combine(path, LastName);
        var best = Path.Combine(path, BestName);
        return File.Exists(last) ? last
            : Numbered(path).OrderBy(file => file.Steps).Select(file => file.Path).LastOrDefault()
            ?? (File.Exists(best) ? best : throw TrainingException.BadModelFile(
                $"{path}: expected a checkpoint, {LastName}, found none: name the folder of a run that gpu train made."));
    }

    /// <summary>The numbered one of most steps that is whole, else <c>best</c> where that is whole, else null.</summary>
    public static (string Path, Checkpoint Checkpoint)? FindWhole(string path)
    {
        foreach (var file in Numbered(path).OrderByDescending(file => file.Steps).Select(file => file.Path).Append(Path.Combine(path, BestName)))
        {
            try
            {
                return (file, CheckpointFile.Load(file));
            }
            catch (TrainingException)
            {
                // Damaged too, or not there: the next one may be whole.
            }
        }

        return null;
    }

    /// <summary>
    /// Writes a checkpoint. The one before it stays whole until this one is on the disk, and every name stands for a whole file at
    /// any time.
    /// </summary>
    /// <exception cref="TrainingException">It cannot be written; the one before it is untouched.</exception>
    public void Save(Checkpoint checkpoint, bool isBest)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var last = Path.Combine(_path, LastName);
        try
        {
            Name(CheckpointFile.Stage(last, checkpoint), last, checkpoint.Progress.Steps, isBest);
            AtomicFile.FlushFolder(last);
            RemoveOld(checkpoint.Progress.Steps);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw TrainingException.DiskFailed(last, cause);
        }
    }

    /// <summary>
    /// Removes what a run that was killed, or that another one replaced, left behind: temporary files, and checkpoints that do not
    /// belong to the run that goes on from <paramref name="last"/>.
    /// </summary>
    public void Tidy(Checkpoint last)
    {
        ArgumentNullException.ThrowIfNull(last);
        RemoveStale(_path);
        RemoveOld(last.Progress.Steps);
        if (last.Progress.Best is null)
        {
            File.Delete(Path.Combine(_path, BestName));
        }
    }

    /// <summary>The checkpoints that are there.</summary>
    public static IReadOnlyList<string> Files(string path) =>
        Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*" + Extension).Where(file => IsName(Path.GetFileName(file)))] : [];

    /// <summary>Removes what processes that were killed left behind of checkpoints.</summary>
    public static void RemoveStale(string path) => AtomicFile.RemoveStale(path, IsName);

    /// <summary>Removes all but the latest, which belongs to a run that takes the place of the others.</summary>
    public static void RemoveOthers(string path)
    {
        foreach (var file in Numbered(path).Select(file => file.Path).Append(Path.Combine(path, BestName)).ToList())
        {
            File.Delete(file);
        }
    }

    /// <summary>Removes numbered checkpoints but the latest, and those of later steps: of a run that this one replaces.</summary>
    private void RemoveOld(long steps)
    {
        var files = Numbered(_path).OrderByDescending(file => file.Steps).ToList();
        var later = files.Count(file => file.Steps > steps);
        foreach (var file in files.Take(later).Concat(files.Skip(later + _keep)))
        {
            File.Delete(file.Path);
        }
    }

    /// <summary>Gives a staged checkpoint its names; it is gone where that fails.</summary>
    private void Name(string staged, string last, long steps, bool isBest)
    {
        try
        {
            if (isBest)
            {
                AtomicFile.Duplicate(staged, Path.Combine(_path, BestName));
            }

            if (_keep > 0)
            {
                AtomicFile.Duplicate(staged, Path.Combine(_path, Name(steps)));
            }

            AtomicFile.Rename(staged, last);
        }
        catch
        {
            AtomicFile.Remove(staged);
            throw;
        }
    }

    private static bool IsName(string name) => name is LastName or BestName || NumberedName().IsMatch(name);

    private static string Name(long steps) => string.Create(CultureInfo.InvariantCulture, $"step-{steps:D8}{Extension}");

    private static IEnumerable<(string Path, long Steps)> Numbered(string path)
    {
        if (!Directory.Exists(path))
        {
            yield break;
        }

        foreach (var file in Directory.EnumerateFiles(path, "step-*" + Extension))
        {
            if (NumberedName().Match(Path.GetFileName(file)) is { Success: true } match
                && long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var steps))
            {
                yield return (file, steps);
            }
        }
    }

    [GeneratedRegex(@"^step-([0-9]{8,18})\.safetensors$")]
    private static partial Regex NumberedName();
}
