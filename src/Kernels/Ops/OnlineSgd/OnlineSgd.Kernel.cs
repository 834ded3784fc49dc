using ILGPU;

namespace Gpu.Kernels.Ops;

public sealed partial class OnlineSgd
{
    /// <summary>Ints of <see cref="Layout"/> before the first layer: layers, outputs of all layers, loss.</summary>
    private const int LayoutHead = 3;

    /// <summary>Ints of a layer in <see cref="Layout"/>.</summary>
    private const int LayerLength = 7;

    private const int LayerInputs = 0;
    private const int LayerOutputs = 1;
    private const int LayerActivation = 2;
    private const int LayerWeights = 3;
    private const int LayerBias = 4;
    private const int LayerY = 5;
    private const int LayerKept = 6;

    /// <summary>
    /// All steps of a launch by one lane, sample by sample: what the twin does, for devices that have none and as its
    /// measure. <paramref name="layout"/> holds the network, <paramref name="work"/> the outputs of all layers, their gradients,
    /// a row for the loss, and the sums of the layers whose activations keep them.
    /// </summary>
    public static void OnlineSgdKernel(Index1D i, ArrayView<byte> values, ArrayView<byte> labels, ArrayView<int> order,
        ArrayView<int> cursor, ArrayView<float> rates, ArrayView<int> layout, float scale, int skipCorrectAfter, int samples,
        ArrayView<float> parameters, ArrayView<float> work, ArrayView<float> totals, ArrayView<int> counts, ArrayView<float> control)
    {
        if (i > 0)
        {
            return;
        }

        int last = LayoutHead + ((layout[0] - 1) * LayerLength);
        for (int s = 0; s < samples; s++)
        {
            int sample = order[cursor[StepCursor.Sample]];
            int first = sample * layout[LayoutHead + LayerInputs];
            int label = labels[sample];
            Forward(values, first, scale, layout, parameters, work);
            int isCorrect = IsCorrect(work, layout[last + LayerY], layout[last + LayerOutputs], label);
            Add(RowLoss(layout[2], work, layout[last + LayerY], layout[1], layout[last + LayerOutputs], label), totals);
            counts[StepCounts.Correct] += isCorrect;
            if (!KernelMath.IsFinite(totals[0]))
            {
                counts[StepCounts.BadStep] = KernelMath.Min(counts[StepCounts.BadStep], cursor[StepCursor.Step]);
            }

            bool learns = isCorrect == 0 || cursor[StepCursor.GlobalStep] < skipCorrectAfter;
            if (learns)
            {
                Slope(layout, last, work);
                Backward(values, first, scale, -rates[cursor[StepCursor.Step]], layout, parameters, work);
            }

            if (s == samples - 1)
            {
                control[StepControl.Norm] = learns ? Norm(values, first, scale, layout, work) : 0f;
            }

            Advance(cursor);
        }
    }

    /// <summary>The cursor goes on to the next sample, a step of its own.</summary>
    public static void Advance(ArrayView<int> cursor)
    {
        cursor[StepCursor.Step] += 1;
        cursor[StepCursor.Sample] += 1;
        cursor[StepCursor.GlobalStep] += 1;
    }

    /// <summary>The outputs of all layers.</summary>
    public static void Forward(ArrayView<byte> values, int first, float scale, ArrayView<int> layout, ArrayView<float> parameters,
        ArrayView<float> work)
    {
        int layers = layout[0];
        for (int l = 0; l < layers; l++)
        {
            int layer = LayoutHead + (l * LayerLength);
            int outputs = layout[layer + LayerOutputs];
            for (int j = 0; j < outputs; j++)
            {
                int weights = layout[layer + LayerWeights] + j;
                float sum = l == 0
                    ? SumOfBytes(values, first, layout[layer + LayerInputs], scale, parameters, weights, outputs)
                    : Sum(work, layout[layer - LayerLength + LayerY], layout[layer + LayerInputs], parameters, weights, outputs, outputs);
                sum += parameters[layout[layer + LayerBias] + j];
                work[layout[layer + LayerKept] + j] = sum;
                work[layout[layer + LayerY] + j] = Activations.Apply((Activation)layout[layer + LayerActivation], sum);
            }
        }
    }

    /// <summary>The gradients of all layers, from the last one's on, and the step against them.</summary>
    public static void Backward(ArrayView<byte> values, int first, float scale, float factor, ArrayView<int> layout,
        ArrayView<float> parameters, ArrayView<float> work)
    {
        for (int l = layout[0] - 1; l >= 0; l--)
        {
            int layer = LayoutHead + (l * LayerLength);
            int inputs = layout[layer + LayerInputs];
            int outputs = layout[layer + LayerOutputs];
            int gradient = layout[1] + layout[layer + LayerY];
            if (l > 0)
            {
                int below = layout[layer - LayerLength + LayerY];
                for (int k = 0; k < inputs; k++)
                {
                    work[layout[1] + below + k] = Sum(work, gradient, outputs, parameters,
                        layout[layer + LayerWeights] + (k * outputs), 1, inputs);
                }

                Slope(layout, layer - LayerLength, work);
            }

            for (int j = 0; j < outputs; j++)
            {
                float change = work[gradient + j] * factor;
                parameters[layout[layer + LayerBias] + j] += change;
                for (int k = 0; k < inputs; k++)
                {
                    float x = l > 0 ? work[layout[layer - LayerLength + LayerY] + k] : values[first + k] * scale;
                    int weight = layout[layer + LayerWeights] + (k * outputs) + j;
                    if (l > 0 || x != 0f)
                    {
                        parameters[weight] = KernelMath.Fma(x, change, parameters[weight]);
                    }
                }
            }
        }
    }

    /// <summary>
    /// The norm of the gradient by all parameters. That by a layer's weights is x dy^T, whose squares add up to |x|^2 |dy|^2; the bias is
    /// one more input, of 1.
    /// </summary>
    public static float Norm(ArrayView<byte> values, int first, float scale, ArrayView<int> layout, ArrayView<float> work)
    {
        float total = 0f;
        for (int l = 0; l < layout[0]; l++)
        {
            int layer = LayoutHead + (l * LayerLength);
            float inputs = 0f;
            for (int k = 0; k < layout[layer + LayerInputs]; k++)
            {
                float x = l > 0 ? work[layout[layer - LayerLength + LayerY] + k] : values[first + k] * scale;
                inputs = KernelMath.Fma(x, x, inputs);
            }

            float gradients = 0f;
            for (int j = 0; j < layout[layer + LayerOutputs]; j++)
            {
                float dy = work[layout[1] + layout[layer + LayerY] + j];
                gradients = KernelMath.Fma(dy, dy, gradients);
            }

            total = KernelMath.Fma(inputs + 1f, gradients, total);
        }

        return KernelMath.Sqrt(total);
    }

    /// <summary>A layer's gradient by its outputs becomes that by its sums.</summary>
    public static void Slope(ArrayView<int> layout, int layer, ArrayView<float> work)
    {
        bool isIdentity = layout[layer + LayerActivation] == (int)Activation.Identity;
        int outputs = isIdentity ? 0 : layout[layer + LayerOutputs];
        for (int j = 0; j < outputs; j++)
        {
            int gradient = layout[1] + layout[layer + LayerY] + j;
            float slope = Activations.Derivative((Activation)layout[layer + LayerActivation], work[layout[layer + LayerKept] + j]);
            work[gradient] = KernelMath.FlushToZero(work[gradient] * slope);
        }
    }

    /// <summary>The sum of x[k] * parameters[weights + k * stride], ascending in k; up to 32 columns wide in four chains.</summary>
    public static float Sum(ArrayView<float> work, int x, int count, ArrayView<float> parameters, int weights, int stride, int columns)
    {
        float s0 = 0f, s1 = 0f, s2 = 0f, s3 = 0f;
        for (int k = 0; k < count; k++)
        {
            int chain = columns <= 32 ? k & 3 : 0;
            float value = work[x + k];
            float weight = parameters[weights + (k * stride)];
            s0 = chain == 0 ? KernelMath.Fma(value, weight, s0) : s0;
            s1 = chain == 1 ? KernelMath.Fma(value, weight, s1) : s1;
            s2 = chain == 2 ? KernelMath.Fma(value, weight, s2) : s2;
            s3 = chain == 3 ? KernelMath.Fma(value, weight, s3) : s3;
        }

        return (s0 + s1) + (s2 + s3);
    }

    /// <summary>The same over the bytes that are not 0; chains take turns from one of those to the next.</summary>
    public static float SumOfBytes(ArrayView<byte> values, int first, int count, float scale, ArrayView<float> parameters, int weights,
        int columns)
    {
        float s0 = 0f, s1 = 0f, s2 = 0f, s3 = 0f;
        int chain = 0;
        for (int k = 0; k < count; k++)
        {
            int value = values[first + k];
            if (value != 0)
            {
                float x = value * scale;
                float weight = parameters[weights + (k * columns)];
                s0 = chain == 0 ? KernelMath.Fma(x, weight, s0) : s0;
                s1 = chain == 1 ? KernelMath.Fma(x, weight, s1) : s1;
                s2 = chain == 2 ? KernelMath.Fma(x, weight, s2) : s2;
                s3 = chain == 3 ? KernelMath.Fma(x, weight, s3) : s3;
                chain = columns <= 32 ? (chain + 1) & 3 : 0;
            }
        }

        return (s0 + s1) + (s2 + s3);
    }

    /// <summary>The network as <see cref="OnlineSgdKernel"/> reads it.</summary>
    private static int[] Layout(OnlineNetwork network)
    {
        var layout = new List<int> { network.Layers.Count, network.Layers.Sum(l => l.Outputs), (int)network.Loss };
        var (weights, bias, y, kept) = (0, network.Weights, 0, RowEnd(network));
        for (var l = 0; l < network.Layers.Count; l++)
        {
            var (outputs, activation) = network.Layers[l];
            var keeps = Activations.KeepsSum(activation);
            layout.AddRange([network.Inputs(l), outputs, (int)activation, weights, bias, y, keeps ? kept : y]);
            kept += keeps ? outputs : 0;
            weights += network.Inputs(l) * outputs;
            bias += outputs;
            y += outputs;
        }

        return [.. layout];
    }

    /// <summary>Outputs and gradients of all layers, a row for the loss, and the sums that are kept.</summary>
    private static int WorkLength(OnlineNetwork network) =>
        RowEnd(network) + network.Layers.Where(l => Activations.KeepsSum(l.Activation)).Sum(l => l.Outputs);

    /// <summary>Where outputs, gradients and the row for the loss end.</summary>
    private static int RowEnd(OnlineNetwork network) => (2 * network.Layers.Sum(l => l.Outputs)) + network.Layers[^1].Outputs;
}
