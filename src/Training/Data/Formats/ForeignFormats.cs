using System.Text;

namespace Gpu.Training.Data;

/// <summary>Files that people have and this program does not read, told by how they begin, with what to do about each.</summary>
internal static class ForeignFormats
{
    private const string Unpack = "unpack it first";
    private static readonly (byte[] Magic, int At, string What)[] _known =
    [
        ("PK\x03\x04"u8.ToArray(), 0, $"a zip archive: {Unpack}"),
        ("PK\x05\x06"u8.ToArray(), 0, "an empty zip archive: get the file again"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], 0, $"an xz archive: {Unpack} (unxz)"),
        ("BZh"u8.ToArray(), 0, $"a bzip2 archive: {Unpack} (bunzip2)"),
        ([0x28, 0xB5, 0x2F, 0xFD], 0, $"a Zstandard archive: {Unpack} (unzstd)"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], 0, $"a 7-Zip archive: {Unpack}"),
        ("Rar!"u8.ToArray(), 0, $"a RAR archive: {Unpack}"),
        ("ustar"u8.ToArray(), 257, $"a tar archive: {Unpack} (tar xf)"),
        ([0x89, 0x48, 0x44, 0x46], 0, "an HDF5 file: save its arrays with numpy.savez"),
        ("PAR1"u8.ToArray(), 0, "a Parquet file: write it as a table (.csv)"),
        ("ARROW1"u8.ToArray(), 0, "an Arrow file: write it as a table (.csv)"),
        ("SQLite format 3"u8.ToArray(), 0, "an SQLite database: write the table as .csv"),
        ([0xD0, 0xCF, 0x11, 0xE0], 0, "an old Office document: save the sheet as .csv"),
        ("MATLAB 5.0"u8.ToArray(), 0, "a MATLAB file: save its arrays with numpy.savez"),
        ("%PDF"u8.ToArray(), 0, "a PDF document: check that it is the right file"),
        ("GIF8"u8.ToArray(), 0, "a GIF picture: save it as PNG"),
        ("WEBP"u8.ToArray(), 8, "a WebP picture: save it as PNG"),
        ("BM"u8.ToArray(), 0, "a BMP picture: save it as PNG"),
        ([0x49, 0x49, 0x2A, 0x00], 0, "a TIFF picture: save it as PNG"),
        ([0x4D, 0x4D, 0x00, 0x2A], 0, "a TIFF picture: save it as PNG"),
        ([0xFF, 0xFE], 0, "text in UTF-16: save it in UTF-8"),
        ([0xFE, 0xFF], 0, "text in UTF-16: save it in UTF-8"),
        ([0x80, 0x02], 0, "a Python pickle, which could run any program: save its arrays with numpy.savez"),
        ([0x80, 0x03], 0, "a Python pickle, which could run any program: save its arrays with numpy.savez"),
        ([0x80, 0x04], 0, "a Python pickle, which could run any program: save its arrays with numpy.savez"),
        ([0x80, 0x05], 0, "a Python pickle, which could run any program: save its arrays with numpy.savez"),
    ];

    /// <summary>What a file is and what to do about it; null where its beginning tells nothing.</summary>
    internal static string? Name(ReadOnlySpan<byte> start)
    {
        if (IsText(start))
        {
            // A table may begin with letters that begin a picture, too.
            return IsWebPage(start) ? "a web page: a download that failed left its error page here; get the file again" : null;
        }

        foreach (var (magic, at, what) in _known)
        {
            if (start.Length >= at + magic.Length && start[at..].StartsWith(magic))
            {
                return what;
            }
        }

        return null;
    }

    /// <summary>Whether text begins as a page of the web does.</summary>
    internal static bool IsWebPage(ReadOnlySpan<byte> start) => start.TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'<', ..];

    /// <summary>Whether bytes are text: none of them is a control character other than those between lines and cells.</summary>
    internal static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (var value in start)
        {
            if (value is < 0x20 and not (byte)'\t' and not (byte)'\r' and not (byte)'\n' or 0x7F)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>How a file begins, for messages: a few letters of text, else its first bytes.</summary>
    internal static string Describe(ReadOnlySpan<byte> start)
    {
        var first = start[..Math.Min(4, start.Length)];
        return Name(start) ?? (IsText(first)
            ? $"text that begins with '{Encoding.ASCII.GetString(first).Trim()}'; check that it is the right file"
            : $"{string.Join(' ', first.ToArray().Select(value => value.ToString("X2", null)))}; check that it is the right file");
    }
}
