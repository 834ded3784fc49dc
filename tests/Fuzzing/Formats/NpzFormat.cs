using Gpu.Fuzzing.Mutations;
using Gpu.Training.Tests;

namespace Gpu.Fuzzing.Formats;

/// <summary>Archives of NumPy arrays.</summary>
internal sealed class NpzFormat : DataFormat
{
    private const string FileName = "arrays.npz";
    private static readonly byte[] _labels = NumpyBytes.Npy([0, 1, 1, 0, 2, 1], [6]);

    public override string Name => "npz";

    /// <summary>A zip archive says how long its entries are, and the reader may take as much as deflate can hold.</summary>
    public override long Declared(FuzzInput input) => base.Declared(input) * 1032;

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        var images = NpyFormat.Small();
        yield return new FuzzInput(FileName, NumpyBytes.Npz(false, ("x", images), ("y", _labels)));
        yield return new FuzzInput(FileName, NumpyBytes.Npz(true, ("x_train", images), ("y_train", _labels), ("x_test", images), ("y_test", _labels)));
        yield return new FuzzInput("other", NumpyBytes.Npz(true, ("arr_0", NpyFormat.Small("<i8"))));
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random) => valid.With(valid.Entry, random.Below(12) switch
    {
        < 4 => ByteMutations.Mutate(valid.Content, random),
        < 8 => NumpyBytes.Npz(random.OneIn(2), ("x", NpyFormat.Damage(NpyFormat.Small(), random)), ("y", random.OneIn(3) ? NpyFormat.Damage(_labels, random) : _labels)),
        8 => NumpyBytes.Npz(true, ("x", NpyFormat.Small()), (random.Pick(["y", "x", "Y", "z", "y_train", "../y", ""]), _labels)),
        9 => valid.Content[..^random.Size(40)],
        10 => NumpyBytes.Npz(true, ("x", NumpyBytes.Npy(new byte[random.Size(1 << 20)], [random.Size(1 << 20), 1]))),
        _ => ByteMutations.Replace(valid.Content, random),
    });
}
