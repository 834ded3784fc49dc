using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Networks;

/// <summary>What the outputs of the last layer go through before the loss, and become probabilities by.</summary>
public enum LossHead
{
    /// <summary>Softmax over the classes.</summary>
    Softmax = 0,

    /// <summary>The sigmoid of each output by itself.</summary>
    Sigmoid = 1,

    /// <summary>Nothing: what comes out of the last layer, behind its activation, is the answer.</summary>
    None = 2,
}

/// <summary>The heads by name, and as launches.</summary>
public static class LossHeads
{
    /// <summary>The names, in the order of their values.</summary>
    public static IReadOnlyList<string> Names { get; } = ["softmax", "sigmoid", "none"];

    /// <summary>The name of a head.</summary>
    public static string NameOf(LossHead head) => Names[(int)head];

    /// <summary>The answers from the outputs: probabilities, or with no head the outputs as they are.</summary>
    /// <param name="head">The head.</param>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="outputs">Rows x classes.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="answers">Rows x classes, written.</param>
    internal static Launch Prepare(
        this LossHead head, ComputeAccelerator accelerator, DeviceView<float> outputs, int rows, int classes, DeviceView<float> answers)
    {
        return head switch
        {
            LossHead.Softmax => Softmax.PrepareForward(accelerator, outputs, rows, classes, answers),
            LossHead.Sigmoid => Activations.PrepareForward(accelerator, Activation.Sigmoid, outputs, answers),
            _ => Copy.Prepare(accelerator, outputs, answers),
        };
    }
}
