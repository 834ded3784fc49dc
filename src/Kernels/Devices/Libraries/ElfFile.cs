using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gpu.Kernels.Devices.Libraries;

/// <summary>
/// Looks at a library of Linux before the system loads it: the loader does not say which file it passed over as one for another
/// processor, and a file that was cut short ends the whole process (Tool Interface Standard, "Executable and Linking Format", 1.2).
/// </summary>
internal static class ElfFile
{
    private const int HeaderLength = 64;
    private const int SegmentLength = 56;
    private const int LoadedSegment = 1;
    private const int Bits64 = 2;

    private static readonly Dictionary<int, string> _machines = new()
    {
        [3] = "32-bit x86",
        [40] = "32-bit ARM",
        [62] = "x86-64",
        [183] = "ARM64",
        [243] = "RISC-V",
    };

    /// <summary>The reason why a file cannot be a library for this program, or null where none is seen.</summary>
    internal static string? FindProblem(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return FindProblem(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read ({exception.Message.TrimEnd('.')})";
        }
    }

    private static string? FindProblem(FileStream file)
    {
        if (file.Length == 0)
        {
            return "is empty";
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        var read = file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        if (read < 4 || !header[..4].SequenceEqual("\u007fELF"u8))
        {
            return "is not a library, it does not begin like one";
        }

        if (read < HeaderLength)
        {
            return CutShort(file.Length, HeaderLength);
        }

        var machine = BinaryPrimitives.ReadUInt16LittleEndian(header[18..]);
        return header[4] != Bits64 || machine != OwnMachine ? $"is for {NameOf(header[4], machine)}, this program runs on {_machines[OwnMachine]}"
            : FindMissingPart(file, header);
    }

    private static int OwnMachine => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 183 : 62;

    private static string NameOf(byte bits, int machine) => (bits == Bits64 || machine is 3 or 40 ? "" : "32-bit ")
        + (_machines.TryGetValue(machine, out var name) ? name : $"processors of ELF number {machine}");

    /// <summary>Whether the file ends before a segment that it names.</summary>
    private static string? FindMissingPart(FileStream file, ReadOnlySpan<byte> header)
    {
        file.Position = (long)BinaryPrimitives.ReadUInt64LittleEndian(header[32..]) & long.MaxValue;
        var count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        Span<byte> segment = stackalloc byte[SegmentLength];
        for (var i = 0; i < count; i++)
        {
            if (file.ReadAtLeast(segment, SegmentLength, throwOnEndOfStream: false) < SegmentLength)
            {
                return CutShort(file.Length, file.Length + 1);
            }

            var end = BinaryPrimitives.ReadUInt64LittleEndian(segment[8..]) + BinaryPrimitives.ReadUInt64LittleEndian(segment[32..]);
            if (BinaryPrimitives.ReadInt32LittleEndian(segment) == LoadedSegment && end > (ulong)file.Length)
            {
                return CutShort(file.Length, end);
            }
        }

        return null;
    }

    private static string CutShort(long found, IFormattable expected) => string.Create(CultureInfo.InvariantCulture,
        $"is cut short: {found:N0} bytes are there, at least {expected:N0} belong to it");
}
