using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;

namespace Gpu.Host.Commands;

/// <summary>The cases of <c>gpu check</c>, one after the other on one device.</summary>
internal static class CheckRun
{
    /// <summary>Runs the cases and reports each; a failed one does not keep the others from running.</summary>
    /// <returns>The exit code: done, or device.</returns>
    internal static int Run(ComputeAccelerator accelerator, IReadOnlyList<OperationCase> cases, CheckReport report, Messages messages)
    {
        report.Begin(accelerator);
        var results = new List<CheckResult>(cases.Count);
        foreach (var declaration in cases)
        {
            var result = Check(accelerator, declaration);
            results.Add(result);
            report.Add(declaration, result, Again(accelerator, declaration));
        }

        report.End(results);
        var failed = results.FindIndex(r => !r.Passed);
        if (failed < 0)
        {
            return ExitCodes.Done;
        }

        messages.Insist($"gpu: {results.Count(r => !r.Passed):N0} of {results.Count:N0} cases failed on {accelerator.Description}; the first alone: "
            + Again(accelerator, cases[failed]));
        return ExitCodes.Device;
    }

    /// <summary>The command that runs a case alone.</summary>
    private static string Again(ComputeAccelerator accelerator, OperationCase declaration) =>
        $"gpu check --device {accelerator.Id} --only '{declaration.Name}'";

    /// <summary>A device that refuses a case has failed it, and may still pass the next.</summary>
    private static CheckResult Check(ComputeAccelerator accelerator, OperationCase declaration)
    {
        try
        {
            return declaration.Check(accelerator);
        }
        catch (DeviceException exception) when (exception is not OutOfDeviceMemoryException)
        {
            return new CheckResult(
                declaration.Name, accelerator.Description, declaration.Operation, double.PositiveInfinity, Checksum: 0, ExitCodes.Sentence(exception));
        }
    }
}
