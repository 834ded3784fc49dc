using Gpu.Host.Reports;
using Gpu.Training.Data;

namespace Gpu.Host.Runs;

/// <summary>How the commands load data, and what they say meanwhile.</summary>
internal static class DataLoading
{
    internal static DataOptions Options(Messages messages) => new();
}
