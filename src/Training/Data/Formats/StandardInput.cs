using System.Globalization;
using Gpu.Training.Files;

namespace Gpu.Training.Data;

/// <summary>
/// Data that comes through standard input or another pipe of this process (<c>-</c>, <c>/dev/stdin</c>, <c>/dev/fd/63</c> as a shell's
/// <c>&lt;(...)</c> names it): it is written to a temporary file first, so that every reader can measure it, jump about in it and read it again.
/// </summary>
internal static class StandardInput
{
    private const string Name = "-";
    private static readonly string[] _folders = ["/dev/fd/", "/proc/self/fd/"];
    private static readonly Dictionary<string, string> _files = [];
    private static readonly Lock _lock = new();

    /// <summary>Whether a path names standard input or a descriptor of this process.</summary>
    internal static bool Is(string path) => NumberOf(path) is not null;

    /// <summary>The temporary file that holds what came through a pipe, read now or before; null for other paths.</summary>
    /// <exception cref="TrainingException">It cannot be read, or there is no room for it.</exception>
    internal static string? PathOf(string path)
    {
        if (NumberOf(path) is not { } number)
        {
            return null;
        }

        if (!Descriptor.IsInherited(number))
        {
            throw TrainingException.BadData($"{path}: expected data through {(number == 0 ? "standard input" : "a pipe")}, found that it is closed; pipe a file into it.");
        }

        if (path != Name && IsRegular(path))
        {
            return null;
        }

        lock (_lock)
        {
            if (!_files.TryGetValue(path, out var file))
            {
                file = Spool(path);
                _files.Add(path, file);
            }

            return file;
        }
    }

    /// <summary>The descriptor that a path names; null where it names none.</summary>
    private static int? NumberOf(string path)
    {
        if (path is Name or "/dev/stdin")
        {
            return 0;
        }

        var folder = _folders.FirstOrDefault(folder => path.StartsWith(folder, StringComparison.Ordinal));
        return folder is not null && int.TryParse(path.AsSpan(folder.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>A redirected file can be read as it is, by position.</summary>
    private static bool IsRegular(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true) is FileInfo { Exists: true, Length: > 0 };

    private static string Spool(string path)
    {
        var file = TemporaryFiles.Create("gpu-input-");
        try
        {
            using var input = path == Name ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1);
            using var output = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read);
            input.CopyTo(output, 1 << 16);
            return output.Length > 0 ? file : throw TrainingException.BadData($"{path}: expected data through standard input, found none; pipe a file into it.");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw TrainingException.BadData(
                $"{path}: expected data that can be read and written to {Path.GetDirectoryName(file)}, found that it cannot ({cause.Message.TrimEnd('.')}).", cause);
        }
    }
}
