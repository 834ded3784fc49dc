using System.IO.Compression;
using Gpu.Training.Files;

namespace Gpu.Training.Data;

/// <summary>A file of data that is open: its content, decompressed where it is a gzip file, and how it begins.</summary>
internal sealed class DataInput
{
    /// <summary>Deflate cannot shrink by more than 1032 to 1 (zlib's technical details), so nothing in a file can ask for more.</summary>
    private const long LargestRatio = 1032;

    private const int StartBytes = 512;
    private readonly FileStream _file;

    private DataInput(string path, string filePath, FileStream file)
    {
        (Path, FilePath, _file) = (path, filePath, file);
        IsGzip = DataFile.IsGzip(file);
        MostBytes = IsGzip ? file.Length * LargestRatio : file.Length;
        Start = ReadStart();
    }

    /// <summary>What messages call it.</summary>
    internal string Path { get; }

    /// <summary>Where it lies: another place than <see cref="Path"/> where it came through standard input.</summary>
    internal string FilePath { get; }

    /// <summary>Whether it is compressed.</summary>
    internal bool IsGzip { get; }

    /// <summary>Bytes of the file.</summary>
    internal long FileBytes => _file.Length;

    /// <summary>The most bytes that its content can have; as many, where it is not compressed.</summary>
    internal long MostBytes { get; }

    /// <summary>How its content begins, in at most 512 bytes.</summary>
    internal byte[] Start { get; }

    /// <summary>Opens a file, does something with it, and closes it.</summary>
    /// <param name="path">What to open: a file, or <c>-</c> for standard input.</param>
    /// <param name="expected">What it should be, for messages: <c>an IDX file</c>.</param>
    /// <param name="read">What is done.</param>
    /// <exception cref="TrainingException">It cannot be read, or its compressed data is damaged.</exception>
    internal static T Read<T>(string path, string expected, Func<DataInput, T> read)
    {
        var filePath = StandardInput.PathOf(path) ?? path;
        return SourceFile.Read(filePath, expected, TrainingException.BadData, file =>
        {
            try
            {
                return read(new DataInput(path, filePath, file));
            }
            catch (InvalidDataException damage)
            {
                throw DataFile.DamagedGzip(path, damage);
            }
        }, $"give a file with its contents, or send a pipe through standard input, --data - < {path}");
    }

    /// <summary>The content from its start.</summary>
    internal Stream Open()
    {
        _file.Position = 0;
        return IsGzip ? new GZipStream(_file, CompressionMode.Decompress, leaveOpen: true) : new UnownedStream(_file);
    }

    /// <summary>The file itself from its start, for formats that jump about in it; not compressed.</summary>
    internal FileStream OpenFile()
    {
        _file.Position = 0;
        return _file;
    }

    /// <summary>Checks that the file ends with its data, once that was read whole.</summary>
    /// <param name="length">Bytes of the data.</param>
    internal void RequireEnd(long length)
    {
        if (IsGzip)
        {
            GzipEnd.Check(Path, _file, length);
        }
    }

    private byte[] ReadStart()
    {
        using var content = Open();
        var start = new byte[StartBytes];
        return start[..content.ReadAtLeast(start, StartBytes, throwOnEndOfStream: false)];
    }
}
