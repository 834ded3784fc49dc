using System.Buffers.Binary;

namespace Gpu.Training.Tests;

/// <summary>Builds IDX files, right ones and wrong ones.</summary>
internal static class Idx
{
    /// <summary>A header for the dimensions, of a type, followed by the values.</summary>
    public static byte[] Build(byte[] values, int[] dimensions, byte type = 0x08)
    {
        var file = new byte[4 + (4 * dimensions.Length) + values.Length];
        file[2] = type;
        file[3] = (byte)dimensions.Length;
        for (var d = 0; d < dimensions.Length; d++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + (4 * d)), dimensions[d]);
        }

        values.CopyTo(file, 4 + (4 * dimensions.Length));
        return file;
    }

    /// <summary>Images whose bytes count up.</summary>
    public static byte[] Images(int count, int height, int width) =>
        Build([.. Enumerable.Range(0, count * height * width).Select(i => (byte)i)], [count, height, width]);

    public static byte[] Labels(params byte[] labels) => Build(labels, [labels.Length]);

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
