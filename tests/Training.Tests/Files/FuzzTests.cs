using Gpu.Fuzzing;

namespace Gpu.Training.Tests.Files;

/// <summary>Damaged files of every format, and proof that the fuzzer finds what is wrong with a reader.</summary>
public class FuzzTests
{
    private const int Cases = 1000;

    public static TheoryData<string> Formats() => [.. FileFormat.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Damaged_files_are_refused_in_a_sentence_or_agree_with_themselves(string name)
    {
        var report = new Fuzzer(FileFormat.All.Single(format => format.Name == name)).Run(seed: 1, first: 0, Cases);
        Assert.Empty(report.Failures);
        Assert.Equal(Cases, report.Cases);

        // Both must be tried: a reader that refuses everything would pass the rest.
        Assert.InRange(report.Accepted, Cases / 50, Cases / 2);
    }

    /// <summary>Cases that once had no end: lists of lists in the header of a Parquet page, which the library goes through one by one.</summary>
    [Theory]
    [InlineData("parquet", 1, 11986)]
    public void What_once_hung_is_refused(string name, ulong seed, int number) =>
        Assert.Empty(new Fuzzer(FileFormat.All.Single(format => format.Name == name)).Run(seed, number, count: 1).Failures);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Valid_files_are_accepted_and_a_case_is_the_same_every_time(string name)
    {
        var format = FileFormat.All.Single(format => format.Name == name);
        using var folder = new TempFolder();
        foreach (var valid in format.Valid)
        {
            format.Read(valid.Write(folder.Path));
        }

        for (var number = 0; number < 20; number++)
        {
            var (one, other) = (format.MakeCase(3, number), format.MakeCase(3, number));
            Assert.Equal(one.Files.Keys, other.Files.Keys);
            Assert.All(one.Files, file => Assert.Equal(file.Value, other.Files[file.Key]));
        }
    }

    [Theory]
    [InlineData("crash", "an unexpected KeyNotFoundException")]
    [InlineData("code", "refused as Usage, not as Data")]
    [InlineData("nameless", "does not name")]
    [InlineData("trace", "holds 'Exception'")]
    [InlineData("endless", "has no end")]
    [InlineData("memory", "bytes were allocated")]
    [InlineData("accept", "accepted, but it is wrong")]
    public void The_fuzzer_finds_a_reader_that_misbehaves(string fault, string found)
    {
        var report = new Fuzzer(new FaultyFormat(fault)).Run(seed: 1, first: 5, count: 3);
        Assert.Equal(3, report.Failures.Count);
        Assert.Contains(found, report.Failures[0].Problem, StringComparison.Ordinal);
        Assert.Contains("-- faulty --seed 1 --case 5", report.Failures[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_fuzzer_finds_a_reader_that_hangs()
    {
        var report = new Fuzzer(new FaultyFormat("hang")).Run(seed: 1, first: 7, count: 3);
        Assert.Equal((7, "no end after 5 s"), (report.Failures.Single().Number, report.Failures.Single().Problem));
    }

    /// <summary>A format whose reader does one thing wrong.</summary>
    private sealed class FaultyFormat(string fault) : FileFormat
    {
        public override string Name => "faulty";

        public override Failure Failure => Failure.Data;

        public override void Read(string path)
        {
            switch (fault)
            {
                case "crash": throw new KeyNotFoundException();
                case "code": throw TrainingException.BadUsage($"{path} is wrong.");
                case "nameless": throw TrainingException.BadData("The file is wrong.");
                case "trace": throw TrainingException.BadData($"{path}: System.IO.IOException.");
                case "endless": throw TrainingException.BadData($"{path}: is wrong");
                case "memory": GC.KeepAlive(new byte[Fuzzer.MemoryBase + 100]); break;
                case "hang": Thread.Sleep(Timeout.Infinite); break;
                default: Require(false, "it is wrong"); break;
            }
        }

        public override string[] Command(string path, string helpers, string output) => [];

        protected override IEnumerable<FuzzInput> MakeValid() => [new FuzzInput("file", [1, 2, 3])];

        protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random) => valid;
    }
}
