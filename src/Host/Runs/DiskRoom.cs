using Gpu.Host.Reports;
using Gpu.Training;
using Gpu.Training.Checkpoints;

namespace Gpu.Host.Runs;

/// <summary>A disk that is too small for a run is found before its first step.</summary>
internal static class DiskRoom
{
    /// <summary>Checks that there is room for the checkpoints of a run, one of which is there, and for its model.</summary>
    /// <exception cref="TrainingException">There is not.</exception>
    internal static void Require(RunFolder folder, int keep)
    {
        // The best one, the next one before the oldest goes, and the model; the last numbered one shares its place with the last.
        var one = new FileInfo(Path.Combine(folder[RunFolder.CheckpointsName], CheckpointFolder.LastName)).Length;
        var needed = one * (Math.Max(keep, 1) + 2);
        var free = new DriveInfo(Path.GetFullPath(folder[RunFolder.CheckpointsName])).AvailableFreeSpace;
        if (free < needed)
        {
            throw new TrainingException(Failure.Disk,
                $"The run folder {folder.Path} needs {Format.Bytes(needed)} for checkpoints and model, the disk has {Format.Bytes(free)} free: "
                + "make room, choose another folder with --out, or keep fewer with --keep.");
        }
    }
}
