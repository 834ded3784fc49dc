using Gpu.Fuzzing.Mutations;
using Gpu.Training.Data;

namespace Gpu.Fuzzing.Formats;

/// <summary>A table with a cache of its samples beside it: whatever the cache holds, the samples are the table's, or both are refused.</summary>
internal sealed class CacheFormat : DataFormat
{
    private const string TableName = "table.csv";

    /// <summary>So little memory that every table is worth a cache.</summary>
    private static readonly DataOptions _options = new() { MemoryLimit = 8 };

    public override string Name => "cache";

    public override void Read(string path)
    {
        var expected = CsvFile.Load(path);
        var found = CsvFile.Load(path, _options);
        Require(found.Values.AsSpan().SequenceEqual(expected.Values), "the values are not those of the table");
        Require(found.Labels.AsSpan().SequenceEqual(expected.Labels), "the labels are not those of the table");
        Require((found.Height, found.Width, found.Classes) == (expected.Height, expected.Width, expected.Classes), "the sizes are not those of the table");
        Require(found.Columns!.SequenceEqual(expected.Columns!), "the columns are not those of the table");
    }

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        yield return WithCache(CsvFormat.Small());
        yield return WithCache("label,a,b\ncat,1,2\ndog,3,4\n"u8.ToArray());
        yield return new FuzzInput(TableName, CsvFormat.Small());
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random)
    {
        var cache = valid.Files.Keys.FirstOrDefault(name => name != TableName);
        if (random.OneIn(3) && cache is not null)
        {
            return valid.With(cache, Damage(valid.Files[cache], random));
        }

        // A table that changed under its cache: most of them can no longer be read.
        var changed = valid.With(TableName, ByteMutations.Mutate(valid.Content, random));
        return cache is not null && random.OneIn(2) ? changed.With(cache, Damage(valid.Files[cache], random)) : changed;
    }

    private static byte[] Damage(byte[] cache, FuzzRandom random) => random.Below(4) switch
    {
        0 => ByteMutations.Replace(cache, random),
        1 => [.. cache[..random.Below(cache.Length)], .. cache[^random.Size(200)..]],
        _ => ByteMutations.Mutate(cache, random),
    };

    private static FuzzInput WithCache(byte[] table)
    {
        var folder = Directory.CreateTempSubdirectory("gpu-fuzz-");
        var path = Path.Combine(folder.FullName, TableName);
        File.WriteAllBytes(path, table);
        CsvFile.Load(path, _options);
        var files = Directory.GetFiles(folder.FullName).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        folder.Delete(recursive: true);
        return new FuzzInput(TableName, files);
    }
}
