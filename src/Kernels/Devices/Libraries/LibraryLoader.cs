using System.Runtime.InteropServices;

namespace Gpu.Kernels.Devices.Libraries;

/// <summary>
/// Loads a driver's library by one of several names and notes for each what came of it. On Linux the usual folders are looked
/// through first, so that a file that is there and broken is named; what lies elsewhere the system finds by its own list.
/// A library stays loaded to the end of the process, as drivers expect it.
/// </summary>
internal static class LibraryLoader
{
    /// <summary>What an attempt that succeeded ends with.</summary>
    internal const string Loaded = "loaded";

    private const string NotFound = "not found";

    private static readonly string _triplet =
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";

    /// <summary>The usual folders of 64-bit systems; where /lib is a link to /usr/lib, each is named once.</summary>
    private static readonly string[] _systemFolders =
    [
        "/usr/local/lib", $"/usr/lib/{_triplet}", "/usr/lib64", "/usr/lib", "/usr/lib/wsl/lib",
        .. new DirectoryInfo("/lib").LinkTarget is null ? [$"/lib/{_triplet}", "/lib64", "/lib"] : Array.Empty<string>(),
    ];

    /// <summary>The folders that an environment variable lists.</summary>
    internal static IEnumerable<string> Folders(string variable) =>
        (Environment.GetEnvironmentVariable(variable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The address of a function that a library exports.</summary>
    /// <exception cref="EntryPointNotFoundException">It does not export it.</exception>
    internal static nint Export(nint library, string function) => NativeLibrary.TryGetExport(library, function, out var address)
        ? address
        : throw new EntryPointNotFoundException($"has no function {function}");

    /// <summary>The first of these names that can be loaded and bound.</summary>
    /// <param name="names">Names or paths, in order.</param>
    /// <param name="bind">Takes the functions from the library; it throws where one is missing or the library does not suit.</param>
    /// <param name="attempts">Every file or name tried, and what came of it.</param>
    internal static T? LoadFirst<T>(IEnumerable<string> names, Func<nint, string, T> bind, List<LibraryAttempt> attempts) where T : class =>
        names.SelectMany(Candidates).Select(candidate => Load(candidate, bind, attempts)).FirstOrDefault(library => library is not null);

    /// <summary>Loads one file or name; null where that fails.</summary>
    internal static T? Load<T>(string name, Func<nint, string, T> bind, List<LibraryAttempt> attempts) where T : class
    {
        if (OperatingSystem.IsLinux() && File.Exists(name) && ElfFile.FindProblem(name) is { } broken)
        {
            attempts.Add(new LibraryAttempt(name, broken));
            return null;
        }

        try
        {
            var library = bind(NativeLibrary.Load(name), name);
            attempts.Add(new LibraryAttempt(name, Loaded));
            return library;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException
            or DeviceException)
        {
            attempts.Add(new LibraryAttempt(name, Reason(name, exception)));
            return null;
        }
    }

    /// <summary>The files that a name leads to, or the name itself for the system to find.</summary>
    private static IEnumerable<string> Candidates(string name)
    {
        if (!OperatingSystem.IsLinux() || name.Contains('/', StringComparison.Ordinal))
        {
            return [name];
        }

        var files = Folders("LD_LIBRARY_PATH").Concat(_systemFolders).Select(folder => Path.Combine(folder, name)).Where(File.Exists).ToArray();
        return files.Length == 0 ? [name] : files;
    }

    /// <summary>One clause that says why a library was not loaded.</summary>
    private static string Reason(string name, Exception exception)
    {
        if (exception is EntryPointNotFoundException or DeviceException)
        {
            return exception.Message.TrimEnd('.');
        }

        if (OperatingSystem.IsWindows())
        {
            return exception is BadImageFormatException ? "is not a library for this processor"
                : File.Exists(name) ? "is there, but a library that it needs is missing" : NotFound;
        }

        // The system's own reason stands alone on the last line: "file: what is wrong with it".
        var line = exception.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)[^1];
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        var (file, reason) = colon < 0 ? (name, line) : (line[..colon], line[(colon + 2)..]);
        return !reason.Contains("No such file", StringComparison.Ordinal) ? reason
            : file == name ? NotFound
            : $"needs {file}, which is missing";
    }
}
