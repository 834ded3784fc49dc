using System.Buffers.Binary;

namespace Gpu.Training.Tests;

/// <summary>Builds IDX files for every test project, right ones and wrong ones.</summary>
internal static class IdxBytes
{
    /// <summary>A header for the dimensions, of a type (8: bytes), followed by the values.</summary>
    internal static byte[] Build(ReadOnlySpan<byte> values, ReadOnlySpan<int> dimensions, byte type = 0x08)
    {
        var file = new byte[4 + (4 * dimensions.Length) + values.Length];
        (file[2], file[3]) = (type, (byte)dimensions.Length);
        for (var d = 0; d < dimensions.Length; d++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + (4 * d)), dimensions[d]);
        }

        values.CopyTo(file.AsSpan(4 + (4 * dimensions.Length)));
        return file;
    }
}
