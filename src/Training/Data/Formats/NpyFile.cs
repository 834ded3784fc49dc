using System.Buffers.Binary;

namespace Gpu.Training.Data;

/// <summary>Reads NumPy arrays of whole numbers from 0 to 255, of whatever type: images, or labels.</summary>
internal static class NpyFile
{
    private const int PieceValues = 1 << 13;

    /// <summary>The images of a file that is open, with the labels of one beside it.</summary>
    internal static DataSet Load(DataInput input, DataOptions options) => NumpyLabels.Join(LoadImages(input, options), input.Path, options);

    /// <summary>The labels of a file that is open.</summary>
    internal static byte[] ReadLabels(DataInput input)
    {
        using var content = input.Open();
        var header = NpyHeader.Read(input.Path, content);
        RequireLength(header, input.MostBytes, isExact: !input.IsGzip);
        var labels = ReadLabels(header, content);
        input.RequireEnd(header.Bytes + (header.Count * header.ValueBytes));
        return labels;
    }

    private static DataSet LoadImages(DataInput input, DataOptions options)
    {
        NpyHeader header;
        using (var content = input.Open())
        {
            header = NpyHeader.Read(input.Path, content);
        }

        RequireLength(header, input.MostBytes, isExact: !input.IsGzip);
        var (height, width) = ImageShape.Of(input.Path, header.Dimensions);
        if (header.Type == "u1" && !input.IsGzip)
        {
            var samples = new FileSamples(input.Path, input.FilePath, header.Bytes, header.Dimensions[0], Features(header));
            return new DataSet(input.Path, samples, [], height, width, classes: 0);
        }

        return DecodedSamples.Load(input, options, header.Count, Features(header), spool =>
        {
            using var content = input.Open();
            if (ReadImages(NpyHeader.Read(input.Path, content), content, options.Limit, spool))
            {
                input.RequireEnd(header.Bytes + (header.Count * header.ValueBytes));
            }
        }, samples => new DataSet(input.Path, samples, [], height, width, classes: 0));
    }

    /// <summary>Values of a sample of an array of images.</summary>
    internal static int Features(NpyHeader header)
    {
        var features = header.Count / header.Dimensions[0];
        return features <= IdxFile.MaximumBytes
            ? (int)features
            : throw TrainingException.BadData($"{header.Path}: expected samples of at most {IdxFile.MaximumBytes:N0} values, found {features:N0}; make the images smaller.");
    }

    /// <summary>Checks that the values are as many as a file can hold, or exactly as many as it holds.</summary>
    internal static void RequireLength(NpyHeader header, long bytes, bool isExact)
    {
        var needed = header.Bytes + ((decimal)header.Count * header.ValueBytes);
        if (needed > bytes || (isExact && needed < bytes))
        {
            throw TrainingException.BadData(
                $"{header.Path}: the header declares {header.Shape} values of {header.ValueBytes} bytes, {needed - header.Bytes:N0} bytes, found "
                + $"{(isExact ? "" : "at most ")}{bytes - header.Bytes:N0}: the file is cut off or damaged; get it again.");
        }
    }

    /// <summary>Adds the images of an array, all or as many as are asked for; whether they were all.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="content">The stream behind that.</param>
    /// <param name="limit">How many are read; null for all.</param>
    /// <param name="spool">Takes them.</param>
    internal static bool ReadImages(NpyHeader header, Stream content, int? limit, SampleSpool spool)
    {
        var wanted = limit is { } most && most < header.Dimensions[0] ? (long)most * spool.Features : header.Count;
        var bytes = new byte[(int)Math.Min(PieceValues, wanted)];
        var raw = new byte[bytes.Length * header.ValueBytes];
        for (var done = 0L; done < wanted;)
        {
            var values = (int)Math.Min(bytes.Length, wanted - done);
            ReadExactly(header, content, raw.AsSpan(0, values * header.ValueBytes));
            for (var i = 0; i < values; i++)
            {
                bytes[i] = ToByte(header, raw.AsSpan(i * header.ValueBytes, header.ValueBytes), done + i);
            }

            spool.Add(bytes.AsSpan(0, values));
            done += values;
        }

        return wanted == header.Count && (content.ReadByte() < 0 ? true : throw TrainingException.BadData(
            $"{header.Path}: the header declares {header.Shape} values, found more: the header and the data do not belong together; get the file again."));
    }

    /// <summary>The labels of an array of one dimension, or of two with one column.</summary>
    internal static byte[] ReadLabels(NpyHeader header, Stream content)
    {
        if (header.Dimensions is not ([_] or [_, 1]))
        {
            throw TrainingException.BadData($"{header.Path}: expected labels, a number a sample, found an array of {header.Shape}; number the classes from 0.");
        }

        var labels = new byte[header.Dimensions[0]];
        var raw = new byte[header.ValueBytes];
        for (var i = 0; i < labels.Length; i++)
        {
            ReadExactly(header, content, raw);
            labels[i] = ToByte(header, raw, i);
        }

        return labels;
    }

    /// <summary>All numbers of an array in C order, whatever its own order is.</summary>
    internal static float[] ReadNumbers(NpyHeader header, Stream content)
    {
        var numbers = new float[header.Count <= Array.MaxLength ? header.Count : throw TrainingException.BadData(
            $"{header.Path}: expected at most {Array.MaxLength:N0} values, found {header.Shape}; no network has so many weights.")];
        var raw = new byte[header.ValueBytes];
        using var buffered = new BufferedStream(content, PieceValues);
        for (var i = 0; i < numbers.Length; i++)
        {
            ReadExactly(header, buffered, raw);
            numbers[header.IsFortran ? PlaceInC(header.Dimensions, i) : i] = (float)ToNumber(header, raw);
        }

        return numbers;
    }

    /// <summary>Where a value of an array in Fortran order stands in C order.</summary>
    private static int PlaceInC(int[] dimensions, int place)
    {
        var (at, stride) = (0, dimensions.Aggregate(1, (product, size) => product * size));
        foreach (var size in dimensions)
        {
            stride /= size;
            at += place % size * stride;
            place /= size;
        }

        return at;
    }

    private static void ReadExactly(NpyHeader header, Stream content, Span<byte> raw)
    {
        if (content.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false) < raw.Length)
        {
            throw TrainingException.BadData($"{header.Path}: the header declares {header.Shape} values, found the end of the file before them; get the file again.");
        }
    }

    private static byte ToByte(NpyHeader header, Span<byte> raw, long place)
    {
        var value = ToNumber(header, raw);
        return value is >= 0 and <= byte.MaxValue && value == Math.Floor(value) ? (byte)value : throw TrainingException.BadData(
            $"{header.Path}: expected whole numbers from 0 to 255, found {value} at value {place + 1:N0}; convert them, images of 0 to 1 by (x * 255).round().astype('uint8').");
    }

    /// <summary>The number of a value's bytes, which are turned round where they are big-endian.</summary>
    private static double ToNumber(NpyHeader header, Span<byte> raw)
    {
        if (header.IsBigEndian)
        {
            raw.Reverse();
        }

        return header.Type switch
        {
            "u1" or "b1" => raw[0],
            "i1" => (sbyte)raw[0],
            "u2" => BinaryPrimitives.ReadUInt16LittleEndian(raw),
            "i2" => BinaryPrimitives.ReadInt16LittleEndian(raw),
            "u4" => BinaryPrimitives.ReadUInt32LittleEndian(raw),
            "i4" => BinaryPrimitives.ReadInt32LittleEndian(raw),
            "u8" => BinaryPrimitives.ReadUInt64LittleEndian(raw),
            "i8" => BinaryPrimitives.ReadInt64LittleEndian(raw),
            "f4" => BinaryPrimitives.ReadSingleLittleEndian(raw),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(raw),
        };
    }
}
