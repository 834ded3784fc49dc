using System.Globalization;

namespace Gpu.Kernels.Devices;

/// <summary>What the command line calls a device: <c>cpu</c>, <c>opencl</c>, <c>cuda:1</c>. A name says nothing about whether the device is there.</summary>
/// <param name="Kind">The backend.</param>
/// <param name="Index">The device's number there, or null for the first that can be used.</param>
public readonly record struct DeviceName(AcceleratorKind Kind, int? Index)
{
    private static readonly AcceleratorKind[] _kinds = Enum.GetValues<AcceleratorKind>();

    /// <summary>The names, for messages and help: <c>cpu, opencl[:n], cuda[:n] or simulator</c>.</summary>
    public static string Expected { get; } = Describe([.. _kinds.Select(kind => DeviceDiscovery.Name(kind) + (IsNumbered(kind) ? "[:n]" : ""))]);

    /// <summary>The names without numbers.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. _kinds.Select(DeviceDiscovery.Name)];

    /// <summary>Reads a name.</summary>
    public static bool TryParse(string text, out DeviceName name)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(':');
        var place = Array.FindIndex(_kinds, kind => DeviceDiscovery.Name(kind) == parts[0]);
        name = new DeviceName(place < 0 ? default : _kinds[place], null);
        if (place < 0 || parts.Length == 1)
        {
            return place >= 0;
        }

        var isIndexed = int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var index);
        name = name with { Index = index };
        return isIndexed && parts.Length == 2 && IsNumbered(name.Kind);
    }

    /// <summary>Whether there may be several devices of a kind.</summary>
    private static bool IsNumbered(AcceleratorKind kind) => DeviceDiscovery.Kinds.Contains(kind);

    private static string Describe(string[] names) => $"{string.Join(", ", names[..^1])} or {names[^1]}";
}
