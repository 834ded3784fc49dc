using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Training;

namespace Gpu.Host.Commands;

/// <summary>What <c>--only</c> names of the operations' cases. A name that leaves none is an error: nothing checked must not look like nothing wrong.</summary>
internal static class CaseFilter
{
    /// <summary>The cases that a filter names.</summary>
    /// <param name="only">The filter, or null for all.</param>
    /// <param name="known">The cases there are.</param>
    /// <param name="timed">Whether of an operation only the sizes that training meets are wanted; a case that is named is wanted at whatever size.</param>
    /// <param name="parts">What else the filter may be, for the message.</param>
    /// <exception cref="TrainingException">There is none.</exception>
    internal static List<OperationCase> Find(string? only, OperationCase[] known, bool timed = false, params string[] parts)
    {
        List<OperationCase> named = only is null ? [.. known] : [.. OperationCases.Matching(only, known)];
        var wanted = timed && named.Count != 1 ? named.FindAll(c => c.Timed) : named;
        return wanted.Count > 0 ? wanted : throw TrainingException.BadUsage(
            $"--only {only}: expected {string.Concat(parts.Select(part => part + ", "))}the beginning of an operation's name, or the name of a case, found "
            + $"none; there are {string.Join(", ", known.Where(c => c.Timed || !timed).Select(c => c.Operation).Distinct())}.");
    }

    /// <summary>Those of the cases that a device has.</summary>
    /// <exception cref="TrainingException">It has none.</exception>
    internal static List<OperationCase> Fitting(List<OperationCase> cases, string? only, ComputeAccelerator accelerator)
    {
        var fitting = cases.FindAll(c => c.Fits(accelerator));
        return fitting.Count > 0 ? fitting : throw TrainingException.BadUsage(
            $"--only {only}: expected a variant that {accelerator.Description} has, found one of other devices or larger groups.");
    }
}
