using System.Text;

namespace Gpu.Fuzzing.Mutations;

/// <summary>Damage to what should be text.</summary>
internal static class TextMutations
{
    /// <summary>Values that readers of numbers and names get wrong.</summary>
    internal static readonly string[] Values =
    [
        "", " ", "0", "-0", "-1", "1", "255", "256", "999", "1e3", "1e999", "-1e999", "1.5", "0.1", ".5", "5.", "+5", "0x10", "1_000", "1,000",
        "NaN", "nan", "Infinity", "-Infinity", "∞", "٣", "１２", "99999999999999999999999999", "2147483647", "2147483648", "-2147483648",
        "4294967296", "18446744073709551615", "18446744073709551616", "9223372036854775807", "1000000", "1000001", "null", "true", "false",
        "\0", "5\0", "\u001b[2J\u001b[31m", "\u202E3", "\uFEFF7", "'", "\"", "\"\"", "\"5\"", "\"5", "5\"", "\\", "/dev/zero", "../../etc/passwd",
        "\\\\server\\share\\x.csv", "file:///etc/passwd", "http://localhost:1/x", "CON", "{0}", "%s%n", "$(id)", "=1+1", "🙂", "e\u0301", "\u2028",
        "relu", "identity", "softmax", "mnist", "digits", "unit", "none", "auto", "0.5..0.1", "1..2", "..", "last:1", "last:99999999999", "uniform:0",
        "uniform:1e39", "0,0", "1e-300,1e-300", "0.1307,0.3081", "784-128-10", "4-2", "1-1", "0-0",
    ];

    /// <summary>The text in another encoding, or with bytes in it that are no text.</summary>
    internal static byte[] Encode(byte[] utf8, FuzzRandom random)
    {
        var text = Encoding.UTF8.GetString(utf8);
        return random.Below(10) switch
        {
            0 => Encoded(Encoding.Unicode, text),
            1 => Encoded(Encoding.BigEndianUnicode, text),
            2 => Encoded(Encoding.UTF32, text),
            3 => Encoding.Unicode.GetBytes(text),
            4 => Encoded(Encoding.UTF8, text),
            5 => Encoding.Latin1.GetBytes(text.Replace('e', 'é')),
            6 => Insert(utf8, random.Pick<byte[]>([[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x80], [0x80]]), random),
            7 => Insert(utf8, random.Pick<byte[]>([[0], [0x1B, (byte)'[', (byte)'2', (byte)'J'], [0x0C], [0x1A], [0x7F], [0xC2, 0x85], [8, 8, 8]]), random),
            8 => Insert(utf8, Encoding.UTF8.GetBytes(random.Pick(Values)), random),
            _ => Encoding.UTF8.GetBytes(random.Pick<Func<string>>([
                () => text.Replace("\n", "\r\n", StringComparison.Ordinal), () => text.Replace('\n', '\r'),
                () => text.Replace("\n", "\n\n", StringComparison.Ordinal), () => text.Replace(' ', '\u00A0'), text.ToUpperInvariant,
            ])()),
        };
    }

    /// <summary>A text of one thing many times: 10 to 1,000 times, rarely a million.</summary>
    internal static string Long(FuzzRandom random)
    {
        var part = random.Pick(["a", "0", "9", "-", "1-", "1,", " ", "\u001b", "é", ".", "relu,", "../"]);
        var times = random.OneIn(30) ? 1_000_000 / part.Length : 10 * random.Size(100);
        return new StringBuilder().Insert(0, part, times).ToString();
    }

    private static byte[] Encoded(Encoding encoding, string text) => [.. encoding.Preamble, .. encoding.GetBytes(text)];

    private static byte[] Insert(byte[] text, byte[] part, FuzzRandom random)
    {
        var at = random.Below(text.Length + 1);
        return [.. text.AsSpan(0, at), .. part, .. text.AsSpan(at)];
    }
}
