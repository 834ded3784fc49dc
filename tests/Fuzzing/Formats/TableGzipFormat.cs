using System.IO.Compression;
using Gpu.Fuzzing.Mutations;

namespace Gpu.Fuzzing.Formats;

/// <summary>Compressed tables, of one member or several.</summary>
internal sealed class TableGzipFormat : DataFormat
{
    private const string FileName = "table.csv.gz";

    public override string Name => "csv-gzip";

    /// <summary>A small file may hold very much text; the reader may take what one of a thousand times its length needs.</summary>
    public override long Declared(FuzzInput input) => Math.Max(base.Declared(input), Plain(input.Content)?.Length ?? 0);

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        var table = CsvFormat.Small();
        yield return new FuzzInput(FileName, ByteMutations.Gzip(table));
        yield return new FuzzInput(FileName, [.. ByteMutations.Gzip(table[..100]), .. ByteMutations.Gzip(table[100..]), .. ByteMutations.Gzip([])]);
        yield return new FuzzInput("named-otherwise", ByteMutations.Gzip("a,\"b\",Label\r\n1,\"2\", 0\r\n3,4,1\r\n\r\n255,0,2"u8.ToArray()));
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random)
    {
        var bytes = valid.Content;
        return valid.With(valid.Entry, random.Below(10) switch
        {
            < 4 => ByteMutations.Mutate(bytes, random),
            < 7 => ByteMutations.Gzip(ByteMutations.Mutate(Plain(bytes)!, random)),
            7 => bytes[..^random.Size(Math.Min(12, bytes.Length))],
            8 => [.. bytes, .. random.OneIn(2) ? random.Bytes(random.Size(12)) : ByteMutations.Gzip(random.Bytes(random.Size(20)))],
            _ => random.OneIn(4) ? ByteMutations.Gzip(new byte[random.Size(8 << 20)]) : ByteMutations.Replace(bytes, random),
        });
    }

    private static byte[]? Plain(byte[] file)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            gzip.CopyTo(plain);
            return plain.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
