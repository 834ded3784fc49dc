using Gpu.Kernels.Ops;
using Gpu.Training.Networks;

namespace Gpu.Training.Export;

/// <summary>The activations as nodes of ONNX. Where ONNX has one only since a later version, or with other numbers, it is put together from simpler ones.</summary>
internal static class OnnxActivations
{
    /// <summary>Applies an activation; the name of what it gives.</summary>
    /// <exception cref="NotSupportedException">It has no nodes here: a test goes through all there are.</exception>
    internal static string Activation(this OnnxGraph graph, Activation activation, string x)
    {
        string Product(string left, string right) => graph.Node("Mul", [left, right]);
        return activation switch
        {
            Kernels.Ops.Activation.Identity => x,
            Kernels.Ops.Activation.Relu => graph.Node("Relu", [x]),
            Kernels.Ops.Activation.LeakyRelu => graph.Node("LeakyRelu", [x], OnnxGraph.Attribute("alpha", 0.01f)),
            Kernels.Ops.Activation.Sigmoid => graph.Node("Sigmoid", [x]),
            Kernels.Ops.Activation.Tanh => graph.Node("Tanh", [x]),
            Kernels.Ops.Activation.ScaledTanh => Product(graph.Number(1.7159), graph.Node("Tanh", [Product(graph.Number(2.0 / 3), x)])),
            Kernels.Ops.Activation.Elu => graph.Node("Elu", [x], OnnxGraph.Attribute("alpha", 1f)),
            Kernels.Ops.Activation.Selu => graph.Node(
                "Selu", [x], OnnxGraph.Attribute("alpha", 1.6732632423543772f), OnnxGraph.Attribute("gamma", 1.0507009873554805f)),
            Kernels.Ops.Activation.Softplus => graph.Node("Softplus", [x]),
            Kernels.Ops.Activation.Silu => Product(x, graph.Node("Sigmoid", [x])),
            Kernels.Ops.Activation.Gelu => Gelu(graph, x),
            Kernels.Ops.Activation.GeluTanh => GeluTanh(graph, x),
            Kernels.Ops.Activation.Mish => Product(x, graph.Node("Tanh", [graph.Node("Softplus", [x])])),
            _ => throw new NotSupportedException($"The activation {NetworkNames.Of(activation)} has no nodes of ONNX."),
        };
    }

    /// <summary>x (1 + erf(x / sqrt 2)) / 2.</summary>
    private static string Gelu(OnnxGraph graph, string x)
    {
        var erf = graph.Node("Erf", [graph.Node("Mul", [x, graph.Number(Math.Sqrt(0.5))])]);
        return graph.Node("Mul", [graph.Node("Mul", [x, graph.Node("Add", [erf, graph.Number(1)])]), graph.Number(0.5)]);
    }

    /// <summary>x s(2 sqrt(2 / pi) (x + 0.044715 x^3)), as the kernel has it.</summary>
    private static string GeluTanh(OnnxGraph graph, string x)
    {
        var linear = 2 * Math.Sqrt(2 / Math.PI);
        var square = graph.Node("Mul", [graph.Node("Mul", [x, x]), graph.Number(0.044715 * linear)]);
        var inner = graph.Node("Mul", [x, graph.Node("Add", [square, graph.Number(linear)])]);
        return graph.Node("Mul", [x, graph.Node("Sigmoid", [inner])]);
    }
}
