using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Gpu.Training.Data;

/// <summary>
/// The header of a NumPy array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): 6 bytes that name the format, its
/// version, the length of a Python dictionary, and that with <c>descr</c>, <c>fortran_order</c> and <c>shape</c>.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Type">The type of the values, as <c>u1</c>.</param>
/// <param name="IsBigEndian">The order of their bytes.</param>
/// <param name="Dimensions">Lengths of the dimensions.</param>
/// <param name="Bytes">Bytes of the header.</param>
internal sealed partial record NpyHeader(string Path, string Type, bool IsBigEndian, int[] Dimensions, int Bytes)
{
    private const int MostText = 1 << 16;
    private const int MostRank = 8;
    private static readonly string[] _types = ["u1", "b1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"];

    /// <summary>Bytes of a value.</summary>
    internal int ValueBytes => Type[1] - '0';

    /// <summary>Values of all dimensions; beyond any file where they are too many to count.</summary>
    internal long Count { get; private init; }

    /// <summary>Whether the first dimension is the fastest.</summary>
    internal bool IsFortran { get; private init; }

    /// <summary>The shape in words.</summary>
    internal string Shape => IdxHeader.ShapeText(Dimensions);

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Whether a file begins as an array does.</summary>
    internal static bool Matches(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    /// <summary>Reads a header; the stream stands behind it afterwards.</summary>
    /// <param name="path">What messages call the file.</param>
    /// <param name="stream">The file.</param>
    /// <param name="takesFortran">Whether the first dimension may be the fastest.</param>
    /// <exception cref="TrainingException">It is none, or of an array that is not read.</exception>
    internal static NpyHeader Read(string path, Stream stream, bool takesFortran = false)
    {
        Span<byte> start = stackalloc byte[12];
        var wide = stream.ReadAtLeast(start[..8], 8, throwOnEndOfStream: false) == 8 && Matches(start) && start[6] is 1 or 2 or 3
            ? start[6] > 1
            : throw Refuse(path, "of version 1 to 3", "something else");
        var rest = start.Slice(8, wide ? 4 : 2);
        if (stream.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false) < rest.Length)
        {
            throw Refuse(path, "with a header", "the end of the file");
        }

        var length = wide ? BinaryPrimitives.ReadUInt32LittleEndian(rest) : BinaryPrimitives.ReadUInt16LittleEndian(rest);
        var text = new byte[length <= MostText ? (int)length : throw Refuse(path, $"with a header of at most {MostText:N0} bytes", $"one of {length:N0}")];
        if (stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length)
        {
            throw Refuse(path, $"with a header of {text.Length:N0} bytes", "the end of the file");
        }

        var header = Parse(path, Encoding.Latin1.GetString(text), 8 + rest.Length + text.Length);
        return header.IsFortran && !takesFortran ? throw Refuse(path, "in C order", "one in Fortran order; convert it with numpy.ascontiguousarray") : header;
    }

    private static NpyHeader Parse(string path, string text, int bytes)
    {
        var match = Dictionary().Match(text);
        if (!match.Success)
        {
            throw Refuse(path, "with descr, fortran_order and shape in its header", TableCell.Show(text.Trim()));
        }

        var type = match.Groups["type"].Value;
        if (!_types.Contains(type))
        {
            throw Refuse(path, "of numbers", $"values of type '{type}'; convert images with astype('uint8'), weights with astype('float32')");
        }

        var parts = match.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is 0 or > MostRank)
        {
            throw Refuse(path, $"of 1 to {MostRank} dimensions", $"{parts.Length}");
        }

        var dimensions = new int[parts.Length];
        var count = 1L;
        for (var d = 0; d < parts.Length; d++)
        {
            if (!int.TryParse(parts[d], NumberStyles.None, CultureInfo.InvariantCulture, out dimensions[d]) || dimensions[d] == 0)
            {
                throw Refuse(path, $"with dimensions from 1 to {int.MaxValue:N0}", TableCell.Show(parts[d]));
            }

            count = Math.Min(count * dimensions[d], long.MaxValue / int.MaxValue);
        }

        var isFortran = match.Groups["fortran"].Value == "True" && dimensions.Length > 1;
        return new NpyHeader(path, type, match.Groups["order"].Value == ">", dimensions, bytes) { Count = count, IsFortran = isFortran };
    }

    private static TrainingException Refuse(string path, string expected, string found) =>
        TrainingException.BadData($"{path}: expected a NumPy array {expected}, found {found}.");

    [GeneratedRegex(
        @"^\s*\{\s*'descr':\s*'(?<order>[<>|=]?)(?<type>[^'\r\n]{1,20})',\s*'fortran_order':\s*(?<fortran>True|False),\s*'shape':\s*\((?<shape>[0-9,\sL]*)\),?\s*\}\s*$",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Dictionary();
}
