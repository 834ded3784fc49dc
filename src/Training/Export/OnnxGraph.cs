using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Gpu.Training.Export;

/// <summary>A graph of ONNX in the making: inputs, constants, nodes and outputs, each under a name of its own. A batch is the first axis, of any length.</summary>
internal sealed class OnnxGraph
{
    /// <summary>The name of the batch's axis.</summary>
    private const string Batch = "batch";

    private readonly HashSet<string> _names = new(OnnxAnswers.Names, StringComparer.Ordinal);
    private readonly Dictionary<string, string> _constants = [];

    /// <summary>What is made.</summary>
    internal GraphProto Proto { get; } = new() { Name = "network" };

    /// <summary>Adds an input; its name is the one that is asked for, unless something has it already.</summary>
    internal string Input(string name, DataType type, params ReadOnlySpan<int> sizes)
    {
        var own = Unique(name);
        Proto.Input.Add(Describe(own, type, sizes));
        return own;
    }

    /// <summary>Adds an output, which some node must write.</summary>
    internal void Output(string name, DataType type, params ReadOnlySpan<int> sizes) => Proto.Output.Add(Describe(name, type, sizes));

    /// <summary>Adds a node; the name of what it gives.</summary>
    internal string Node(string operation, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes) =>
        NodeTo(Unique(operation.ToLowerInvariant()), operation, inputs, attributes);

    /// <summary>Adds a node that gives a value of some name.</summary>
    internal string NodeTo(string output, string operation, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        Proto.Node.Add(node);
        return output;
    }

    /// <summary>The same numbers as another type.</summary>
    internal string Cast(string value, DataType type) => Node("Cast", [value], Attribute("to", (int)type));

    /// <summary>A row of as many numbers each, or whatever else: -1 stands for the batch.</summary>
    internal string Reshape(string value, params long[] sizes) => Node("Reshape", [value, Integers(sizes)]);

    /// <summary>A number for all.</summary>
    internal string Number(double value) => Floats([(float)value]);

    /// <summary>Constants of single precision: one number, which goes with all sizes, or a row of them.</summary>
    internal string Floats(params ReadOnlySpan<float> values) => Constant(DataType.Float, MemoryMarshal.AsBytes(values), RowOf(values.Length));

    /// <summary>Constants of double precision, likewise.</summary>
    internal string Doubles(params ReadOnlySpan<double> values) => Constant(DataType.Double, MemoryMarshal.AsBytes(values), RowOf(values.Length));

    /// <summary>A list of whole numbers.</summary>
    internal string Integers(params ReadOnlySpan<long> values) => Constant(DataType.Int64, MemoryMarshal.AsBytes(values), [values.Length]);

    /// <summary>A row of texts.</summary>
    internal string Texts(IReadOnlyList<string> values)
    {
        var tensor = new TensorProto { Name = Unique("texts"), DataType = (int)DataType.String };
        tensor.Dims.AddRange([1, values.Count]);
        tensor.StringData.AddRange(values.Select(ByteString.CopyFromUtf8));
        Proto.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>A tensor of the model.</summary>
    internal string Tensor(string name, ReadOnlySpan<float> values, params IEnumerable<long> sizes)
    {
        var tensor = new TensorProto { Name = Unique(name), DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) };
        tensor.Dims.AddRange(sizes);
        Proto.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>A whole number that a node is told.</summary>
    internal static AttributeProto Attribute(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    /// <summary>A number that a node is told.</summary>
    internal static AttributeProto Attribute(string name, float value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    /// <summary>A list that a node is told.</summary>
    internal static AttributeProto Attribute(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    /// <summary>One number is a scalar, several are a row.</summary>
    private static long[] RowOf(int count) => count == 1 ? [] : [1, count];

    /// <summary>A constant, once, however often it is asked for. Numbers are little-endian, as the machines are that this runs on.</summary>
    private string Constant(DataType type, ReadOnlySpan<byte> bytes, long[] sizes)
    {
        var key = $"{type} {string.Join(' ', sizes)} {Convert.ToHexString(bytes)}";
        if (!_constants.TryGetValue(key, out var name))
        {
            var tensor = new TensorProto { Name = name = Unique("constant"), DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
            tensor.Dims.AddRange(sizes);
            Proto.Initializer.Add(tensor);
            _constants.Add(key, name);
        }

        return name;
    }

    private static ValueInfoProto Describe(string name, DataType type, ReadOnlySpan<int> sizes)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = Batch });
        foreach (var size in sizes)
        {
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }

    /// <summary>A name that nothing has yet; an empty one would mean that there is nothing.</summary>
    private string Unique(string name)
    {
        var own = name.Length == 0 ? "column" : name;
        for (var number = 2; !_names.Add(own); number++)
        {
            own = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
        }

        return own;
    }
}
