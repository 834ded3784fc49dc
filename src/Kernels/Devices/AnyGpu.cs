namespace Gpu.Kernels.Devices;

/// <summary>Words that ask for a GPU without naming its backend: any, or one of a maker.</summary>
public static class AnyGpu
{
    private const string Any = "gpu";

    /// <summary>Each word with what the drivers call the maker.</summary>
    private static readonly (string Word, string[] Makers)[] _words =
    [
        (Any, [""]),
        ("nvidia", ["NVIDIA"]),
        ("amd", ["Advanced Micro Devices", "AMD"]),
    ];

    /// <summary>The words.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. _words.Select(word => word.Word)];

    /// <summary>The words, for messages and help.</summary>
    public static string Expected { get; } = string.Join(", ", Words);

    /// <summary>Whether a text is one of them.</summary>
    public static bool Is(string text) => Words.Contains(text);

    /// <summary>Whether a device is a GPU of the kind that a word asks for, usable or not.</summary>
    public static bool Means(string word, FoundDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Class == DeviceClass.Gpu
            && _words.First(known => known.Word == word).Makers.Any(maker => device.Vendor.Contains(maker, StringComparison.OrdinalIgnoreCase));
    }
}
