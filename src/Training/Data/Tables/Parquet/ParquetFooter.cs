using System.Buffers.Binary;

namespace Gpu.Training.Data;

/// <summary>
/// Goes through the descriptions in a Parquet file, that at its end and those before its pages, in Thrift's compact protocol, and holds every length in
/// them against the bytes that there are: the library that reads the file afterwards trusts them, and does not come to an end where they are damaged.
/// </summary>
internal ref struct ParquetFooter
{
    private const int MostDepth = 32;

    /// <summary>In place of a field, where numbers are not asked for: within lists.</summary>
    private const int Nowhere = -1;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly Dictionary<(int Within, int Field), long> _numbers = [];
    private int _at;

    private ParquetFooter(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>How many bytes a description has that stands at the beginning of others, and its whole numbers, by their fields and those that these are within, 0 for none; null where it is damaged.</summary>
    internal static (int Bytes, Dictionary<(int Within, int Field), long> Numbers)? Read(ReadOnlySpan<byte> bytes)
    {
        var footer = new ParquetFooter(bytes);
        return footer.Struct(0, 0) ? (footer._at, footer._numbers) : null;
    }

    /// <summary>Whether a file ends with a description that is whole.</summary>
    internal static bool IsWhole(Stream file)
    {
        Span<byte> end = stackalloc byte[8];
        if (file.Length < 12)
        {
            return false;
        }

        file.Position = file.Length - end.Length;
        file.ReadExactly(end);
        var length = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (!end[4..].SequenceEqual("PAR1"u8) || length < 1 || length > file.Length - 12)
        {
            return false;
        }

        var description = new byte[length];
        file.Position = file.Length - end.Length - length;
        file.ReadExactly(description);
        var footer = new ParquetFooter(description);
        return footer.Struct(0, 0) && footer._at == length;
    }

    /// <summary>Fields, each with its type and how far its number is from that before it, to the one that ends them.</summary>
    private bool Struct(int depth, int within)
    {
        var number = 0;
        while (depth < MostDepth && Byte() is { } field)
        {
            if (field == 0)
            {
                return true;
            }

            // Whether it is true or false is all that a field of these types says: it has no bytes.
            var type = field & 15;
            if (Number(field, number) is not { } told || !(type is 1 or 2 || Value(type, depth, within, told)))
            {
                return false;
            }

            number = told;
        }

        return false;
    }

    /// <summary>The number of a field: so far from that before it, or told in full.</summary>
    private int? Number(byte field, int before) => field >> 4 is var far and > 0 ? before + far : Varint() is { } told ? (int)Signed(told) : null;

    private bool Value(int type, int depth, int within, int field) => type switch
    {
        1 or 2 or 3 => Skip(1),
        4 or 5 or 6 => Varint() is { } number && Note(within, field, Signed(number)),
        7 => Skip(8),
        8 => Varint() is { } length && Skip(length),
        9 or 10 => List(depth),
        12 => Struct(depth + 1, depth == 0 ? field : Nowhere),
        _ => false,
    };

    /// <summary>How many of which type, then these.</summary>
    private bool List(int depth)
    {
        if (depth == MostDepth || Byte() is not { } head || (head >> 4 == 15 ? Varint() : (ulong)(head >> 4)) is not { } count || count > (ulong)(_bytes.Length - _at))
        {
            return false;
        }

        for (var i = 0UL; i < count; i++)
        {
            if (!Value(head & 15, depth + 1, Nowhere, Nowhere))
            {
                return false;
            }
        }

        return true;
    }

    private bool Note(int within, int field, long number)
    {
        if (within != Nowhere)
        {
            _numbers[(within, field)] = number;
        }

        return true;
    }

    /// <summary>A number below 0 is written as one that is odd.</summary>
    private static long Signed(ulong number) => (long)(number >> 1) ^ -(long)(number & 1);

    private byte? Byte() => _at < _bytes.Length ? _bytes[_at++] : null;

    private bool Skip(ulong bytes)
    {
        var fits = bytes <= (ulong)(_bytes.Length - _at);
        _at += fits ? (int)bytes : 0;
        return fits;
    }

    /// <summary>A number, 7 bits a byte, the lowest first.</summary>
    private ulong? Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64 && Byte() is { } part; shift += 7)
        {
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return value;
            }
        }

        return null;
    }
}
