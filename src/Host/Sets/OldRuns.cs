using Gpu.Host.Runs;
using Gpu.Training;
using Gpu.Training.Sets;

namespace Gpu.Host.Sets;

/// <summary>
/// The set of runs, or the run, in a folder that a new set is to have: it is removed, and nothing else is. Until its last run is gone the folder is
/// that of the old set, of which <c>--resume</c> makes anew what is missing.
/// </summary>
internal static class OldRuns
{
    /// <summary>Checks that a folder is empty, or holds a set or a run of this program, and that what would be removed is nobody else's and in no use.</summary>
    /// <exception cref="TrainingException">It does not: the message names what is in the way.</exception>
    internal static void RequireReplaceable(string path)
    {
        if (!SetFolder.Is(path))
        {
            RunContents.RequireRun(path);
            return;
        }

        // Damaged or another program's, it is not replaced.
        _ = SetFile.Load(Path.Combine(path, SetFolder.SetName));
        foreach (var run in SetFolder.Runs(path))
        {
            RunContents.RequireRun(run);
            if (RunContents.Others(run).FirstOrDefault() is { } other)
            {
                throw TrainingException.BadUsage($"--out: expected the files of runs alone in a set for --force to replace, found {other}: move it away, or name another folder.");
            }

            using var held = PartialFolders.TryLock(run) ?? throw TrainingException.BadUsage(
                $"--out: the run folder {run} is in use by another process: wait for its end, stop it, or name another folder.");
        }
    }

    /// <summary>Removes what <see cref="RequireReplaceable"/> was asked about; what says which set it is stays until the new one's takes its place.</summary>
    internal static void Remove(string path)
    {
        if (!SetFolder.Is(path))
        {
            RunContents.Remove(path);
            return;
        }

        File.Delete(Path.Combine(path, SetFolder.ResultsName));
        foreach (var run in SetFolder.Runs(path).ToList())
        {
            Directory.Delete(run, recursive: true);
        }

        File.Delete(Path.Combine(path, SetFolder.FoldsName));
    }
}
