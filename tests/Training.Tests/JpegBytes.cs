namespace Gpu.Training.Tests;

/// <summary>
/// Builds baseline JPEG files in colour (ITU-T T.81; JFIF 1.02 for the colours) as cameras and telephones leave them, but for their tables: one step
/// of quantization for all numbers, and codes of one length.
/// </summary>
internal static class JpegBytes
{
    private const int Side = 8, Direct = 12, MostSize = 10;

    /// <summary>The numbers of a block from low to high frequencies: along diagonals, up and down in turn.</summary>
    private static readonly int[] _order = [.. Enumerable.Range(0, Side * Side).OrderBy(at => (at / Side) + (at % Side))
        .ThenBy(at => ((at / Side) + (at % Side)) % 2 == 0 ? at % Side : at / Side)];

    /// <summary>What may come: a run of zeros in the upper half and the size of the number behind it in the lower; 0 ends a block, 0xF0 is 16 zeros.</summary>
    private static readonly byte[] _symbols = [0, 0xF0, .. Enumerable.Range(0, 16).SelectMany(run => Enumerable.Range(1, MostSize).Select(size => (byte)((run << 4) | size)))];

    /// <summary>A file of height x width pixels.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="step">The step of quantization: 2 loses next to nothing, 40 leaves what a telephone sends.</param>
    /// <param name="pixel">Red, green and blue, 0 to 255, of a row and a column.</param>
    internal static byte[] Build(int height, int width, int step, Func<int, int, (double Red, double Green, double Blue)> pixel)
    {
        var bits = new BitList();
        var last = new int[3];
        for (var block = 0; block < (height + Side - 1) / Side * ((width + Side - 1) / Side); block++)
        {
            var (top, left) = (block / ((width + Side - 1) / Side) * Side, block % ((width + Side - 1) / Side) * Side);
            var colors = Enumerable.Range(0, Side * Side).Select(at => pixel(Math.Min(height - 1, top + (at / Side)), Math.Min(width - 1, left + (at % Side)))).ToArray();
            Add(bits, [.. colors.Select(c => (0.299 * c.Red) + (0.587 * c.Green) + (0.114 * c.Blue) - 128)], step, ref last[0]);
            Add(bits, [.. colors.Select(c => (-0.168736 * c.Red) - (0.331264 * c.Green) + (0.5 * c.Blue))], step, ref last[1]);
            Add(bits, [.. colors.Select(c => (0.5 * c.Red) - (0.418688 * c.Green) - (0.081312 * c.Blue))], step, ref last[2]);
        }

        byte[] frame = [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
        byte[] direct = [0x00, 0, 0, 0, Direct, .. new byte[12], .. Enumerable.Range(0, Direct).Select(size => (byte)size)];
        byte[] alternating = [0x10, .. new byte[7], (byte)_symbols.Length, .. new byte[8], .. _symbols];
        return
        [
            0xFF, 0xD8, .. Segment(0xE0, [.. "JFIF\0"u8, 1, 2, 0, 0, 1, 0, 1, 0, 0]), .. Segment(0xDB, [0, .. Enumerable.Repeat((byte)step, Side * Side)]), .. Segment(0xC0, frame),
            .. Segment(0xC4, direct), .. Segment(0xC4, alternating), .. Segment(0xDA, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]), .. bits.ToBytes(), 0xFF, 0xD9,
        ];
    }

    /// <summary>Adds a block: its cosine transform, quantized, its first number as the difference from that of the block before.</summary>
    private static void Add(BitList bits, double[] block, int step, ref int last)
    {
        int[] numbers = [.. Transform(block).Select(value => (int)Math.Round(value / step))];
        Add(bits, numbers[0] - last, size => bits.Add(size, 4));
        last = numbers[0];
        var zeros = 0;
        foreach (var number in _order.Skip(1).Select(at => numbers[at]))
        {
            if (number == 0)
            {
                zeros++;
                continue;
            }

            for (; zeros > 15; zeros -= 16)
            {
                bits.Add(Array.IndexOf(_symbols, (byte)0xF0), 8);
            }

            var run = zeros;
            Add(bits, number, size => bits.Add(Array.IndexOf(_symbols, (byte)((run << 4) | size)), 8));
            zeros = 0;
        }

        if (zeros > 0)
        {
            bits.Add(Array.IndexOf(_symbols, (byte)0), 8);
        }
    }

    /// <summary>Adds how many bits a number has, and these: of a negative one those of one less.</summary>
    private static void Add(BitList bits, int number, Action<int> addSize)
    {
        var size = number == 0 ? 0 : (int)Math.Log2(Math.Abs(number)) + 1;
        addSize(size);
        bits.Add(number >= 0 ? number : number + (1 << size) - 1, size);
    }

    /// <summary>The cosine transform of a block, rows of frequencies down, columns of frequencies across.</summary>
    private static double[] Transform(double[] block)
    {
        static double Wave(int frequency, int place) => (frequency == 0 ? Math.Sqrt(0.125) : 0.5) * Math.Cos(((2 * place) + 1) * frequency * Math.PI / 16);
        var across = new double[block.Length];
        var both = new double[block.Length];
        for (var at = 0; at < block.Length; at++)
        {
            across[at] = Enumerable.Range(0, Side).Sum(x => block[(at / Side * Side) + x] * Wave(at % Side, x));
        }

        for (var at = 0; at < block.Length; at++)
        {
            both[at] = Enumerable.Range(0, Side).Sum(y => across[(y * Side) + (at % Side)] * Wave(at / Side, y));
        }

        return both;
    }

    private static byte[] Segment(byte marker, ReadOnlySpan<byte> content) => [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];

    /// <summary>Bits, the first the highest of its byte; a byte of ones alone has a zero behind it.</summary>
    private sealed class BitList
    {
        private readonly List<byte> _bytes = [];
        private int _open, _count;

        internal void Add(int value, int count)
        {
            for (var bit = count - 1; bit >= 0; bit--)
            {
                _open = (_open << 1) | ((value >> bit) & 1);
                if (++_count == 8)
                {
                    _bytes.AddRange(_open == 0xFF ? [0xFF, 0] : [(byte)_open]);
                    (_open, _count) = (0, 0);
                }
            }
        }

        internal byte[] ToBytes()
        {
            // What is left of the last byte is ones.
            Add(0x7F, (8 - _count) % 8);
            return [.. _bytes];
        }
    }
}
