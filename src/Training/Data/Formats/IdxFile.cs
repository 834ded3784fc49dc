namespace Gpu.Training.Data;

/// <summary>
/// Reads IDX files, the format of the MNIST database: two zero bytes, a type byte, the number of dimensions, each dimension
/// as a big-endian 32-bit number, then the values (https://yann.lecun.com/exdb/mnist/). Plain or gzip is told by the first
/// bytes, not by the name. Images are unsigned bytes (type 0x08); labels may be integers of other types, too.
/// </summary>
public static class IdxFile
{
    /// <summary>The most bytes of values that are read into memory: 1 GiB.</summary>
    public const int MaximumBytes = 1 << 30;

    /// <summary>The most bytes of values that a file of images may have: 2^40.</summary>
    public const long MostImageBytes = 1L << 40;

    private const string Expected = "an IDX file";

    /// <summary>
    /// The array in a file. Memory is taken only after the header has been held against the length of the file.
    /// </summary>
    /// <exception cref="TrainingException">The file is missing, empty, cut off, too long, or no IDX file of bytes.</exception>
    public static IdxArray Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return DataInput.Read(path, Expected, input =>
        {
            var (header, values) = ReadValues(input, [IdxHeader.UnsignedByte]);
            return new IdxArray(path, header.Dimensions, values);
        });
    }

    /// <summary>Images: an array of two dimensions (samples x values) or three (samples x rows x columns).</summary>
    /// <exception cref="TrainingException">As <see cref="Read(string)"/>, or the file holds labels.</exception>
    public static IdxArray ReadImages(string path)
    {
        var array = Read(path);
        RequireImages(path, array.Dimensions);
        return array;
    }

    /// <summary>Labels: an array of one dimension, or of two as QMNIST has them, whose first column is the class.</summary>
    /// <exception cref="TrainingException">As <see cref="Read(string)"/>, or the file holds images, or a label is none.</exception>
    public static byte[] ReadLabels(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return DataInput.Read(path, Expected, input =>
        {
            var (header, values) = ReadValues(input, [IdxHeader.UnsignedByte, 0x09, 0x0B, 0x0C]);
            if (header.Rank != 1 && !(header.Rank == 2 && header.Type != IdxHeader.UnsignedByte))
            {
                throw TrainingException.BadData(
                    $"{path}: expected labels (magic 0x00000801), found {header.Shape} images (magic 0x0000{header.Type:X2}0{header.Rank}); check "
                    + "whether the image and the label file have been swapped.");
            }

            return header.Type == IdxHeader.UnsignedByte ? values : ToBytes(header, values);
        });
    }

    /// <summary>Images wherever they lie: those of a plain file stay in it.</summary>
    /// <exception cref="TrainingException">As <see cref="ReadImages"/>.</exception>
    internal static DataSet OpenImages(DataInput input, DataOptions options)
    {
        IdxHeader header;
        using (var content = input.Open())
        {
            header = IdxHeader.Read(input.Path, content, [IdxHeader.UnsignedByte]);
        }

        RequireImages(input.Path, header.Dimensions);
        header.CheckSize(MostImageBytes, input);
        var dimensions = header.Dimensions;
        var features = header.ContentBytes / dimensions[0];
        if (features > MaximumBytes)
        {
            throw TrainingException.BadData($"{input.Path}: expected samples of at most {MaximumBytes:N0} values, found {features:N0}; make the images smaller.");
        }

        var (height, width) = dimensions.Length == 3 ? (dimensions[1], dimensions[2]) : ImageShape.Of(dimensions[1]);
        if (!input.IsGzip)
        {
            return new DataSet(input.Path, new FileSamples(input.Path, input.FilePath, header.Bytes, dimensions[0], (int)features), [], height, width, classes: 0);
        }

        return DecodedSamples.Load(input, options, header.ContentBytes, (int)features, spool => Inflate(input, options, header, spool),
            samples => new DataSet(input.Path, samples, [], height, width, classes: 0));
    }

    /// <summary>Checks that dimensions are those of images.</summary>
    private static void RequireImages(string path, int[] dimensions)
    {
        var shape = IdxHeader.ShapeText(dimensions);
        if (dimensions.Length == 1)
        {
            throw TrainingException.BadData(
                $"{path}: expected images (magic 0x00000803), found {shape} labels (magic 0x00000801); check whether the "
                + "image and the label file have been swapped.");
        }

        if (dimensions.Length > 3)
        {
            throw TrainingException.BadData(
                $"{path}: expected images of two or three dimensions (magic 0x00000802 or 0x00000803), found {dimensions.Length} "
                + $"dimensions ({shape}); write each sample as one grey image.");
        }
    }

    /// <summary>Decompresses the values, all of them or as many samples as are asked for.</summary>
    private static void Inflate(DataInput input, DataOptions options, IdxHeader header, SampleSpool spool)
    {
        using var content = input.Open();
        IdxHeader.Read(input.Path, content, [IdxHeader.UnsignedByte]);
        var wanted = options.Limit is { } limit && limit < header.Dimensions[0] ? spool.Features * (long)limit : header.ContentBytes;
        var piece = new byte[(int)Math.Min(1 << 16, wanted)];
        for (var done = 0L; done < wanted;)
        {
            var read = content.Read(piece, 0, (int)Math.Min(piece.Length, wanted - done));
            if (read == 0)
            {
                throw header.CutOff(done);
            }

            spool.Add(piece.AsSpan(0, read));
            done += read;
        }

        if (wanted == header.ContentBytes)
        {
            RequireEnd(input, header, content);
        }
    }

    private static void RequireEnd(DataInput input, IdxHeader header, Stream content)
    {
        if (content.ReadByte() >= 0)
        {
            throw header.TooLong(null);
        }

        input.RequireEnd(header.Bytes + header.ContentBytes);
    }

    private static (IdxHeader Header, byte[] Values) ReadValues(DataInput input, ReadOnlySpan<byte> types)
    {
        using var content = input.Open();
        var header = IdxHeader.Read(input.Path, content, types);
        header.CheckSize(MaximumBytes, input);
        var values = GC.AllocateUninitializedArray<byte>((int)header.ContentBytes);
        var found = content.ReadAtLeast(values, values.Length, throwOnEndOfStream: false);
        if (found < values.Length)
        {
            throw header.CutOff(found);
        }

        RequireEnd(input, header, content);
        return (header, values);
    }

    /// <summary>The first number of each row of big-endian integers.</summary>
    private static byte[] ToBytes(IdxHeader header, byte[] values)
    {
        var labels = new byte[header.Dimensions[0]];
        var row = values.Length / labels.Length;
        for (var i = 0; i < labels.Length; i++)
        {
            long label = (sbyte)values[i * row];
            for (var b = 1; b < header.ValueBytes; b++)
            {
                label = (label << 8) | values[(i * row) + b];
            }

            labels[i] = label is >= 0 and <= byte.MaxValue ? (byte)label : throw TrainingException.BadData(
                $"{header.Path}: expected labels from 0 to 255, found {label} at sample {i + 1:N0}; number the classes from 0.");
        }

        return labels;
    }
}
