using System.Text;
using Gpu.Fuzzing.Mutations;
using Gpu.Training.Tests;

namespace Gpu.Fuzzing.Formats;

/// <summary>NumPy arrays.</summary>
internal sealed class NpyFormat : DataFormat
{
    private const string FileName = "array.npy";
    private static readonly string[] _texts =
        ["0", "-1", "4294967296", "99999999999999999999", "", "True", "'|O'", "'<f8'", "'>u2'", "'<U4'", "(", "((", "{", "'descr'", "1,", ",,,,,,,,,,", "2L", "\n", "None", "[('a', '<i4')]"];

    public override string Name => "npy";

    /// <summary>An array of 4 pixels a sample, for the model of the command line.</summary>
    internal static byte[] Small(string type = "|u1", int samples = 6)
    {
        var size = type[2] - '0';
        var content = new byte[samples * 4 * size];
        for (var i = 0; i < samples * 4; i++)
        {
            content[i * size] = (byte)(i % 100);
        }

        return NumpyBytes.Npy(content, [samples, 2, 2], type, version: (byte)(1 + (samples % 2)));
    }

    /// <summary>Damages an array: its header's text, or any bytes.</summary>
    internal static byte[] Damage(byte[] array, FuzzRandom random)
    {
        if (random.OneIn(2))
        {
            return random.OneIn(12) ? ByteMutations.Replace(array, random) : ByteMutations.Mutate(array, random);
        }

        var text = Encoding.Latin1.GetString(array);
        var words = text.Split(["', '", "': ", ", ", "(", ")"], StringSplitOptions.None);
        var word = random.Pick(words[..Math.Min(words.Length, 8)]);
        var changed = word.Length == 0 ? text.Insert(random.Below(text.Length), random.Pick(_texts)) : text.Replace(word, random.Pick(_texts), StringComparison.Ordinal);

        // A header of the same length as before, so that what it says is looked at.
        return Encoding.Latin1.GetBytes(random.OneIn(3) ? changed : changed.Length > text.Length ? changed[..text.Length] : changed.PadRight(text.Length));
    }

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        yield return new FuzzInput(FileName, Small());
        yield return new FuzzInput(FileName, Small(samples: 9));
        yield return new FuzzInput(FileName, Small("<i8"));
        yield return new FuzzInput(FileName, Small("<u2", samples: 5));
        yield return new FuzzInput(FileName + ".gz", ByteMutations.Gzip(Small("<i4")));
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random) => valid.With(valid.Entry, Damage(valid.Content, random));
}
