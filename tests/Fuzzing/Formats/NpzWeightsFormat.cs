using System.Runtime.InteropServices;
using Gpu.Fuzzing.Mutations;
using Gpu.Training.Tests;

namespace Gpu.Fuzzing.Formats;

/// <summary>Weights as archives of NumPy arrays.</summary>
internal sealed class NpzWeightsFormat() : WeightsFormat("npz")
{
    private static readonly (string Name, int[] Sizes)[] _tensors = [("layers.0.weight", [4, 3]), ("layers.0.bias", [3]), ("layers.1.weight", [3, 2]), ("layers.1.bias", [2])];

    public override string Name => "npz-weights";

    /// <summary>A zip archive says how long its entries are, and the reader may take as much as deflate can hold.</summary>
    public override long Declared(FuzzInput input) => base.Declared(input) * 1032;

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        yield return new FuzzInput(FileName, Own());
        yield return new FuzzInput(FileName, NumpyBytes.Npz(true, Arrays(isFortran: true)));
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random)
    {
        if (random.OneIn(2))
        {
            return new FuzzInput(FileName, random.OneIn(10) ? ByteMutations.Replace(valid.Content, random) : ByteMutations.Mutate(valid.Content, random));
        }

        var arrays = Arrays(random.OneIn(2));
        var at = random.Below(arrays.Length);
        arrays[at] = random.OneIn(4) ? (random.Pick(["layers.0.weight", "layers.7.weight", "../x", ""]), arrays[at].Npy) : (arrays[at].Name, NpyFormat.Damage(arrays[at].Npy, random));
        return new FuzzInput(FileName, NumpyBytes.Npz(random.OneIn(2), arrays));
    }

    private static (string Name, byte[] Npy)[] Arrays(bool isFortran) => [.. _tensors.Select(tensor =>
    {
        double[] numbers = [.. Enumerable.Range(0, tensor.Sizes.Aggregate(1, (product, size) => product * size)).Select(i => i / 7.0)];
        return (tensor.Name, NumpyBytes.Npy(MemoryMarshal.AsBytes<double>(numbers), tensor.Sizes, "<f8", isFortran));
    })];
}
