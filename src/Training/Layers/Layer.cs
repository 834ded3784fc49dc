using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;

namespace Gpu.Training.Layers;

/// <summary>
/// A layer of a network between two sizes. A kind of layer is one file that says all about it: its words in a recipe, sizes, parameters,
/// memory, launches forward and backward, its formula in float64, and its nodes of ONNX. Networks, trainer, memory plan, files and <c>summary</c> walk the
/// list of layers and know no kind.
/// </summary>
public abstract record Layer
{
    /// <summary>What goes in for each sample.</summary>
    public abstract SampleSize Input { get; }

    /// <summary>What comes out for each sample.</summary>
    public abstract SampleSize Output { get; }

    /// <summary>Numbers that go in for each sample.</summary>
    public int Inputs => Input.Count;

    /// <summary>Numbers that come out for each sample.</summary>
    public int Outputs => Output.Count;

    /// <summary>What is applied to the sums before they go out.</summary>
    public virtual Activation Activation { get; init; } = Activation.Identity;

    /// <summary>The layer in a recipe's words, such as <c>dense 128 relu</c>, from which it can be read again.</summary>
    public abstract string Words { get; }

    /// <summary>Its tensors, in the order of its files; at most one is a weight.</summary>
    public virtual IReadOnlyList<ParameterTensor> Tensors => [];

    /// <summary>Multiply-adds forward for each sample.</summary>
    public virtual long MultiplyAdds => 0;

    /// <summary>Its learned numbers and statistics.</summary>
    public long ParameterCount => Tensors.Sum(tensor => tensor.Count);

    /// <summary>Whether plain descent can change its tensors in the launch that makes their gradient; see <see cref="LayerWork.Update"/>.</summary>
    internal virtual bool UpdatesInPlace => false;

    /// <summary>What it takes on a device, for batches of some size.</summary>
    /// <param name="accelerator">The device; null for any, without what operations need beside their arguments.</param>
    /// <param name="rows">Samples of a batch.</param>
    public abstract LayerMemory Memory(ComputeAccelerator? accelerator, int rows);

    /// <summary>The device, to be asked what operations need beside their arguments; null where a batch is larger than any buffer, so that nothing runs.</summary>
    protected ComputeAccelerator? Runs(ComputeAccelerator? accelerator, int rows)
    {
        // Operations that pack a matrix round its sizes up to whole tiles.
        const long tile = 512;
        return (rows + tile) * (Math.Max(Inputs, Outputs) + tile) <= Array.MaxLength ? accelerator : null;
    }

    /// <summary>Allocates what it needs at its place, and binds it.</summary>
    internal abstract LayerWork Begin(LayerPlace place);

    /// <summary>The formula in float64, for the finite differences that gradients are held against.</summary>
    /// <param name="x">Rows x inputs.</param>
    /// <param name="tensors">Its tensors.</param>
    /// <param name="place">How many samples there are, and what a layer draws from.</param>
    /// <returns>Rows x outputs, as a step of training makes them.</returns>
    internal abstract double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place);

    /// <summary>Its nodes in a graph of ONNX, as evaluation computes it.</summary>
    /// <returns>What it gives.</returns>
    internal abstract OnnxValue Export(OnnxPlace place);
}

/// <summary>Where a layer is computed in float64.</summary>
/// <param name="Rows">Samples.</param>
/// <param name="Index">The layer's number, from 0.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Step">The step, counted from the start of the run.</param>
internal readonly record struct ReferencePlace(int Rows, int Index, ulong Seed, int Step);
