using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Tests;

/// <summary>Which devices the tests must find, and which they used. Compiled into every test project.</summary>
internal static class TestDevices
{
    private const string RequireVariable = "GPU_TESTS_REQUIRE";
    private const string ReportVariable = "GPU_TEST_DEVICES";
    private static readonly Lock _discovering = new();

    /// <summary>Ends a test whose device is missing: skipped, or failed where <c>GPU_TESTS_REQUIRE</c> lists its kind.</summary>
    /// <param name="kind">The kind: <c>opencl</c> or <c>cuda</c>.</param>
    /// <param name="problem">What is missing.</param>
    [DoesNotReturn]
    internal static void Missing(string kind, string problem)
    {
        Assert.True(
            OnDeviceAttribute.MarksThisTest(kind),
            "A test that takes a device must be marked [OnOpenCl] or [OnCuda], it, its class or its collection, or it is not run on one.");
        var required = (Environment.GetEnvironmentVariable(RequireVariable) ?? "").Split(',', StringSplitOptions.TrimEntries);
        Assert.False(required.Contains(kind), $"{RequireVariable} lists {kind}: {problem}");
        Assert.Skip(problem);
    }

    /// <summary>The first usable device of a backend, or the test ends here.</summary>
    internal static FoundDevice Find(AcceleratorKind kind)
    {
        // PoCL that is first asked by several threads at once may say that it has no device.
        BackendDiscovery found;
        lock (_discovering)
        {
            found = DeviceDiscovery.Run(kind);
        }

        if (found.Devices.FirstOrDefault(d => d.Problem is null) is { } device)
        {
            return device;
        }

        Missing(kind.ToString().ToLowerInvariant(), found.Problem ?? "there is no device");
        return null;
    }

    /// <summary>Tells <c>.ci/run</c> that a device has computed something and it was right: a line <c>PROJECT DEVICE</c>.</summary>
    internal static void Report(string device)
    {
        if (Environment.GetEnvironmentVariable(ReportVariable) is { Length: > 0 } file)
        {
            // Several test projects append at the same time.
            using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            stream.Write(System.Text.Encoding.UTF8.GetBytes($"{Assembly.GetExecutingAssembly().GetName().Name} {device}\n"));
        }
    }
}
