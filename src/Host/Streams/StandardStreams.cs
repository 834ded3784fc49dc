using System.Text;
using Gpu.Training.Files;

namespace Gpu.Host.Streams;

/// <summary>
/// Standard output and standard error, which may be closed, full, or a terminal that is gone. A message that cannot be written is dropped:
/// nothing ends for its sake. Results that cannot be written are an error, unless the command can do without.
/// </summary>
internal static class StandardStreams
{
    private const int OutputNumber = 1;
    private const int ErrorNumber = 2;

    /// <summary>Puts guarded streams in the place of the console's; before anything is written.</summary>
    internal static void Guard()
    {
        Console.SetError(Writer(Open("Standard error", ErrorNumber, Console.OpenStandardError, _ => { }, endsWithFailure: false)));
        Console.SetOut(Writer(OpenOutput()));
    }

    /// <summary>Standard output, for results.</summary>
    /// <param name="failed">Told of each failure, where the command goes on without what cannot be written; by default that is thrown.</param>
    internal static Stream OpenOutput(Action<OutputException>? failed = null) =>
        Open("Standard output", OutputNumber, Console.OpenStandardOutput, failed ?? (failure => throw failure), endsWithFailure: true);

    /// <summary>Text that is written at once.</summary>
    internal static StreamWriter Writer(Stream stream)
    {
        var isOld = OperatingSystem.IsWindows() && Console.OutputEncoding is not UTF8Encoding;
        return new StreamWriter(stream, isOld ? Console.OutputEncoding : new UTF8Encoding(false)) { AutoFlush = true };
    }

    /// <summary>The columns of the terminal that standard error goes to, at this moment; 0 where it does not say.</summary>
    internal static int ErrorColumns() => OperatingSystem.IsWindows() ? Console.WindowWidth : Native.Columns(ErrorNumber);

    private static GuardedStream Open(string name, int number, Func<Stream> open, Action<OutputException> failed, bool endsWithFailure)
    {
        Stream? inner = null;
        try
        {
            // Where a stream was closed, the runtime has put something of its own in its place, which must not be written to.
            inner = Descriptor.IsInherited(number) ? open() : null;
        }
        catch (IOException)
        {
            // Closed, too.
        }

        return new GuardedStream(name, inner, failed, endsWithFailure);
    }
}
