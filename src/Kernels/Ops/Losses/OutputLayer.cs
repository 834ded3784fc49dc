using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A narrow last layer in one launch, for devices on which a launch costs more than this layer's arithmetic: product, bias and
/// activation, loss, gradient, and the gradient of the layer below. A group has one row of the batch; its lanes take turns with the
/// terms of the products, and their sums are added in an order that depends on the sizes alone. What follows the products has the
/// bits of the separate operations on the same sums.
/// </summary>
public static partial class OutputLayer
{
    /// <summary>The most outputs that a group can keep.</summary>
    public const int MostOutputs = Lanes;

    /// <summary>One launch.</summary>
    public const string Fused = "fused";

    /// <summary>A launch for each operation.</summary>
    public const string Launches = "launches";

    private const string Operation = "output-layer";

    private static readonly ActivationKernels _kernel = new(OutputLayerKernel<Identity, Identity, CrossEntropyLoss>);

    /// <summary>What can be forced, as <c>GPU_FORCE_OUTPUT_LAYER</c> names it.</summary>
    public static OperationVariants Choices { get; } = new(Operation, [Fused, Launches]);

    /// <summary>
    /// Whether the layer is to run as one launch: on devices that are not the processor, by its width, unless <c>GPU_FORCE_OUTPUT_LAYER</c>
    /// says otherwise.
    /// </summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="outputs">Outputs of the layer.</param>
    /// <exception cref="DeviceException">One launch is forced, and the device or the layer's width does not allow it.</exception>
    public static bool Suits(ComputeAccelerator accelerator, int outputs)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var can = outputs <= MostOutputs && accelerator.Traits.LargestGroup >= Lanes;
        return accelerator.Variants.Forced(Choices) switch
        {
            Launches => false,
            Fused => can ? true : throw new DeviceException(
                $"{Choices.Variable}={Fused}: expected at most {MostOutputs} outputs of the network and groups of {Lanes} lanes, found {outputs} and groups "
                + $"of {accelerator.Traits.LargestGroup}: unset it."),
            _ => can && !accelerator.IsHost,
        };
    }

    /// <summary>Prepares the layer.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="settings">Sizes and kinds.</param>
    /// <param name="memory">What it reads and writes.</param>
    /// <exception cref="ArgumentException">A view has another size, or there are more than <see cref="MostOutputs"/> outputs.</exception>
    public static Launch Prepare(ComputeAccelerator accelerator, OutputLayerSettings settings, OutputLayerMemory memory)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(memory);
        var (m, k, n) = (settings.Rows, settings.Inputs, settings.Outputs);
        RequireShapes(m, k, n, memory);
        var kernel = _kernel.Of(ActivationList.TypeOf(settings.Activation), ActivationList.TypeOf(settings.InputActivation), TypeOf(settings.Loss));
        return accelerator.Prepare(kernel, LaunchShape.Groups(m, 1, Lanes, 1), memory.X, memory.XKept, memory.Weights, memory.Bias,
            memory.Labels, memory.Order, memory.Cursor, settings.SkipCorrectAfter, k, n, memory.Losses, memory.Correct, memory.Dy, memory.Dx);
    }

    private static void RequireShapes(int m, int k, int n, OutputLayerMemory memory)
    {
        Require.Positive(m, Operation);
        Require.Positive(k, Operation);
        Require.Positive(n, Operation);
        if (n > MostOutputs)
        {
            throw new ArgumentException($"{Operation}: a layer of at most {MostOutputs} outputs was expected, it has {n}.", nameof(n));
        }

        Require.Matrix(memory.X, m, k, Operation);
        Require.Matrix(memory.XKept, m, k, Operation);
        Require.Matrix(memory.Weights, k, n, Operation);
        Require.Length(memory.Bias, n, Operation);
        Require.AtLeast(memory.Order, m, Operation);
        Require.Length(memory.Cursor, StepCursor.Length, Operation);
        Require.Length(memory.Losses, m, Operation);
        Require.Length(memory.Correct, m, Operation);
        Require.Matrix(memory.Dy, m, n, Operation);
        Require.Matrix(memory.Dx, m, k, Operation);
    }
}
