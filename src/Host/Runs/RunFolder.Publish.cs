using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Files;

namespace Gpu.Host.Runs;

/// <summary>How the folder of a run gets its name.</summary>
internal sealed partial class RunFolder
{
    /// <summary>Gives the folder its name: what is in it can be gone on with from now on.</summary>
    /// <exception cref="TrainingException">Another run took the name meanwhile.</exception>
    internal void Publish() => Guard(() =>
    {
        AtomicFile.FlushFolder(this[RecipeName]);
        if (_replaces)
        {
            ReplaceRun();
        }
        else
        {
            TakeName();
            AtomicFile.FlushFolder(Path);
        }

        _partial = null;
        _createdParents.Clear();
    });

    private void TakeName()
    {
        // Windows does not rename a folder in which a file is open.
        if (OperatingSystem.IsWindows())
        {
            _lock!.Dispose();
        }

        while (true)
        {
            try
            {
                Directory.Move(_partial!, Path);
                break;
            }
            catch (IOException) when (System.IO.Path.Exists(Path))
            {
                if (!_isNamedByTime)
                {
                    throw TrainingException.BadUsage($"--out: another run took the name {Path} meanwhile: name another folder.");
                }

                Path = Free(Path);
            }
        }

        if (OperatingSystem.IsWindows())
        {
            _lock = Take(Path);
        }
    }

    /// <summary>
    /// Puts the new run in the place of the old one. At any moment the checkpoint that <see cref="CheckpointFolder"/> finds and the
    /// recipe, where there is one, are of the same run; the checkpoint alone would do. The table of the old run stays until the new one
    /// takes its name: of a table with too many rows a run that goes on takes the first.
    /// </summary>
    private void ReplaceRun()
    {
        var checkpoints = System.IO.Path.Combine(Path, CheckpointsName);
        Directory.CreateDirectory(checkpoints);
        RemoveStale(Path);
        CheckpointFolder.RemoveStale(checkpoints);
        foreach (var file in new[] { ModelName, RecipeName, LayersName, TimesName, KnownName, ReportName, ReportNumbersName })
        {
            File.Delete(System.IO.Path.Combine(Path, file));
        }

        AtomicFile.FlushFolder(System.IO.Path.Combine(Path, RecipeName));
        Replace(System.IO.Path.Combine(CheckpointsName, CheckpointFolder.LastName));
        CheckpointFolder.RemoveOthers(checkpoints);
        AtomicFile.FlushFolder(System.IO.Path.Combine(checkpoints, CheckpointFolder.LastName));
        Replace(RecipeName);
        Replace(MetricsName);
        if (File.Exists(this[KnownName]))
        {
            Replace(KnownName);
        }

        AtomicFile.FlushFolder(System.IO.Path.Combine(Path, RecipeName));
        Directory.Delete(_partial!, recursive: true);
    }

    private void Replace(string file) => File.Move(this[file], System.IO.Path.Combine(Path, file), overwrite: true);
}
