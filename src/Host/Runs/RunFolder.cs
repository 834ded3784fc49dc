using System.Globalization;
using Gpu.Training;

namespace Gpu.Host.Runs;

/// <summary>
/// The folder a run leaves behind. Files are written under a temporary name beside it and the folder gets its name when all
/// are there, so nothing half-written is ever seen under the final name.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    /// <summary>Weights, architecture and preprocessing.</summary>
    internal const string ModelName = "model.safetensors";

    /// <summary>Every setting, resolved.</summary>
    internal const string RecipeName = "recipe.json";

    /// <summary>A row for each epoch.</summary>
    internal const string MetricsName = "metrics.csv";

    private readonly List<string> _createdParents = [];
    private readonly string _temporary;
    private readonly bool _replace;
    private bool _committed;

    private RunFolder(string path, bool replace)
    {
        Path = path;
        _replace = replace;
        _temporary = System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!,
            $".{System.IO.Path.GetFileName(path)}.{Environment.ProcessId}.tmp");
    }

    /// <summary>The folder's name, as it was asked for.</summary>
    internal string Path { get; private set; }

    /// <summary>Makes the place that a run writes to, before the run begins.</summary>
    /// <param name="asked">The folder that was asked for, or null for runs/DATE-TIME.</param>
    /// <param name="force">Whether the files of an earlier run in that folder may be replaced.</param>
    /// <param name="now">The time that names the folder.</param>
    /// <exception cref="TrainingException">The folder exists, or cannot be written.</exception>
    internal static RunFolder Prepare(string? asked, bool force, DateTime now)
    {
        var path = asked is null ? Free(System.IO.Path.Combine("runs", now.ToString("yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture)))
            : System.IO.Path.TrimEndingDirectorySeparator(asked);
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
                $"--out: the folder {path} exists already: name another, or replace the run in it with --force.");
        }

        var folder = new RunFolder(path, Directory.Exists(path));
        folder.Create();
        return folder;
    }

    /// <summary>Where to write a file of this run for now.</summary>
    internal string Temporary(string file) => System.IO.Path.Combine(_temporary, file);

    /// <summary>What a file of this run is called once <see cref="Commit"/> has run.</summary>
    internal string Final(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>Gives the folder its name.</summary>
    internal void Commit()
    {
        if (_replace)
        {
            foreach (var file in Directory.GetFiles(_temporary))
            {
                File.Move(file, Final(System.IO.Path.GetFileName(file)), overwrite: true);
            }

            Directory.Delete(_temporary);
        }
        else
        {
            // Someone may have taken the name while the run went on; what was learned is kept under the next one.
            Path = Free(Path);
            Directory.Move(_temporary, Path);
        }

        _committed = true;
    }

    /// <summary>Removes what is left of a run that did not come to its end.</summary>
    public void Dispose()
    {
        if (_committed)
        {
            return;
        }

        if (Directory.Exists(_temporary))
        {
            Directory.Delete(_temporary, recursive: true);
        }

        foreach (var parent in _createdParents)
        {
            if (Directory.Exists(parent) && !Directory.EnumerateFileSystemEntries(parent).Any())
            {
                Directory.Delete(parent);
            }
        }
    }

    private void Create()
    {
        try
        {
            for (var parent = System.IO.Path.GetDirectoryName(_temporary); parent is not null && !Directory.Exists(parent);
                parent = System.IO.Path.GetDirectoryName(parent))
            {
                _createdParents.Add(parent);
            }

            Directory.CreateDirectory(_temporary);
            ProveWritable(_replace ? Path : _temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Dispose();
            throw TrainingException.BadUsage($"--out: the folder {Path} cannot be written ({error.Message.TrimEnd('.')}): name another.", error);
        }
    }

    private static void ProveWritable(string folder)
    {
        var probe = System.IO.Path.Combine(folder, $".probe.{Environment.ProcessId}.tmp");
        File.WriteAllText(probe, "gpu");
        File.Delete(probe);
    }

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
