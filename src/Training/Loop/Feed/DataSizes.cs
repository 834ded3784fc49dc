using Gpu.Kernels.Ops;
using Gpu.Training.Data;

namespace Gpu.Training.Loop;

/// <summary>What of a data set decides how much memory it takes.</summary>
/// <param name="Count">Samples.</param>
/// <param name="Features">Bytes of a sample.</param>
/// <param name="Density">The share of bytes that are not 0.</param>
public readonly record struct DataSizes(int Count, int Features, double Density)
{
    /// <summary>Those of a data set.</summary>
    public static DataSizes Of(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new DataSizes(data.Count, data.Features, GatherMatMul.Density(data.Values));
    }
}
