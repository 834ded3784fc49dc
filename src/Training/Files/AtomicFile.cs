using System.Text.RegularExpressions;

namespace Gpu.Training.Files;

/// <summary>Writes files so that a reader sees either the whole new content or what was there before, never a part.</summary>
public static partial class AtomicFile
{
    /// <summary>
    /// Writes a temporary file beside the target, flushes it to the disk, renames it over the target and flushes the folder.
    /// Nothing is left behind when writing fails; a process that is killed leaves a file that <see cref="RemoveStale"/> removes.
    /// </summary>
    /// <param name="path">The file to write or replace; its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="TrainingException">The folder is missing or cannot be written, or the disk is full or fails.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        Guard(path, () =>
        {
            Rename(Stage(path, write), path);
            FlushFolder(path);
        });
    }

    /// <summary>The same, but for the disk, which nothing waits for: for files that can be made anew should the machine fail.</summary>
    /// <param name="path">The file to write or replace; its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="TrainingException">As <see cref="Write"/>.</exception>
    public static void Replace(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        Guard(path, () => Rename(Stage(path, write, isFlushed: false), path));
    }

    private static void Guard(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            throw TrainingException.BadUsage(
                $"{path} cannot be written ({cause.Message.TrimEnd('.')}): choose a folder that exists and that you may write to.", cause);
        }
        catch (IOException cause)
        {
            throw TrainingException.DiskFailed(path, cause);
        }
    }

    /// <summary>Removes what processes that were killed left behind of some files in a folder; for whoever has it to himself.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isOurs">Whether a file of a name is one that is written here: temporary files of others stay.</param>
    public static void RemoveStale(string folder, Func<string, bool> isOurs)
    {
        ArgumentNullException.ThrowIfNull(isOurs);
        foreach (var file in Directory.EnumerateFiles(folder, "*.tmp"))
        {
            if (TemporaryName().Match(Path.GetFileName(file)) is { Success: true } name && isOurs(name.Groups[1].Value))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Makes what happened to the names in the folder of a file (new, renamed, removed) last, whatever happens to the machine.</summary>
    /// <exception cref="IOException">The disk fails, or the folder is gone.</exception>
    public static void FlushFolder(string path) => NativeFiles.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <summary>Writes a temporary file beside the target, flushed to the disk unless told otherwise; returns its name.</summary>
    internal static string Stage(string path, Action<Stream> write, bool isFlushed = true)
    {
        var temporary = Temporary(path);
        try
        {
            using var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None);
            write(stream);
            stream.Flush(isFlushed);
        }
        catch
        {
            Remove(temporary);
            throw;
        }

        return temporary;
    }

    /// <summary>Gives a staged file its final name.</summary>
    internal static void Rename(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    /// <summary>
    /// Gives the content of a file a second name, in place of what had that name; copied where the file system cannot name a file
    /// twice. Files written by this class are never changed, only replaced, so the two stay equal until one is.
    /// </summary>
    internal static void Duplicate(string source, string path)
    {
        var temporary = Temporary(path);
        Remove(temporary);
        if (NativeFiles.TryLink(source, temporary))
        {
            Rename(temporary, path);
            return;
        }

        Rename(Stage(path, stream =>
        {
            using var content = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read);
            content.CopyTo(stream);
        }), path);
    }

    /// <summary>Removes a staged file that gets no name.</summary>
    internal static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one worth reporting.
        }
    }

    /// <summary>The name of a temporary file beside another, of this process.</summary>
    internal static string Temporary(string path) => $"{Path.GetFullPath(path)}.{Environment.ProcessId}.tmp";

    [GeneratedRegex(@"^(.+)\.[0-9]+\.tmp$")]
    private static partial Regex TemporaryName();
}
