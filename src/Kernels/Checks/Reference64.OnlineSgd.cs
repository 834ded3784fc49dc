using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>What <see cref="Reference64.OnlineSgd"/> yields.</summary>
/// <param name="Parameters">All weights, then all biases, after the last sample.</param>
/// <param name="LossSum">The sum of the samples' losses.</param>
/// <param name="Correct">How many samples were right before they were learned from.</param>
/// <param name="Norm">The L2 norm of the last sample's gradient by all parameters; 0 where it was not learned from.</param>
internal sealed record OnlineReference(Bounded Parameters, Tracked LossSum, int Correct, Tracked Norm);

public static partial class Reference64
{
    /// <summary>Plain descent, one sample after the other: samples are rows of inputs.</summary>
    internal static OnlineReference OnlineSgd(OnlineNetwork network, double[] parameters, double[][] samples, int[] labels, double[] rates,
        int globalStep)
    {
        Tracked[] current = [.. parameters.Select(p => (Tracked)p)];
        Tracked lossSum = 0;
        Tracked norm = 0;
        var correct = 0;
        for (var s = 0; s < samples.Length; s++)
        {
            Tracked[] x = [.. samples[s].Select(v => (Tracked)v)];
            var (inputs, sums, y) = OnlineForward(network, current, x);
            var (loss, gradient) = OnlineLossOf(network.Loss, y, labels[s]);
            var isCorrect = FirstMaximumIs([.. y.Select(v => v.Value)], labels[s]);
            lossSum += loss;
            correct += isCorrect;
            norm = 0;
            if (isCorrect == 0 || globalStep + s < network.SkipCorrectAfter)
            {
                (current, norm) = OnlineBackward(network, current, inputs, sums, gradient, rates[s]);
            }
        }

        return new(new([.. current.Select(p => p.Value)], [.. current.Select(p => p.Error)]), lossSum, correct, norm);
    }

    /// <summary>The inputs and sums of each layer, and the last one's outputs.</summary>
    private static (Tracked[][] Inputs, Tracked[][] Sums, Tracked[] Y) OnlineForward(OnlineNetwork network, Tracked[] parameters, Tracked[] x)
    {
        var (inputs, sums) = (new Tracked[network.Layers.Count][], new Tracked[network.Layers.Count][]);
        var (weights, bias) = (0, network.Weights);
        for (var l = 0; l < network.Layers.Count; l++)
        {
            var (outputs, activation) = network.Layers[l];
            var (input, firstWeight, firstBias) = (x, weights, bias);
            inputs[l] = input;
            sums[l] = [.. Enumerable.Range(0, outputs).Select(j => parameters[firstBias + j]
                + Tracked.Dot(input.Select((v, k) => (v, parameters[firstWeight + (k * outputs) + j])).Where(t => t.v != 0)))];
            x = [.. sums[l].Select(a => Activated(activation, a))];
            weights += input.Length * outputs;
            bias += outputs;
        }

        return (inputs, sums, x);
    }

    /// <summary>The parameters after a step against the gradient, which comes in as that by the last outputs, and its norm.</summary>
    private static (Tracked[] Parameters, Tracked Norm) OnlineBackward(OnlineNetwork network, Tracked[] parameters, Tracked[][] inputs, Tracked[][] sums,
        Tracked[] gradient, double rate)
    {
        var updated = parameters.ToArray();
        var (weights, bias) = (network.Weights, parameters.Length);
        Tracked squares = 0;
        for (var l = network.Layers.Count - 1; l >= 0; l--)
        {
            var (outputs, activation) = network.Layers[l];
            weights -= inputs[l].Length * outputs;
            bias -= outputs;
            Tracked[] da = [.. gradient.Select((g, j) => g * Slope(activation, sums[l][j]))];
            var firstWeight = weights;
            squares += (Tracked.Dot(inputs[l].Zip(inputs[l])) + 1) * Tracked.Dot(da.Zip(da));
            gradient = [.. Enumerable.Range(0, inputs[l].Length).Select(k =>
                Tracked.Dot(da.Select((d, j) => (d, parameters[firstWeight + (k * outputs) + j]))))];
            for (var j = 0; j < outputs; j++)
            {
                updated[bias + j] -= da[j] * rate;
                for (var k = 0; k < inputs[l].Length; k++)
                {
                    updated[weights + (k * outputs) + j] -= da[j] * rate * inputs[l][k];
                }
            }
        }

        return (updated, Tracked.Sqrt(squares));
    }

    /// <summary>The loss of one sample and its gradient by the outputs.</summary>
    private static (Tracked Loss, Tracked[] Gradient) OnlineLossOf(LossFunction loss, Tracked[] y, int label)
    {
        Tracked Target(int j) => j == label ? 1 : 0;
        Tracked n = y.Length;
        if (loss == LossFunction.BinaryCrossEntropy)
        {
            var terms = y.Select((a, j) => new Tracked(Math.Max(a.Value, 0), a.Error) - (a * Target(j))
                + Tracked.Apply(Math.Log, 1 + Tracked.Apply(Math.Exp, new Tracked(-Math.Abs(a.Value), a.Error))));
            return (Tracked.Sum(terms) / n, [.. y.Select((a, j) => (Activated(Activation.Sigmoid, a) - Target(j)) / n)]);
        }

        var max = y.MaxBy(a => a.Value);
        Tracked[] e = [.. y.Select(a => Tracked.Apply(Math.Exp, a - max))];
        var sum = Tracked.Sum(e);
        Tracked[] p = [.. e.Select(v => v / sum)];
        if (loss == LossFunction.SoftmaxCrossEntropy)
        {
            return (Tracked.Apply(Math.Log, sum) - (y[label] - max), [.. p.Select((v, j) => v - Target(j))]);
        }

        var (error, dp) = SquaredError(p);
        var dot = Tracked.Dot(p.Zip(dp));
        return (error, [.. p.Zip(dp, (v, d) => v * (d - dot))]);

        (Tracked Loss, Tracked[] Gradient) SquaredError(Tracked[] o)
        {
            Tracked[] d = [.. o.Select((v, j) => v - Target(j))];
            return (Tracked.Dot(d.Zip(d)) / n, [.. d.Select(v => v * 2 / n)]);
        }
    }
}
