using Gpu.Training.Data;
using Gpu.Training.Layers;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Gpu.Training.Export;

/// <summary>
/// The columns of a table as inputs of a graph, of batch x 1 each under the column's name, and their encoding as nodes: a number, NaN where it is
/// missing; a day, as the number of days since 2000 began; a category, as text, empty where it is missing.
/// </summary>
internal static class OnnxColumns
{
    /// <summary>Adds the inputs and the encoding of all columns that are learned from.</summary>
    /// <returns>The inputs of the network, and the names of the columns' inputs in the graph.</returns>
    internal static (OnnxValue Encoded, IReadOnlyList<string> Names) Add(OnnxGraph graph, TableEncoding encoding)
    {
        ColumnEncoding[] used = [.. encoding.Columns.Where(column => column.Features.Count > 0)];

        // All inputs first, in the order of the table, so that they have their columns' names.
        string[] names = [.. used.Select(column => graph.Input(column.Name, column is CategoryEncoding ? DataType.String : DataType.Float, 1))];
        var cells = used.Zip(names).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);
        string[] parts = [.. encoding.Placed.SelectMany(placed => Encode(graph, placed.Column, cells[placed.Column.Name]))];
        var all = parts.Length == 1 ? parts[0] : graph.Node("Concat", parts, OnnxGraph.Attribute("axis", 1));
        return (new OnnxValue(all, SampleSize.Of(encoding.Features.Count)), names);
    }

    private static IEnumerable<string> Encode(OnnxGraph graph, ColumnEncoding column, string cells) => column switch
    {
        NumberEncoding number => Number(graph, number, cells),
        CategoryEncoding category => [Category(graph, category, cells)],
        _ => throw new NotSupportedException($"The encoding of the column '{column.Name}' ({column.Describe()}) has no nodes of ONNX."),
    };

    /// <summary>One-hot, or the number of the place, from 1 on, of which at most one is summed.</summary>
    private static string Category(OnnxGraph graph, CategoryEncoding category, string cells)
    {
        var isValue = graph.Cast(graph.Node("Equal", [cells, graph.Texts([.. category.Values.Select(value => value ?? "")])]), DataType.Float);
        return !category.IsEmbedded ? isValue : graph.Node(
            "MatMul", [isValue, graph.Tensor("places", [.. Enumerable.Range(1, category.Values.Count).Select(place => (float)place)], category.Values.Count, 1)]);
    }

    /// <summary>See <see cref="NumberEncoding"/> and <see cref="NumberBins"/>; in float64, as there.</summary>
    private static IEnumerable<string> Number(OnnxGraph graph, NumberEncoding number, string cells)
    {
        var isMissing = graph.Node("IsNaN", [cells]);
        var known = graph.Cast(graph.Node("Where", [isMissing, graph.Number(number.Median), cells]), DataType.Double);
        var z = graph.Node("Div", [graph.Node("Sub", [known, graph.Doubles(number.Median)]), graph.Doubles(number.Spread)]);
        var part = graph.Node("Div", [z, graph.Doubles(NumberEncoding.Reach)]);
        var root = graph.Node("Sqrt", [graph.Node("Add", [graph.Node("Mul", [part, part]), graph.Doubles(1)])]);
        yield return graph.Cast(graph.Node("Div", [z, root]), DataType.Float);
        if (number.HasFlag)
        {
            yield return graph.Cast(isMissing, DataType.Float);
        }

        if (number.Bins.Count > 0)
        {
            yield return Bins(graph, number.Bins, known);
        }
    }

    private static string Bins(OnnxGraph graph, NumberBins bins, string known)
    {
        double[] edges = [.. bins.Edges.Select(edge => (double)edge)];
        double[] widths = [.. edges.Skip(1).Zip(edges, (to, from) => to - from)];
        var share = graph.Node("Div", [graph.Node("Sub", [known, graph.Doubles(edges.AsSpan(0, bins.Count))]), graph.Doubles(widths)]);
        var within = graph.Node("Clip", [share, graph.Doubles(0), graph.Doubles(1)]);
        return graph.Node("Sub", [graph.Cast(within, DataType.Float), graph.Floats(bins.AtMedian)]);
    }
}
