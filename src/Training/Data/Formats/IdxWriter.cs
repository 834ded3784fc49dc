using System.Buffers.Binary;
using Gpu.Training.Files;

namespace Gpu.Training.Data;

/// <summary>Writes IDX files, see <see cref="IdxFile"/>: what MNIST is distributed as, and every other program of digits reads.</summary>
public static class IdxWriter
{
    /// <summary>The images of samples of bytes: Count x Height x Width.</summary>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public static void WriteImages(string path, DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.AreFloats)
        {
            throw new ArgumentException($"{data.Source}: its values are floats.", nameof(data));
        }

        AtomicFile.Write(path, stream =>
        {
            WriteHeader(stream, data.Count, data.Height, data.Width);
            for (var i = 0; i < data.Count; i++)
            {
                stream.Write(data.Sample(i));
            }
        });
    }

    /// <summary>The labels of samples: Count.</summary>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public static void WriteLabels(string path, DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        AtomicFile.Write(path, stream =>
        {
            WriteHeader(stream, data.Labels.Length);
            stream.Write(data.Labels);
        });
    }

    /// <summary>Two zero bytes, the type, the number of dimensions, and each of them.</summary>
    private static void WriteHeader(Stream stream, params ReadOnlySpan<int> dimensions)
    {
        Span<byte> number = [0, 0, IdxHeader.UnsignedByte, (byte)dimensions.Length];
        stream.Write(number);
        foreach (var dimension in dimensions)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, dimension);
            stream.Write(number);
        }
    }
}
