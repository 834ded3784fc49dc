using System.Globalization;
using Gpu.Fuzzing;

// usage: [FORMAT...] [--count 20000] [--seed 1] [--case n] [--keep FOLDER] [--gpu PATH/gpu.dll]
// With --gpu the cases go through the program, a process each; else through the readers in this process.
var formats = new List<FileFormat>();
var (count, seed, first) = (20_000, 1UL, 0);
string? keep = null, program = null;
for (var i = 0; i < args.Length; i++)
{
    var next = i + 1 < args.Length ? args[i + 1] : "";
    switch (args[i])
    {
        case "--count": count = int.Parse(next, CultureInfo.InvariantCulture); i++; break;
        case "--seed": seed = ulong.Parse(next, CultureInfo.InvariantCulture); i++; break;
        case "--case": (first, count) = (int.Parse(next, CultureInfo.InvariantCulture), 1); i++; break;
        case "--keep": keep = next; i++; break;
        case "--gpu": program = next; i++; break;
        default: formats.Add(FileFormat.All.Single(format => format.Name == args[i])); break;
    }
}

var failures = 0;
foreach (var format in formats.Count == 0 ? FileFormat.All : formats)
{
    if (keep is not null)
    {
        Directory.CreateDirectory(keep);
        Console.WriteLine($"{format.Name} case {first}: {format.MakeCase(seed, first).Write(keep)}");
    }

    var started = DateTime.UtcNow;
    var report = program is null ? new Fuzzer(format).Run(seed, first, count) : new ProgramFuzzer(format, program).Run(seed, first, count);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{format.Name,-12} {report.Cases,7} cases {report.Accepted,7} accepted {report.Failures.Count,3} failures {(DateTime.UtcNow - started).TotalSeconds,6:F1} s"));
    foreach (var failure in report.Failures)
    {
        Console.WriteLine(failure);
    }

    failures += report.Failures.Count;
}

return failures == 0 ? 0 : 1;
