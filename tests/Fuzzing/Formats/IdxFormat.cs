using System.Buffers.Binary;
using Gpu.Fuzzing.Mutations;
using Gpu.Training.Tests;

namespace Gpu.Fuzzing.Formats;

/// <summary>IDX files: images with labels beside them, images alone, and a folder of training and test files.</summary>
internal sealed class IdxFormat : DataFormat
{
    internal const string Images = "x-images-idx3-ubyte";
    internal const string Labels = "x-labels-idx1-ubyte";

    public override string Name => "idx";

    /// <summary>An IDX file of bytes that count up.</summary>
    internal static byte[] Build(params int[] dimensions)
    {
        var count = dimensions.Aggregate(1, (product, length) => product * length);
        var isLabels = dimensions.Length == 1;
        return IdxBytes.Build([.. Enumerable.Range(0, count).Select(i => (byte)(isLabels ? i % 3 : i))], dimensions);
    }

    /// <summary>Damage to the contents of one file.</summary>
    internal static byte[] Damage(byte[] file, FuzzRandom random) => random.Below(10) switch
    {
        < 4 => ByteMutations.Mutate(file, random),
        < 8 => Header(file, random),
        8 => random.OneIn(2) ? ByteMutations.Replace(file, random) : TextMutations.Encode(file, random),
        _ => Reshaped(file, random),
    };

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        yield return new FuzzInput(Images, new Dictionary<string, byte[]> { [Images] = Build(6, 2, 2), [Labels] = Build(6) });
        yield return new FuzzInput("rows.idx", Build(5, 4));
        yield return new FuzzInput("", new Dictionary<string, byte[]>
        {
            ["train-images-idx3-ubyte"] = Build(9, 2, 2),
            ["train-labels-idx1-ubyte"] = Build(9),
            ["t10k-images.idx3-ubyte"] = Build(6, 2, 2),
            ["t10k-labels.idx1-ubyte"] = Build(6),
        });
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random) => MutateFiles(valid, Damage, random);

    /// <summary>Damages one file or two, or loses or swaps them.</summary>
    internal static FuzzInput MutateFiles(FuzzInput valid, Func<byte[], FuzzRandom, byte[]> damage, FuzzRandom random)
    {
        string[] names = [.. valid.Files.Keys];
        var (one, other) = (random.Pick(names), random.Pick(names));
        return random.Below(20) switch
        {
            0 => valid.With(one, valid.Files[other]).With(other, valid.Files[one]),
            1 when one != valid.Entry => valid.Without(one),
            2 => valid.With(one, damage(valid.Files[one], random)).With(other, damage(valid.Files[other], random)),
            3 => valid.With(one, valid.Files[other]),
            _ => valid.With(one, damage(valid.Files[one], random)),
        };
    }

    /// <summary>Another type, number of dimensions or length of one.</summary>
    private static byte[] Header(byte[] file, FuzzRandom random)
    {
        byte[] changed = [.. file];
        switch (random.Below(4))
        {
            case 0:
                changed[2] = random.Pick<byte>([0, 8, 9, 0x0B, 0x0C, 0x0D, 0x0E, 0xFF]);
                break;
            case 1:
                changed[3] = random.Pick<byte>([0, 1, 2, 3, 4, 5, 127, 255]);
                break;
            default:
                for (var d = random.Below(file[3]); d < file[3]; d += 1 + random.Below(2))
                {
                    BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(4 + (4 * d)), (int)random.Pick(ByteMutations.Numbers));
                }

                break;
        }

        return changed;
    }

    /// <summary>A right file of another shape, or one whose shape and length differ by a little.</summary>
    private static byte[] Reshaped(byte[] file, FuzzRandom random)
    {
        var dimensions = new int[random.OneIn(3) ? 1 + random.Below(4) : file[3]];
        for (var d = 0; d < dimensions.Length; d++)
        {
            dimensions[d] = random.Size(d == 0 ? 300 : 8);
        }

        var built = Build(dimensions);
        return random.Below(3) switch
        {
            0 => built[..^1],
            1 => [.. built, 0],
            _ => built,
        };
    }
}
