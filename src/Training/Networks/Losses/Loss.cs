using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Networks;

/// <summary>
/// What a network is trained to make small: the mean over the samples of a batch. A loss is one file, which says by which heads it can take the
/// outputs, its launches, and its formula in float64; <see cref="Losses"/> lists them.
/// </summary>
public abstract record Loss
{
    /// <summary>A loss that takes the outputs by a head.</summary>
    protected Loss(LossHead head) => Head = head;

    /// <summary>See <see cref="CrossEntropyLoss"/>.</summary>
    public static Loss CrossEntropy { get; } = new CrossEntropyLoss();

    /// <summary>See <see cref="SquaredErrorLoss"/>; of probabilities.</summary>
    public static Loss MeanSquaredError { get; } = new SquaredErrorLoss();

    /// <summary>See <see cref="BinaryCrossEntropyLoss"/>.</summary>
    public static Loss BinaryCrossEntropy { get; } = new BinaryCrossEntropyLoss();

    /// <summary>How <c>--loss</c> names it.</summary>
    public abstract string Name { get; }

    /// <summary>The heads it can take the outputs by, the usual one first.</summary>
    public abstract IReadOnlyList<LossHead> Heads { get; }

    /// <summary>What the outputs of the last layer go through before it.</summary>
    public LossHead Head { get; init; }

    /// <summary>Whether classes can be learned by it.</summary>
    public virtual bool TakesClasses => true;

    /// <summary>Whether it knows label smoothing and weights of classes.</summary>
    public virtual bool TakesTerms => false;

    /// <summary>What it is called in the operations that have the last layer or all of a step in them; null where none has it.</summary>
    internal virtual LossFunction? Fused => null;

    /// <summary>Losses, answers and, where the batch has room for it, the gradient by the outputs, in one launch.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="batch">What it reads and writes.</param>
    /// <param name="terms">Label smoothing and weights of classes; null for none.</param>
    internal abstract Launch Prepare(ComputeAccelerator accelerator, LossBatch batch, LossTerms? terms);

    /// <summary>What the distance of an output from a quantity costs, where that is learned and no class; null where it cannot be.</summary>
    internal virtual RegressionKind? OfQuantities => null;

    /// <summary>The same in one launch, of quantities where there are some.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="batch">What it reads and writes; of quantities no labels.</param>
    /// <param name="targets">(m, n), the quantities; null where classes are learned.</param>
    /// <param name="terms">Label smoothing and weights of classes; null for none.</param>
    internal Launch Prepare(ComputeAccelerator accelerator, LossBatch batch, DeviceView<float>? targets, LossTerms? terms) => targets is { } quantities
        ? RegressionLoss.Prepare(accelerator, OfQuantities!.Value, new(batch.Logits, quantities, batch.M, batch.N, batch.Losses, batch.Correct, batch.Gradient))
        : Prepare(accelerator, batch, terms);

    /// <summary>The formula in float64, row by row, with its gradient.</summary>
    internal abstract LossReference Reference(double[] outputs, int[] labels, int rows, int classes, LossSettings settings);

    /// <summary>The formula of quantities in float64, row by row, with its gradient.</summary>
    internal (Bounded Losses, Bounded Gradient) Reference(double[] outputs, double[] targets, int rows) =>
        Reference64.Regression(OfQuantities!.Value, outputs, targets, rows, outputs.Length / rows);

    /// <summary>The same with a launch for each operation, in the order in which they are taught: softmax, the loss of what it gives, softmax backward.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="batch">With a gradient.</param>
    /// <param name="terms">Label smoothing and weights of classes; null for none.</param>
    /// <param name="room">Makes room for so many numbers.</param>
    internal IEnumerable<Launch> PrepareUnfused(ComputeAccelerator accelerator, LossBatch batch, LossTerms? terms, Func<int, DeviceView<float>> room)
    {
        if (terms is not null || Head != LossHead.Softmax)
        {
            yield return Prepare(accelerator, batch, terms);
            yield break;
        }

        var (p, gradient) = (room(batch.M * batch.N), batch.Gradient!.Value);
        yield return Softmax.PrepareForward(accelerator, batch.Logits, batch.M, batch.N, p);
        yield return PrepareOfProbabilities(accelerator, batch with { Logits = p });
        yield return Softmax.PrepareBackward(accelerator, p, gradient, batch.M, batch.N, gradient);
    }

    /// <summary>Numbers that <see cref="PrepareUnfused"/> wants room for.</summary>
    internal long ProbabilityCount(int rows, int classes) => Head == LossHead.Softmax ? (long)rows * classes : 0;

    /// <summary>The loss of probabilities, with the gradient by them, for losses behind softmax.</summary>
    private protected virtual Launch PrepareOfProbabilities(ComputeAccelerator accelerator, LossBatch batch) =>
        throw new NotSupportedException($"{Name} takes no probabilities.");

    /// <summary>Its name, with the head where that is not the usual one: <c>mse none</c>; <see cref="Losses.Parse"/> reads it.</summary>
    public sealed override string ToString() => Head == Heads[0] ? Name : $"{Name} {LossHeads.NameOf(Head)}";
}
