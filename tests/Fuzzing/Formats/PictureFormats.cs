using System.Buffers.Binary;
using Gpu.Fuzzing.Mutations;
using Gpu.Training.Tests;

namespace Gpu.Fuzzing.Formats;

/// <summary>Pictures: one alone, or a folder for each class.</summary>
internal abstract class PictureFormat : DataFormat
{
    /// <summary>A decoder takes as many bytes as the header says there are pixels, a few times; the reader allows 2^24 of them.</summary>
    public override long Declared(FuzzInput input) => 1L << 27;

    protected static FuzzInput Folder(byte[] one, byte[] other, string ending) => new("", new Dictionary<string, byte[]>
    {
        ["a/1" + ending] = one,
        ["a/2" + ending] = other,
        ["b/1" + ending] = one,
    });

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random)
    {
        var name = random.Pick([.. valid.Files.Keys]);
        var content = valid.Files[name];
        return valid.With(name, random.Below(10) switch
        {
            < 5 => ByteMutations.Mutate(content, random),
            < 8 => Special(content, random),
            8 => ByteMutations.Splice(content, random.Pick([.. random.Pick(Valid).Files.Values]), random),
            _ => ByteMutations.Replace(content, random),
        });
    }

    /// <summary>Damage that needs to know the format.</summary>
    protected abstract byte[] Special(byte[] content, FuzzRandom random);
}

/// <summary>PNG files.</summary>
internal sealed class PngFormat : PictureFormat
{
    public override string Name => "png";

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        var small = PictureBytes.Png([1, 2, 3, 4], 2, 2);
        yield return new FuzzInput("picture.png", small);
        yield return new FuzzInput("named-otherwise", PictureBytes.Png([.. Enumerable.Range(0, 63).Select(i => (byte)(4 * i))], 9, 7));
        yield return Folder(small, PictureBytes.Png([9, 9, 0, 255], 2, 2), ".png");
    }

    /// <summary>Another size, depth, kind of colour or interlacing, which the header holds in fixed places; checksums are not looked at.</summary>
    protected override byte[] Special(byte[] content, FuzzRandom random)
    {
        byte[] changed = [.. content];
        for (var times = random.Size(2); times > 0 && changed.Length > 29; times--)
        {
            if (random.OneIn(2))
            {
                BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(random.OneIn(2) ? 16 : 20), random.OneIn(2) ? random.Size(5000) : (int)random.Pick(ByteMutations.Numbers));
            }
            else
            {
                changed[24 + random.Below(5)] = (byte)random.Pick([0, 1, 2, 3, 4, 6, 8, 16, 255]);
            }
        }

        return changed;
    }
}

/// <summary>JPEG files.</summary>
internal sealed class JpegFormat : PictureFormat
{
    private static readonly byte[] _markers = [0xC0, 0xC1, 0xC2, 0xC4, 0xC8, 0xD0, 0xD7, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD, 0xE0, 0xEE, 0xFE, 0x00, 0xFF];

    public override string Name => "jpeg";

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        // The first is what the program's network takes: four values.
        yield return new FuzzInput("picture.jpeg", PictureBytes.Jpeg(2, 2, 2));
        yield return new FuzzInput("picture.jpg", PictureBytes.Jpeg(8, 16, 3, 0));
        yield return Folder(PictureBytes.Jpeg(2, 2, 3), PictureBytes.Jpeg(2, 2, -3), ".jpg");
    }

    /// <summary>Other markers, or other lengths and sizes behind them.</summary>
    protected override byte[] Special(byte[] content, FuzzRandom random)
    {
        byte[] changed = [.. content];
        int[] places = [.. Enumerable.Range(0, Math.Max(0, changed.Length - 10)).Where(i => changed[i] == 0xFF)];
        if (places.Length == 0)
        {
            return changed;
        }

        for (var times = 1 + random.Size(4); times > 0; times--)
        {
            changed[random.Pick(places) + (random.OneIn(3) ? 1 : 2 + random.Below(8))] = random.OneIn(2) ? random.Pick(_markers) : (byte)random.Next();
        }

        return changed;
    }
}
