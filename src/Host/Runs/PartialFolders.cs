using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Gpu.Training.Files;

namespace Gpu.Host.Runs;

/// <summary>Folders of runs that have not begun: named by a mark, the machine and the process that make them, and locked by it.</summary>
internal static partial class PartialFolders
{
    /// <summary>Stands before the number of the process.</summary>
    internal const string Mark = ".partial-";

    private const string LockName = ".lock";

    /// <summary>How long folders of other machines and containers stay: whether their processes live is not seen from here.</summary>
    private static readonly TimeSpan _keptOfOthers = TimeSpan.FromDays(1);

    /// <summary>This machine, or container, in a folder's name.</summary>
    private static readonly string _machine = string.Concat(Environment.MachineName.Where(char.IsAsciiLetterOrDigit));

    /// <summary>The folder that this process makes.</summary>
    internal static string Mine(string place, string mark) => Path.Combine(place, mark + Maker(Environment.ProcessId));

    /// <summary>Whether a name in the folder of a run is that of a lock or of a folder that is being made.</summary>
    internal static bool IsMark(string name) => name == LockName || Name().IsMatch(name);

    /// <summary>A process of this machine, in a folder's name.</summary>
    internal static string Maker(int process) => $"{_machine}-{process.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Locks a run's folder, complete or not; null where another process has it.</summary>
    internal static FileLock? TryLock(string folder) => FileLock.TryTake(Path.Combine(folder, LockName));

    /// <summary>Removes those in a place, of whatever run, whose process is gone.</summary>
    internal static void RemoveStale(string place)
    {
        foreach (var folder in Directory.GetDirectories(place, ".*"))
        {
            if (Name().Match(Path.GetFileName(folder)) is { Success: true } name && IsStale(folder, name.Groups[1].Value, name.Groups[2].Value))
            {
                Remove(folder);
            }
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            if (!Directory.EnumerateFileSystemEntries(folder).All(entry => IsOfRun(Path.GetFileName(entry))) || TryLock(folder) is not { } held)
            {
                return;
            }

            using (held)
            {
                // Windows does not delete a file that is open.
                if (OperatingSystem.IsWindows())
                {
                    held.Dispose();
                }

                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // It is another user's, or another process removes it at this moment.
        }
    }

    /// <summary>Whether a file may stand in the folder of a run that has not begun: others are not touched.</summary>
    private static bool IsOfRun(string name) =>
        name is LockName or RunFolder.RecipeName or RunFolder.MetricsName or RunFolder.KnownName or RunFolder.CheckpointsName || name.EndsWith(".tmp", StringComparison.Ordinal);

    private static bool IsStale(string folder, string machine, string process) =>
        new DirectoryInfo(folder).LinkTarget is null
        && (machine == _machine ? !IsAlive(process) : DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > _keptOfOthers);

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

    [GeneratedRegex(@"^\.(?:.*\.)?partial-([0-9A-Za-z]*)-([0-9]+)$")]
    private static partial Regex Name();
}
