using System.Diagnostics;

namespace Gpu.Fuzzing;

/// <summary>A case that a reader got wrong.</summary>
/// <param name="Format">The format.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Number">The case.</param>
/// <param name="Problem">What went wrong.</param>
/// <param name="Through">What was added to the command line, where the case went through the program.</param>
public sealed record FuzzFailure(string Format, ulong Seed, int Number, string Problem, string Through = "")
{
    /// <summary>The failure, and the command that runs this one case again.</summary>
    public override string ToString() =>
        $"{Format}, seed {Seed}, case {Number}: {Problem}\n    again: dotnet run -c Release --project tests/Fuzzing -- {Format} --seed {Seed} --case {Number}{Through}";
}

/// <summary>What a run of cases gave.</summary>
/// <param name="Cases">Inputs tried.</param>
/// <param name="Accepted">Inputs taken as valid.</param>
/// <param name="Failures">Cases that went wrong.</param>
public sealed record FuzzReport(int Cases, int Accepted, IReadOnlyList<FuzzFailure> Failures);

/// <summary>
/// Shows a reader damaged files and judges what it does: accept what agrees with itself, or refuse with the right kind of
/// failure and one sentence, in time and within its memory.
/// </summary>
public sealed class Fuzzer(FileFormat format)
{
    /// <summary>The longest that one input may take.</summary>
    public static readonly TimeSpan LongestCase = TimeSpan.FromSeconds(5);

    /// <summary>Bytes that a reader may take beside twice what the input holds or declares.</summary>
    public const long MemoryBase = 64 << 20;

    private const int MostFailures = 10;
    private readonly List<FuzzFailure> _failures = [];
    private long _startOfCase;
    private int _case;
    private int _cases;
    private int _accepted;

    /// <summary>Tries cases in this process.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="first">The first case.</param>
    /// <param name="count">How many.</param>
    /// <returns>What was found; it ends early at ten failures, or where a reader hangs.</returns>
    public FuzzReport Run(ulong seed, int first, int count)
    {
        var folder = Scratch();
        Exception? broken = null;
        var worker = new Thread(() =>
        {
            try
            {
                for (var number = first; number < first + count && _failures.Count < MostFailures; number++)
                {
                    Try(seed, number, folder);
                }
            }
            catch (Exception error)
            {
                broken = error;
            }
        })
        { IsBackground = true };
        Volatile.Write(ref _startOfCase, Stopwatch.GetTimestamp());
        worker.Start();
        while (!worker.Join(100))
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref _startOfCase)) > LongestCase)
            {
                // The thread cannot be ended: it stays behind, without its files.
                Directory.Delete(folder, recursive: true);
                return new FuzzReport(_cases, _accepted, [.. _failures, Failure(seed, Volatile.Read(ref _case), $"no end after {LongestCase.TotalSeconds} s")]);
            }
        }

        Directory.Delete(folder, recursive: true);
        return broken is null
            ? new FuzzReport(_cases, _accepted, _failures)
            : throw new InvalidOperationException($"{format.Name}, seed {seed}, case {_case}: the fuzzer itself failed.", broken);
    }

    /// <summary>A folder for the files of the cases, in memory where the system has such a place: they are many and small.</summary>
    public static string Scratch()
    {
        const string memory = "/dev/shm";
        return Directory.Exists(memory)
            ? Directory.CreateDirectory(Path.Combine(memory, $"gpu-fuzz-{Guid.NewGuid():N}")).FullName
            : Directory.CreateTempSubdirectory("gpu-fuzz-").FullName;
    }

    private void Try(ulong seed, int number, string folder)
    {
        Volatile.Write(ref _case, number);
        Volatile.Write(ref _startOfCase, long.MaxValue);
        var input = format.MakeCase(seed, number);
        var path = input.Write(folder);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Volatile.Write(ref _startOfCase, Stopwatch.GetTimestamp());
        var problem = Judge(path, folder);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        var most = MemoryBase + (2 * format.Declared(input));
        if (taken > most)
        {
            problem ??= $"{taken:N0} bytes were allocated, expected at most {most:N0}";
        }

        _cases++;
        if (problem is not null)
        {
            _failures.Add(Failure(seed, number, problem));
        }
    }

    private string? Judge(string path, string folder)
    {
        try
        {
            format.Read(path);
            _accepted++;
            return null;
        }
        catch (Exception error)
        {
            return Oracle.Judge(error, format.Failure, folder);
        }
    }

    private FuzzFailure Failure(ulong seed, int number, string problem) => new(format.Name, seed, number, problem);
}
