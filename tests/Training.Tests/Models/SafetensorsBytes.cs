using System.Text;

namespace Gpu.Training.Tests.Models;

/// <summary>Makes safetensors files that the program itself would not write.</summary>
internal static class SafetensorsBytes
{
    /// <summary>The bytes of a header and its data.</summary>
    internal static byte[] Of(string header, int dataBytes) => Of(Encoding.UTF8.GetBytes(header), new byte[dataBytes]);

    /// <summary>Changes the header of a file and keeps its data.</summary>
    internal static void Edit(string path, Func<string, string> change)
    {
        var bytes = File.ReadAllBytes(path);
        var header = (int)BitConverter.ToUInt64(bytes, 0);
        var old = Encoding.UTF8.GetString(bytes, 8, header);
        var changed = change(old);
        Assert.NotEqual(old, changed);
        File.WriteAllBytes(path, Of(Encoding.UTF8.GetBytes(changed), bytes[(8 + header)..]));
    }

    private static byte[] Of(byte[] header, byte[] data) => [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. data];
}
