using System.IO.Compression;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>MNIST's compressed IDX files as tensors.</summary>
internal static class Mnist
{
    /// <summary>(count, 1, 28, 28): pixels from 0 to 1.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="part"><c>train</c> or <c>t10k</c>.</param>
    internal static Tensor Images(string folder, string part)
    {
        using var scope = torch.NewDisposeScope();
        return Idx(folder, $"{part}-images-idx3-ubyte.gz", 16).to_type(ScalarType.Float32).div(255).reshape(-1, 1, 28, 28).MoveToOuterDisposeScope();
    }

    /// <summary>(count): classes.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="part"><c>train</c> or <c>t10k</c>.</param>
    internal static Tensor Labels(string folder, string part)
    {
        using var scope = torch.NewDisposeScope();
        return Idx(folder, $"{part}-labels-idx1-ubyte.gz", 8).to_type(ScalarType.Int64).MoveToOuterDisposeScope();
    }

    private static Tensor Idx(string folder, string name, int header)
    {
        using var packed = new GZipStream(File.OpenRead(Path.Combine(folder, name)), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        packed.CopyTo(memory);
        return torch.tensor(memory.ToArray()[header..], ScalarType.Byte);
    }
}
