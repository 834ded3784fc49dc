using System.Globalization;
using Gpu.Host.Runs;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Files;

namespace Gpu.Host.Sets;

/// <summary>The folder of a set of runs: each run has its own in it. One process at a time has it.</summary>
internal sealed class SetFolder : IDisposable
{
    /// <summary>Which runs there are, and with which settings.</summary>
    internal const string SetName = "set.json";

    /// <summary>What became of each, and what they are worth together.</summary>
    internal const string ResultsName = "results.json";

    /// <summary>For each row or sample the fold that it is in.</summary>
    internal const string FoldsName = "folds.csv";

    private readonly FileLock _lock;
    private readonly bool _isNew;

    private SetFolder(string path, FileLock held, bool isNew) => (Path, _lock, _isNew) = (path, held, isNew);

    /// <summary>The folder's name, as it was asked for.</summary>
    internal string Path { get; }

    /// <summary>Where a file or a run of the set is.</summary>
    internal string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Whether a folder is that of a set.</summary>
    internal static bool Is(string path) => File.Exists(System.IO.Path.Combine(path, SetName));

    /// <summary>The folders of the runs of a set, as far as they have begun.</summary>
    internal static IEnumerable<string> Runs(string path) => Directory.EnumerateDirectories(path)
        .Where(run => File.Exists(System.IO.Path.Combine(run, RunFolder.RecipeName))).Order(StringComparer.Ordinal);

    /// <summary>Makes the folder of a new set.</summary>
    /// <param name="asked">Its name; null for runs/DATE-TIME.</param>
    /// <param name="force">Whether the set or the run in a folder that exists is replaced.</param>
    /// <exception cref="TrainingException">It exists, or holds files of others, is in use, or cannot be made.</exception>
    internal static SetFolder Create(string? asked, bool force)
    {
        var path = asked is null ? RunFolder.NamedByTime(DateTime.Now) : System.IO.Path.TrimEndingDirectorySeparator(asked);
        var replaces = force && Directory.Exists(path);
        if (path.Length == 0 || (System.IO.Path.Exists(path) && !replaces))
        {
            throw TrainingException.BadUsage(path.Length == 0 ? $"--out: expected a new folder, found '{asked}'."
                : $"--out: expected a new folder for a set of runs, but {path} exists already: name another, go on with the set in it with --resume, or replace it with --force.");
        }

        if (replaces)
        {
            OldRuns.RequireReplaceable(path);
        }

        return Take("--out", path, create: !replaces, replaces);
    }

    /// <summary>Takes the folder of a set that is to go on.</summary>
    /// <exception cref="TrainingException">Another process has it, or it cannot be written.</exception>
    internal static SetFolder Open(string path) => Take("--resume", System.IO.Path.TrimEndingDirectorySeparator(path), create: false);

    /// <summary>Writes which fold each row or sample is in, by its number.</summary>
    internal void WriteFolds(int[] numbers, byte[] labels, int count, ulong seed)
    {
        var folds = Fold.Assign(labels, count, seed);
        AtomicFile.Write(this[FoldsName], stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            text.WriteLine("row,fold");
            for (var i = 0; i < numbers.Length; i++)
            {
                text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{numbers[i]},{folds[i]}"));
            }
        });
    }

    /// <summary>Frees the lock, and removes the folder of a new set of which no run has begun.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        if (_isNew && !Directory.EnumerateDirectories(Path).Any() && !File.Exists(this[ResultsName]))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static SetFolder Take(string option, string path, bool create, bool replaces = false)
    {
        try
        {
            if (create)
            {
                Directory.CreateDirectory(path);
            }

            var held = PartialFolders.TryLock(path) ?? throw TrainingException.BadUsage(
                $"{option}: the folder {path} is in use by another process: wait for its end, stop it, or name another folder.");
            if (replaces)
            {
                OldRuns.Remove(path);
            }

            return new SetFolder(path, held, create);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw TrainingException.BadUsage($"{option}: the folder {path} cannot be written ({error.Message.TrimEnd('.')}): choose one that you may write to.", error);
        }
    }
}
