using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Models;
using Gpu.Training.Networks;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Gpu.Training.Export;

/// <summary>
/// What a graph answers: of classes the number of the first of the largest outputs and all probabilities, as <see cref="Loop.AnswerBatch"/> has
/// them; of a quantity its value.
/// </summary>
internal static class OnnxAnswers
{
    private const string Label = "label";
    private const string Probabilities = "probabilities";
    private const string Value = "value";

    /// <summary>The names of the outputs, which nothing else may have.</summary>
    internal static IReadOnlyList<string> Names { get; } = [Label, Probabilities, Value];

    /// <summary>Adds the head of the loss and the outputs.</summary>
    internal static void Add(OnnxGraph graph, Model model, OnnxValue last)
    {
        var outputs = new OnnxPlace(graph, last, []).X(SampleSize.Of(model.Shape.Outputs));
        if (model.Table?.Encoding.Target is { } quantity)
        {
            AddQuantity(graph, quantity, outputs);
            return;
        }

        graph.NodeTo(Label, "ArgMax", [outputs], OnnxGraph.Attribute("axis", 1), OnnxGraph.Attribute("keepdims", 0));
        graph.Output(Label, DataType.Int64);
        switch (model.Shape.Loss.Head)
        {
            case LossHead.Softmax:
                graph.NodeTo(Probabilities, "Softmax", [outputs], OnnxGraph.Attribute("axis", 1));
                break;
            case LossHead.Sigmoid:
                graph.NodeTo(Probabilities, "Sigmoid", [outputs]);
                break;
            default:
                graph.NodeTo(Probabilities, "Identity", [outputs]);
                break;
        }

        graph.Output(Probabilities, DataType.Float, model.Shape.Outputs);
    }

    /// <summary>In float64, as <see cref="TargetEncoding.Decode"/>: quantities may be large beside their deviation.</summary>
    private static void AddQuantity(OnnxGraph graph, TargetEncoding quantity, string outputs)
    {
        var standard = graph.Cast(graph.Reshape(outputs, -1), DataType.Double);
        var product = graph.Node("Mul", [standard, graph.Doubles(quantity.Deviation)]);
        graph.NodeTo(Value, "Cast", [graph.Node("Add", [product, graph.Doubles(quantity.Mean)])], OnnxGraph.Attribute("to", (int)DataType.Float));
        graph.Output(Value, DataType.Float);
    }
}
