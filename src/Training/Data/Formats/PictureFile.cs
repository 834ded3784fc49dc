using System.Buffers.Binary;
using StbImageSharp;

namespace Gpu.Training.Data;

/// <summary>Reads PNG and JPEG pictures as grey images.</summary>
internal static class PictureFile
{
    private const int MostFileBytes = 64 << 20;
    private const int MostPixels = 1 << 24;

    /// <summary>A block of 8 x 8 pixels takes two bits of a JPEG file at least, and 1032 bytes at most are in one of a PNG file.</summary>
    private const int PixelsPerByte = 8 * 1032;

    /// <summary>Endings of files that are taken for pictures.</summary>
    private static readonly string[] _endings = [".png", ".jpg", ".jpeg"];

    /// <summary>Whether a file is named as a picture.</summary>
    internal static bool IsNamedSo(string path) => _endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file begins as a picture does.</summary>
    internal static bool Matches(ReadOnlySpan<byte> start) => start is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xFF, 0xD8, 0xFF, ..];

    /// <summary>The one image of a file that is open.</summary>
    internal static DataSet Load(DataInput input)
    {
        var (values, height, width) = Read(input);
        return new DataSet(input.Path, values, [], height, width, classes: 0);
    }

    /// <summary>The grey pixels of a file, row after row.</summary>
    internal static (byte[] Values, int Height, int Width) Read(string path) => DataInput.Read(path, "a picture (PNG or JPEG)", Read);

    private static (byte[] Values, int Height, int Width) Read(DataInput input)
    {
        if (!Matches(input.Start) || input.IsGzip)
        {
            throw TrainingException.BadData($"{input.Path}: expected a picture (PNG or JPEG), found {ForeignFormats.Describe(input.Start)}.");
        }

        if (input.FileBytes > MostFileBytes)
        {
            throw TrainingException.BadData($"{input.Path}: expected a picture of at most {MostFileBytes:N0} bytes, found {input.FileBytes:N0}; make it smaller.");
        }

        try
        {
            var bytes = new byte[input.FileBytes];
            input.OpenFile().ReadExactly(bytes);
            RequireChunks(input, bytes);
            using var stream = new EndingStream(bytes);
            var size = ImageInfo.FromStream(stream) ?? throw Damaged(input, null);
            if (size.Width < 1 || size.Height < 1 || (long)size.Width * size.Height > Math.Min(MostPixels, PixelsPerByte * input.FileBytes))
            {
                throw TrainingException.BadData(
                    $"{input.Path}: expected a picture of at most {MostPixels:N0} pixels, and no more than its {input.FileBytes:N0} bytes can hold, found {size.Width:N0} x {size.Height:N0}; make it smaller.");
            }

            stream.Position = 0;
            var picture = ImageResult.FromStream(stream, ColorComponents.Grey);
            return (picture.Data, picture.Height, picture.Width);
        }
        catch (Exception damage) when (damage is not (TrainingException or IOException or OutOfMemoryException))
        {
            // The decoder was written for files that are right, and stumbles over others in any way.
            throw Damaged(input, damage);
        }
    }

    /// <summary>The chunks of a PNG file lie within it: the decoder takes as much memory as they declare before it reads them.</summary>
    private static void RequireChunks(DataInput input, ReadOnlySpan<byte> bytes)
    {
        const int Signature = 8, Frame = 12;
        if (bytes[0] != 0x89)
        {
            return;
        }

        for (var rest = bytes[Math.Min(Signature, bytes.Length)..]; rest.Length >= Frame;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            rest = length <= rest.Length - Frame ? rest[(int)(length + Frame)..] : throw Damaged(input, null);
        }
    }

    private static TrainingException Damaged(DataInput input, Exception? damage) =>
        TrainingException.BadData($"{input.Path}: expected a picture (PNG or JPEG), found one that is damaged or of an unusual kind; save it anew.", damage);
}
