using System.Diagnostics;
using System.Globalization;
using Gpu.Training.Files;

namespace Gpu.Host.Runs;

/// <summary>Folders of runs that have not begun: named by a mark and the process that makes them, and locked by it.</summary>
internal static class PartialFolders
{
    /// <summary>Stands before the number of the process.</summary>
    internal const string Mark = ".partial-";

    private const string LockName = ".lock";

    /// <summary>The folder that this process makes.</summary>
    internal static string Mine(string place, string mark) =>
        Path.Combine(place, mark + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>Locks a run's folder, complete or not; null where another process has it.</summary>
    internal static FileLock? TryLock(string folder) => FileLock.TryTake(Path.Combine(folder, LockName));

    /// <summary>Removes those whose process is gone.</summary>
    internal static void RemoveStale(string place, string mark)
    {
        foreach (var folder in Directory.EnumerateDirectories(place, mark + "*"))
        {
            // A process that has just made its folder has not locked it yet, and one of another machine is not seen from here.
            if (IsAlive(Path.GetFileName(folder)[mark.Length..]) || TryLock(folder) is not { } held)
            {
                continue;
            }

            held.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsAlive(string number)
    {
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == Environment.ProcessId)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
