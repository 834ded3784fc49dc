using Gpu.Training.Data;

namespace Gpu.Training.Loop;

/// <summary>What of a data set decides how much memory it takes.</summary>
/// <param name="Count">Samples.</param>
/// <param name="Features">Inputs of a sample.</param>
/// <param name="Density">The share of values that are not 0.</param>
/// <param name="HostBytes">Bytes of the host's memory that hold them already.</param>
/// <param name="IsOnDisk">Whether they lie on a disk.</param>
/// <param name="IsStreamed">Whether an evaluation of them reads them batch by batch, because they lie on a disk and are many.</param>
/// <param name="ValueBytes">Bytes of a value.</param>
/// <param name="Height">Rows of an image; 1 where samples are no images.</param>
/// <param name="Quantities">Values behind the inputs that are to be learned.</param>
public readonly record struct DataSizes(int Count, int Features, double Density, long HostBytes = 0, bool IsOnDisk = false, bool IsStreamed = false,
    int ValueBytes = 1, int Height = 1, int Quantities = 0)
{
    /// <summary>Whether they are made of something smaller whenever they are asked for, see <see cref="SampleStore.AreMade"/>.</summary>
    public bool AreMade { get; init; }

    /// <summary>Bytes of all of them.</summary>
    public long Bytes => (long)Count * SampleBytes;

    /// <summary>Bytes of a sample.</summary>
    public int SampleBytes => checked((Features + Quantities) * ValueBytes);

    /// <summary>Whether values are floats.</summary>
    public bool AreFloats => ValueBytes == sizeof(float);

    /// <summary>Those of a data set.</summary>
    public static DataSizes Of(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new DataSizes(
            data.Count, data.Features, data.Density, data.Samples.ResidentBytes, data.Samples.IsOnDisk, DataPass.IsStreamed(data), data.ValueBytes, data.Height,
            data.Quantities)
        {
            AreMade = data.Samples.AreMade,
        };
    }
}
