using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Libraries;

namespace Gpu.Kernels.Tests;

/// <summary>Libraries that are missing, broken or not what they are called: each has its own sentence, and none ends the process.</summary>
public sealed class LibraryLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpu-library-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_library_of_the_system_is_loaded_and_bound()
    {
        var attempts = new List<LibraryAttempt>();
        Assert.NotEmpty(LibraryLoader.LoadFirst(["libnothing-of-this-name.so.1", SystemLibrary], Bind("cos"), attempts)!);
        Assert.Equal(new LibraryAttempt("libnothing-of-this-name.so.1", "not found"), attempts[0]);
        Assert.Equal("loaded", attempts[^1].Outcome);
    }

    [Fact]
    public void A_function_that_is_missing_is_named()
    {
        var attempts = new List<LibraryAttempt>();
        Assert.Null(LibraryLoader.LoadFirst([SystemLibrary], Bind("no_such_function"), attempts));
        Assert.Equal("has no function no_such_function", Assert.Single(attempts).Outcome);
    }

    [Fact]
    public void An_empty_file_is_named() => AssertOutcome([], "is empty");

    [Fact]
    public void A_text_is_named() => AssertOutcome("INPUT(libOpenCL.so.2)"u8.ToArray(), "is not a library, it does not begin like one");

    [Fact]
    public void Another_processor_is_named()
    {
        var arm = RuntimeInformation.ProcessArchitecture != Architecture.Arm64;
        AssertOutcome(Changed(b => BinaryPrimitives.WriteUInt16LittleEndian(b.AsSpan(18), (ushort)(arm ? 183 : 62))),
            arm ? "is for ARM64, this program runs on x86-64" : "is for x86-64, this program runs on ARM64");
        AssertOutcome(Changed(b => (b[4], b[18]) = (1, 3)), arm
            ? "is for 32-bit x86, this program runs on x86-64" : "is for 32-bit x86, this program runs on ARM64");
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(2000)]
    [InlineData(-1)]
    public void A_file_that_ends_early_is_named(int length)
    {
        var whole = Changed(_ => { });
        AssertOutcome(whole[..(length < 0 ? LastSegmentEnd(whole) - 1 : length)], "is cut short");
    }

    [Fact]
    public void A_library_that_it_needs_is_named()
    {
        // The C library by another name of the same length.
        var bytes = Changed(_ => { });
        for (int at; (at = bytes.AsSpan().IndexOf("libc.so.6\0"u8)) >= 0;)
        {
            "libq.so.6"u8.CopyTo(bytes.AsSpan(at));
        }

        AssertOutcome(bytes, "needs libq.so.6, which is missing");
    }

    [Fact]
    public void A_path_that_is_missing_is_not_found() => Assert.Equal("not found", Attempt(Path.Combine(_folder, "missing.so")).Outcome);

    private static string SystemLibrary
    {
        get
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "the library's name is that of Linux");
            return "libm.so.6";
        }
    }

    private static Func<nint, string, string> Bind(string function) => (handle, _) => $"{LibraryLoader.Export(handle, function)}";

    /// <summary>The mathematical library of the system, which is a whole library, with a change.</summary>
    private static byte[] Changed(Action<byte[]> change)
    {
        var attempts = new List<LibraryAttempt>();
        LibraryLoader.LoadFirst([SystemLibrary], Bind("cos"), attempts);
        Assert.SkipUnless(File.Exists(attempts[0].Name), "the C library is not in a usual folder");
        var bytes = File.ReadAllBytes(attempts[0].Name);
        change(bytes);
        return bytes;
    }

    private static int LastSegmentEnd(byte[] elf)
    {
        var first = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf.AsSpan(32));
        return Enumerable.Range(0, BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(56)))
            .Select(i => elf.AsSpan(first + (i * 56), 56).ToArray()).Where(s => s[0] == 1)
            .Max(s => (int)(BinaryPrimitives.ReadUInt64LittleEndian(s.AsSpan(8)) + BinaryPrimitives.ReadUInt64LittleEndian(s.AsSpan(32))));
    }

    private void AssertOutcome(byte[] content, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "files are looked at on Linux");
        var path = Path.Combine(_folder, "libbroken.so.1");
        File.WriteAllBytes(path, content);
        Assert.StartsWith(expected, Attempt(path).Outcome, StringComparison.Ordinal);
    }

    private static LibraryAttempt Attempt(string path)
    {
        var attempts = new List<LibraryAttempt>();
        Assert.Null(LibraryLoader.LoadFirst([path], Bind("cos"), attempts));
        var attempt = Assert.Single(attempts);
        Assert.Equal(path, attempt.Name);
        return attempt;
    }
}
