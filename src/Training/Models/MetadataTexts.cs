using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Gpu.Training.Models;

/// <summary>
/// The texts of a safetensors file of ours, each read with a message of its own. Every such file has <c>format</c>,
/// <c>format_version</c> and <c>sha256</c>: over lines <c>key=value</c> of all other texts in the order of their keys, then over
/// the bytes of all tensors.
/// </summary>
/// <param name="Texts">The texts.</param>
/// <param name="Path">The file, for messages.</param>
internal readonly record struct MetadataTexts(IReadOnlyDictionary<string, string> Texts, string Path)
{
    /// <summary>What a file says that it is.</summary>
    internal const string FormatKey = "format";

    private const string VersionKey = "format_version";
    private const string ChecksumKey = "sha256";

    /// <summary>What the file says it is; null where it says nothing.</summary>
    internal string? Format => Texts.GetValueOrDefault(FormatKey);

    /// <summary>Texts with the format before them and the checksum behind them.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Seal(
        string format, string version, IEnumerable<KeyValuePair<string, string>> texts, params float[][] slabs)
    {
        List<KeyValuePair<string, string>> all = [new(FormatKey, format), new(VersionKey, version), .. texts];
        return [.. all, new(ChecksumKey, Checksum(all, slabs))];
    }

    /// <summary>Checks format and version.</summary>
    /// <exception cref="TrainingException">They are others.</exception>
    internal void RequireFormat(string format, string version)
    {
        if (Format != format)
        {
            throw TrainingException.BadModelFile(
                $"{Path} was written by another program: expected {FormatKey} {format} in its metadata, found {Quote(Format)}; such files are made by gpu train.");
        }

        Require(VersionKey, text => text == version ? text : null, $"{version}: the file may be of a later version of this program");
    }

    /// <summary>Checks that texts and numbers are those that were written.</summary>
    /// <exception cref="TrainingException">They are not.</exception>
    internal void RequireChecksum(params float[][] slabs)
    {
        var expected = Texts.GetValueOrDefault(ChecksumKey);
        var found = Checksum(Texts.Where(text => text.Key != ChecksumKey), slabs);
        if (expected != found)
        {
            throw TrainingException.BadModelFile(
                $"{Path}: expected weights and settings of SHA-256 {Quote(expected)}, found {found}: the file was changed or is damaged; take it from its source again.");
        }
    }

    /// <summary>A text that can be read.</summary>
    /// <exception cref="TrainingException">It is missing or wrong.</exception>
    internal T Require<T>(string key, Func<string, T?> read, string expected) where T : class
    {
        var text = Texts.GetValueOrDefault(key);
        return (text is null ? null : read(text)) ?? throw TrainingException.BadModelFile(
            $"{Path}: expected {key} in the metadata to be {expected}, found {Quote(text)}: the file is damaged or of another version.");
    }

    /// <summary>Any text.</summary>
    internal string RequireText(string key) => Require(key, text => text, "a text");

    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    internal int RequireInteger(string key, int least)
    {
        var number = 0;
        Require(key, text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least ? text : null,
            $"a whole number of at least {least}");
        return number;
    }

    /// <summary>A finite number.</summary>
    internal double RequireDouble(string key)
    {
        var number = 0.0;
        Require(key, text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number) ? text : null,
            "a finite number");
        return number;
    }

    /// <summary>A finite number of single precision.</summary>
    internal float RequireSingle(string key)
    {
        var number = 0f;
        Require(key, text => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && float.IsFinite(number) ? text : null,
            "a finite number of single precision");
        return number;
    }

    /// <summary>The text form of a number, which reads back as the same bits.</summary>
    internal static string Text<T>(T value) where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Checksum(IEnumerable<KeyValuePair<string, string>> texts, float[][] slabs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, value) in texts.OrderBy(text => text.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{key}={value}\n"));
        }

        const int chunk = 1 << 24;
        foreach (var slab in slabs)
        {
            for (var first = 0; first < slab.Length; first += Math.Min(chunk, slab.Length - first))
            {
                hash.AppendData(MemoryMarshal.AsBytes(slab.AsSpan(first, Math.Min(chunk, slab.Length - first))));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Quote(string? text)
    {
        const int longest = 100;
        return text switch
        {
            null => "none",
            { Length: > longest } => $"\"{text[..longest]}...\"",
            _ => $"\"{text}\"",
        };
    }
}
