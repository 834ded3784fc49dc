using System.Runtime.InteropServices;
using System.Text.Json;
using Gpu.Host.Reports;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Models;
using Gpu.Training.Networks;

namespace Gpu.Host.RunReport;

/// <summary>What a page needs to answer drawn signs by itself: the layers, and their numbers as base64 of little-endian floats.</summary>
internal static class Drawing
{
    private const int MostParameters = 500_000;

    /// <summary>Whether a model is small enough, answers images that a drawing can be fitted into, and has only layers that the page knows.</summary>
    internal static bool Fits(Model model) => model.Shape.ParameterCount <= MostParameters && DrawnPictures.CanFit(model.ImageHeight, model.ImageWidth)
        && model.Shape.Layers.All(layer => KindOf(layer) is not null);

    /// <summary>Adds the network to the numbers of a page.</summary>
    internal static void Write(Utf8JsonWriter json, Model model)
    {
        json.WriteStartObject("network");
        json.WriteNumber("side", model.ImageHeight);
        json.WriteBoolean("isLightPaper", model.InputMean > 0.5);
        json.Number("scale", model.Scaling.Scale);
        json.Number("offset", model.Scaling.Offset);
        json.WriteString("head", LossHeads.NameOf(model.Shape.Loss.Head));
        json.WriteStartArray("layers");
        foreach (var (index, layer) in model.Shape.Layers.Index())
        {
            WriteLayer(json, model, index, layer);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What the page calls a layer; null for one that it has no formula of.</summary>
    private static string? KindOf(Layer layer) => layer switch
    {
        DenseLayer => "dense",
        ConvolutionLayer => "convolution",
        MaxPoolLayer => "largest",
        AveragePoolLayer or GlobalAveragePoolLayer => "mean",
        BatchNormLayer => "normalisation",
        DropoutLayer or FlattenLayer => "same",
        ActivationLayer => "activation",
        LayerNormLayer => "normalisedSample",
        SoftmaxLayer => "shares",
        LeakyReluLayer => "leaky",
        _ => null,
    };

    private static void WriteLayer(Utf8JsonWriter json, Model model, int index, Layer layer)
    {
        json.WriteStartObject();
        json.WriteString("kind", KindOf(layer));
        json.WriteNumber("inputs", layer.Inputs);
        json.WriteNumber("outputs", layer.Outputs);
        json.WriteNumber("channels", layer.Input.Channels);
        json.WriteString("activation", NetworkNames.Of(layer.Activation));
        if (layer is LeakyReluLayer leaky)
        {
            json.WriteNumber("slope", leaky.Slope);
        }

        if (WindowOf(layer) is { } window)
        {
            Extent(json, "image", window.Image);
            Extent(json, "output", window.Output);
            Extent(json, "kernel", window.Kernel);
            Extent(json, "stride", window.Stride);
            Extent(json, "padding", window.Padding);
        }

        json.WriteStartArray("tensors");
        foreach (var tensor in model.Shape.TensorsOf(index))
        {
            json.WriteBase64StringValue(MemoryMarshal.AsBytes(model.Parameters.AsSpan(tensor.Offset, tensor.Length)));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static Window? WindowOf(Layer layer) => layer switch
    {
        ConvolutionLayer convolution => convolution.Shape,
        MaxPoolLayer pooling => pooling.Window,
        AveragePoolLayer pooling => pooling.Window,
        GlobalAveragePoolLayer pooling => pooling.Window,
        _ => null,
    };

    private static void Extent(Utf8JsonWriter json, string name, Extent extent)
    {
        json.WriteStartArray(name);
        json.WriteNumberValue(extent.Height);
        json.WriteNumberValue(extent.Width);
        json.WriteEndArray();
    }
}
