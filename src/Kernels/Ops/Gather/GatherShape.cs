using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>How a first layer on bytes is computed.</summary>
internal enum GatherWay
{
    /// <summary>By <see cref="GatherBatch"/> and <see cref="MatMul"/>.</summary>
    Separate,

    /// <summary>From the bytes that are not 0.</summary>
    Sparse,

    /// <summary>From all of them, as floats, in slices of features.</summary>
    Dense,

    /// <summary>In tiles that load bytes, on a graphics processor.</summary>
    Tiles,
}

/// <summary>A first layer on the bytes of a data set, as far as it decides how the layer is computed.</summary>
/// <param name="Rows">Rows of a batch.</param>
/// <param name="Features">Bytes of a sample.</param>
/// <param name="Outputs">Outputs of the layer.</param>
public readonly record struct GatherShape(int Rows, int Features, int Outputs)
{
    /// <summary>Rows from which a batch is not sliced: so many share the weights that it may be cut by rows, and sums would outweigh weights.</summary>
    internal const int FewestUnslicedRows = 96;

    /// <summary>Words of 64 features below which slices are not worth it.</summary>
    private const int FewestSlicedWords = 4;

    /// <summary>
    /// Above this share of bytes that are not 0 the dense multiply is taken. It was the faster one there while the sparse one read a row of weights
    /// anew for every sample; where they meet now has not been measured.
    /// </summary>
    private const double HighestDensity = 0.5;

    /// <summary>The share of the data set's bytes that are not 0, see <see cref="GatherMatMul.Density"/>.</summary>
    public double Density { get; init; }

    /// <summary>What is added to a scaled byte.</summary>
    public float Offset { get; init; }

    /// <summary>Whether the weights are updated step by step, and come back to the same cores: few rows are sliced then.</summary>
    public bool Learns { get; init; }

    /// <summary>
    /// How many slices of features a batch has; a function of its shape, and of whether weights come back to the same cores step by step, alone: an
    /// answer does not depend on how many samples are asked about at once. Two, since a third would add as much to the sums' way as it takes from the
    /// weights'; of dense samples four were no faster on two threads.
    /// </summary>
    internal int Slices => Learns && Rows < FewestUnslicedRows && SparseBatch.WordsOf(Features) >= FewestSlicedWords ? 2 : 1;

    /// <summary>The feature that a slice begins with; all of them behind the last slice.</summary>
    internal int FirstFeature(int slice)
    {
        var (slices, words) = (Slices, SparseBatch.WordsOf(Features));
        return slice < slices ? CpuLaunch.RowRange(words, slices, slice).First * SparseBatch.WordBits : Features;
    }

    /// <summary>
    /// Whether bytes of 0 add nothing and may be passed over, whatever the weights; else 0 times infinity is NaN, as in <see cref="MatMul"/>.
    /// </summary>
    internal bool SkipsZeros => Offset == 0 && Density <= HighestDensity;

    /// <summary>
    /// How the layer is computed: a function of device, shape and data, not of a timing. The simulator does as the processor does, for the same
    /// bits.
    /// </summary>
    internal GatherWay On(ComputeAccelerator accelerator) =>
        !accelerator.IsHost ? ProductTable.Chooses(accelerator) ? GatherWay.Tiles : GatherWay.Separate
        : SkipsZeros ? GatherWay.Sparse
        : Slices > 1 && (long)Features * Outputs * sizeof(float) <= Slices * MatMul.LargestDirectBytes ? GatherWay.Dense
        : GatherWay.Separate;
}
