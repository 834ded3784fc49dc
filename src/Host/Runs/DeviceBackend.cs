using Gpu.Kernels.Accelerators;

namespace Gpu.Host.Runs;

/// <summary>A device of a GPU backend as its driver describes it, usable or not.</summary>
internal sealed record FoundDevice
{
    /// <summary>How <c>--device</c> names it: <c>opencl:0</c>.</summary>
    internal required string Id { get; init; }

    /// <summary>What the driver calls it.</summary>
    internal required string Name { get; init; }

    /// <summary>What it is: <c>gpu</c>, <c>cpu</c> or <c>accelerator</c>.</summary>
    internal required string Kind { get; init; }

    /// <summary>Null where it can be used, else why not.</summary>
    internal required string? Problem { get; init; }

    /// <summary>Who made it.</summary>
    internal required string Vendor { get; init; }

    /// <summary>The driver's own version.</summary>
    internal required string DriverVersion { get; init; }

    /// <summary>What it is reached through: the name of a platform.</summary>
    internal required string Platform { get; init; }

    /// <summary>What the device can do, in its backend's terms: <c>OpenCL 1.2 ...</c>, a compute capability.</summary>
    internal required string Version { get; init; }

    /// <summary>Compute units: multiprocessors, cores.</summary>
    internal required int ComputeUnits { get; init; }

    /// <summary>Bytes of memory.</summary>
    internal required long MemoryBytes { get; init; }

    /// <summary>Bytes of the largest single allocation.</summary>
    internal required long LargestAllocationBytes { get; init; }

    /// <summary>Opens it; the argument says whether launches are to be timed by the device's own clock.</summary>
    internal required Func<bool, ComputeAccelerator> Open { get; init; }

    /// <summary>Whether <c>--device auto</c> may choose it: OpenCL on the processor is for tests.</summary>
    internal bool IsForAuto => Kind == "gpu" && Problem is null;

    /// <summary>Id and name.</summary>
    internal string Description => $"{Id} ({Name})";
}

/// <summary>A library that a backend needs, and what came of loading it.</summary>
/// <param name="Name">The name, or the path, it was looked for by.</param>
/// <param name="Outcome">"loaded", or why not.</param>
internal sealed record LibraryAttempt(string Name, string Outcome)
{
    /// <summary>Whether it can be called.</summary>
    internal bool IsLoaded => Outcome == "loaded";
}

/// <summary>One way to GPU devices.</summary>
/// <param name="Id">How <c>--device</c> names it: <c>opencl</c>.</param>
/// <param name="Title">How people do.</param>
/// <param name="Libraries">The libraries that were tried, in order.</param>
/// <param name="Devices">Every device, usable or not.</param>
/// <param name="Problem">Null where a device can be used, else one sentence that says what is missing and what to do.</param>
internal sealed record DeviceBackend(string Id, string Title, IReadOnlyList<LibraryAttempt> Libraries, IReadOnlyList<FoundDevice> Devices,
    string? Problem)
{
    /// <summary>The device that was asked for by name.</summary>
    /// <param name="index">Its number, or null for the first that can be used.</param>
    /// <exception cref="DeviceException">It is not there, or cannot be used: the message says what is there and what to do.</exception>
    internal FoundDevice Require(int? index)
    {
        var asked = index is { } number ? $"--device {Id}:{number}" : $"--device {Id}";
        if (Devices.Count == 0)
        {
            throw new DeviceException($"{asked}: expected {Article(Title)} device, found none: {Trimmed(Problem)}; or use --device cpu.");
        }

        if (index >= Devices.Count)
        {
            throw new DeviceException(
                $"{asked}: expected the number of {Article(Title)} device, found {string.Join(", ", Devices.Select(d => d.Description))}: "
                + "name one of these, or use --device cpu.");
        }

        var device = index is null ? Devices.FirstOrDefault(d => d.Problem is null) ?? Devices[0] : Devices[index.Value];
        return device.Problem is null ? device : throw new DeviceException(
            $"{asked}: expected a device that can be used, found {device.Description}, where {device.Problem}: name another, or use --device cpu; "
            + "'gpu devices' lists all there are.");
    }

    private static string Article(string title) => $"{(title[0] == 'O' ? "an" : "a")} {title}";

    private static string Trimmed(string? problem) => (problem ?? "its driver names no device").TrimEnd('.');
}
