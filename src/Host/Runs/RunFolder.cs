using System.Globalization;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Files;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>
/// The folder of a run. It is made under a hidden name beside its own and gets that when recipe and first checkpoint are in it, so
/// that every folder under a final name can be gone on with. One process at a time has it: a lock ends with its holder.
/// </summary>
internal sealed partial class RunFolder : IDisposable
{
    /// <summary>Weights, architecture and preprocessing of a run that ended or was stopped.</summary>
    internal const string ModelName = "model.safetensors";

    /// <summary>Every setting, resolved.</summary>
    internal const string RecipeName = "recipe.json";

    /// <summary>A row for each epoch.</summary>
    internal const string MetricsName = "metrics.csv";

    /// <summary>What was measured of the layers, for the page.</summary>
    internal const string LayersName = "layers.csv";

    /// <summary>Where the time went, for the page.</summary>
    internal const string TimesName = "times.csv";

    /// <summary>What tells the samples of the run again.</summary>
    internal const string KnownName = "known.bin";

    /// <summary>The run as a page.</summary>
    internal const string ReportName = "report.html";

    /// <summary>The numbers of that page.</summary>
    internal const string ReportNumbersName = "report.json";

    /// <summary>The folder of the checkpoints.</summary>
    internal const string CheckpointsName = "checkpoints";

    /// <summary>Of runs in one process one makes its folder at a time: another would clear away what is not locked yet.</summary>
    private static readonly Lock _making = new();

    private readonly List<string> _createdParents = [];
    private readonly string _option;
    private readonly bool _replaces;
    private readonly bool _isNamedByTime;
    private FileLock? _lock;
    private string? _partial;

    private RunFolder(string option, string path, bool replaces, bool isNamedByTime) =>
        (_option, Path, _replaces, _isNamedByTime) = (option, path, replaces, isNamedByTime);

    /// <summary>The folder's name, as it was asked for.</summary>
    internal string Path { get; private set; }

    /// <summary>Where a file of the run is at present.</summary>
    internal string this[string file] => System.IO.Path.Combine(_partial ?? Path, file);

    /// <summary>Makes a folder for a new run, under a hidden name until <see cref="Publish"/>.</summary>
    /// <param name="asked">The folder that was asked for, or null for runs/DATE-TIME.</param>
    /// <param name="force">Whether the files of an earlier run in that folder may be replaced.</param>
    /// <param name="now">The time that names the folder.</param>
    /// <exception cref="TrainingException">The folder exists, holds files of others, is in use, or cannot be written.</exception>
    internal static RunFolder Create(string? asked, bool force, DateTime now)
    {
        var path = asked is null ? NamedByTime(now) : System.IO.Path.TrimEndingDirectorySeparator(asked);
        if (path.Length == 0 || System.IO.Path.GetFileName(System.IO.Path.GetFullPath(path)).Length == 0)
        {
            throw TrainingException.BadUsage($"--out: expected a new folder, found '{asked}'.");
        }

        if (File.Exists(path))
        {
            throw TrainingException.BadUsage($"--out: expected a new folder, but {path} is a file: name another.");
        }

        if (Directory.Exists(path) && !force)
        {
            throw TrainingException.BadUsage(
                $"--out: the folder {path} exists already: name another, go on with the run in it with --resume, or replace it with --force.");
        }

        var folder = new RunFolder("--out", path, Directory.Exists(path), asked is null);
        folder.Guard(() =>
        {
            if (folder._replaces)
            {
                RunContents.RequireRun(path);
            }

            lock (_making)
            {
                folder.MakePartial();
            }
        });
        return folder;
    }

    /// <summary>Takes the folder of a run that is to go on, and clears what a killed process left in it.</summary>
    /// <exception cref="TrainingException">It is none, is in use, or cannot be written.</exception>
    internal static RunFolder Open(string path)
    {
        if (!Directory.Exists(path) || !Directory.Exists(System.IO.Path.Combine(path, CheckpointsName)))
        {
            throw TrainingException.BadModelFile($"--resume {path}: expected the folder of a run with its {CheckpointsName}, found none: check the path.");
        }

        var folder = new RunFolder("--resume", System.IO.Path.TrimEndingDirectorySeparator(path), replaces: false, isNamedByTime: false);
        folder.Guard(() =>
        {
            folder._lock = folder.Take(path);
            RemoveStale(path);
            PartialFolders.RemoveStale(path);
        });
        return folder;
    }

    /// <summary>
    /// Makes a folder that is gone on with look like one that never stopped: the recipe as it is now, no model or report of an earlier stop
    /// that would soon be old ones, no checkpoints of others.
    /// </summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    internal void Renew(Recipe recipe, Checkpoint last, int keep) => Guard(() =>
    {
        RunContents.RequireNoneOfOthers(Path);
        RecipeFile.Save(this[RecipeName], recipe);
        new CheckpointFolder(this[CheckpointsName], keep).Tidy(last);
        Array.ForEach([ModelName, ReportName, ReportNumbersName], file => File.Delete(this[file]));
    });

    /// <summary>Frees the lock, and removes what is left of a run that did not begin.</summary>
    public void Dispose()
    {
        _lock?.Dispose();
        if (Directory.Exists(_partial))
        {
            Directory.Delete(_partial, recursive: true);
        }

        foreach (var parent in _createdParents)
        {
            if (Directory.Exists(parent) && !Directory.EnumerateFileSystemEntries(parent).Any())
            {
                Directory.Delete(parent);
            }
        }
    }

    private void MakePartial()
    {
        var parent = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        for (var missing = parent; missing is not null && !Directory.Exists(missing); missing = System.IO.Path.GetDirectoryName(missing))
        {
            _createdParents.Add(missing);
        }

        // A run that replaces another is made within its folder: that one may be a disk of its own.
        var (place, mark) = _replaces
            ? (Path, PartialFolders.Mark)
            : (parent, $".{System.IO.Path.GetFileName(System.IO.Path.GetFullPath(Path))}{PartialFolders.Mark}");
        Directory.CreateDirectory(place);
        _createdParents.ForEach(AtomicFile.FlushFolder);
        _lock = _replaces ? Take(Path) : null;
        PartialFolders.RemoveStale(place);
        var partial = PartialFolders.Mine(place, mark);
        Directory.CreateDirectory(partial);

        _lock ??= TakeNew(partial);
        _partial = partial;
        Directory.CreateDirectory(this[CheckpointsName]);
    }

    /// <summary>
    /// Locks a folder that was just made. Before that it is not this run's to be removed with what is in it: processes of two containers
    /// may have one number.
    /// </summary>
    private FileLock TakeNew(string folder)
    {
        try
        {
            return Take(folder);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }

            throw;
        }
    }

    private FileLock Take(string folder) => PartialFolders.TryLock(folder) ?? throw TrainingException.BadUsage(
        $"{_option}: the run folder {Path} is in use by another process: wait for its end, stop it, or name another folder.");

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Dispose();
            if (TrainingException.IsDiskFull(error))
            {
                throw TrainingException.DiskFailed(Path, error);
            }

            throw TrainingException.BadUsage($"{_option}: the run folder {Path} cannot be written ({error.Message.TrimEnd('.')}): choose one that you may write to.", error);
        }
        catch (TrainingException)
        {
            Dispose();
            throw;
        }
    }

    private static void RemoveStale(string path) => AtomicFile.RemoveStale(path, name => name is ModelName or RecipeName or MetricsName or KnownName or ReportName or ReportNumbersName);

    /// <summary>The folder of a run or a set that nobody named: runs/DATE-TIME, with a number behind it where that is taken.</summary>
    internal static string NamedByTime(DateTime now) => Free(System.IO.Path.Combine("runs", now.ToString("yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture)));

    private static string Free(string path)
    {
        var free = path;
        for (var n = 2; System.IO.Path.Exists(free); n++)
        {
            free = $"{path}-{n.ToString(CultureInfo.InvariantCulture)}";
        }

        return free;
    }
}
