namespace Gpu.Training.Tests;

/// <summary>IDX files and folders of them.</summary>
internal static class Idx
{
    /// <summary>Images whose bytes count up.</summary>
    public static byte[] Images(int count, int height, int width) =>
        IdxBytes.Build([.. Enumerable.Range(0, count * height * width).Select(i => (byte)i)], [count, height, width]);

    public static byte[] Labels(params byte[] labels) => IdxBytes.Build(labels, [labels.Length]);

    /// <summary>A folder of six training images of 2 x 3 and, where asked for, three test images.</summary>
    public static void WriteFolder(TempFolder folder, bool test = true)
    {
        folder.Write("train-images-idx3-ubyte", Images(6, 2, 3));
        folder.Write("train-labels-idx1-ubyte", Labels(0, 1, 2, 0, 1, 2));
        if (test)
        {
            folder.WriteGzip("t10k-images-idx3-ubyte.gz", Images(3, 2, 3));
            folder.WriteGzip("t10k-labels-idx1-ubyte.gz", Labels(2, 1, 0));
        }
    }
}
