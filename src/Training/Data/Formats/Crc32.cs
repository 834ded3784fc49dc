namespace Gpu.Training.Data;

/// <summary>The checksum of gzip (RFC 1952, section 8): CRC-32 with the reflected polynomial 0xEDB88320.</summary>
internal static class Crc32
{
    /// <summary>The state before the first byte.</summary>
    internal const uint Start = uint.MaxValue;

    private static readonly uint[] _table = [.. Enumerable.Range(0, 256).Select(Entry)];

    /// <summary>The state after more bytes.</summary>
    internal static uint Add(uint state, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            state = _table[(byte)(state ^ value)] ^ (state >> 8);
        }

        return state;
    }

    /// <summary>The checksum of a state.</summary>
    internal static uint End(uint state) => ~state;

    private static uint Entry(int value)
    {
        var entry = (uint)value;
        for (var bit = 0; bit < 8; bit++)
        {
            entry = (entry & 1) == 0 ? entry >> 1 : (entry >> 1) ^ 0xEDB88320;
        }

        return entry;
    }
}
