namespace Gpu.Host.Devices;

/// <summary>
/// How many threads the cpu device gets: no more than the process may use cores, by its affinity and by the quota of its control group.
/// More would only wait for one another; results do not depend on the number.
/// </summary>
internal static class ThreadLimit
{
    /// <summary>Cores that this process may use.</summary>
    internal static int Cores => Environment.ProcessorCount;

    /// <summary>The threads to start, of those that were asked for; 0 stands for one a core.</summary>
    internal static int Of(int asked) => Math.Min(asked, Cores);

    /// <summary>What to say of a number that was asked for; null where it is what the device gets.</summary>
    internal static string? Notice(int asked) => asked <= Cores
        ? null
        : $"threads: {Cores} instead of {asked:N0}, because this process may use {Cores} {(Cores == 1 ? "core" : "cores")}; the results are the same";
}
