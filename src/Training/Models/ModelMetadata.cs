using System.Globalization;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Models;

/// <summary>
/// What stands in a model file beside the weights, as texts: those of <see cref="NetworkTexts"/>; <c>scale</c>, how a byte becomes an input; <c>image_height</c> and <c>image_width</c>; <c>classes</c>;
/// <c>device</c>, <c>seed</c> and <c>program_version</c> of the run; <c>input_mean</c>, the mean of the training samples, which older files lack; the
/// names of <see cref="ModelNames"/>, where the data had some; <c>table</c>, how a table becomes inputs, where it was one. <see cref="MetadataTexts"/> has what all files have.
/// </summary>
internal sealed record ModelMetadata(
    NetworkShape Shape, PixelScaling Scaling, int ImageHeight, int ImageWidth, ModelOrigin Origin, double? InputMean, ModelNames Names,
    ModelTable? Table)
{
    private const string ScaleKey = "scale";
    private const string HeightKey = "image_height";
    private const string WidthKey = "image_width";
    private const string ClassesKey = "classes";
    private const string DeviceKey = "device";
    private const string SeedKey = "seed";
    private const string ProgramKey = "program_version";
    private const string MeanKey = "input_mean";
    private const string TableKey = "table";

    /// <summary>The texts of a model, in the order in which they are written, without the checksum.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Of(Model model) =>
    [
        .. NetworkTexts.Of(model.Shape),
        new(ScaleKey, model.Scaling.ToString()),
        new(HeightKey, MetadataTexts.Text(model.ImageHeight)),
        new(WidthKey, MetadataTexts.Text(model.ImageWidth)),
        new(ClassesKey, MetadataTexts.Text(model.Shape.Outputs)),
        new(DeviceKey, model.Origin.Device),
        new(SeedKey, MetadataTexts.Text(model.Origin.Seed)),
        new(ProgramKey, model.Origin.ProgramVersion),
        .. model.InputMean is { } mean ? new[] { KeyValuePair.Create(MeanKey, MetadataTexts.Text(mean)) } : [],
        .. model.Names.Texts(),
        .. model.Table is { } table ? new[] { KeyValuePair.Create(TableKey, table.ToText()) } : [],
    ];

    /// <summary>Reads the texts of a file.</summary>
    /// <exception cref="TrainingException">One is missing or wrong, or they do not fit together.</exception>
    internal static ModelMetadata Parse(MetadataTexts source)
    {
        var shape = NetworkTexts.Read(source);
        var height = source.RequireInteger(HeightKey, least: 1);
        var width = source.RequireInteger(WidthKey, least: 1);
        if ((long)height * width != shape.Inputs)
        {
            throw TrainingException.BadModelFile(
                $"{source.Path}: expected images of as many pixels as the network {shape} has inputs, found {height} x {width}: the file is damaged.");
        }

        source.Require(ClassesKey, text => text == shape.Outputs.ToString(CultureInfo.InvariantCulture) ? text : null, $"{shape.Outputs}");
        var scaling = source.Require(ScaleKey, text => PixelScaling.TryParse(text, out var read) ? read : null, "unit, none or mean,deviation");
        var seed = source.Require(SeedKey, text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? text : null, "a whole number");
        var origin = new ModelOrigin(source.RequireText(DeviceKey), ulong.Parse(seed, CultureInfo.InvariantCulture), source.RequireText(ProgramKey));
        var mean = source.Texts.ContainsKey(MeanKey) ? source.RequireDouble(MeanKey) : (double?)null;
        var names = ModelNames.Parse(source, shape.Inputs, shape.Outputs);
        return new ModelMetadata(shape, scaling, height, width, origin, mean, names, ReadTable(source, shape, names));
    }

    /// <summary>The model of these texts and a slab.</summary>
    internal Model ToModel(float[] parameters) =>
        new(Shape, parameters, Scaling, ImageHeight, ImageWidth, Origin) { InputMean = InputMean, Names = Names, Table = Table };

    private static ModelTable? ReadTable(MetadataTexts source, NetworkShape shape, ModelNames names)
    {
        if (source.Texts.GetValueOrDefault(TableKey) is not { } text)
        {
            return null;
        }

        var table = ModelTable.Parse(source.Path, text, names.Classes);
        if (table.Encoding.Target is not null && (shape.Outputs != 1 || shape.Loss.OfQuantities is null))
        {
            throw TrainingException.BadModelFile(
                $"{source.Path}: expected one output and a loss of quantities, because a quantity is answered, found {shape.Outputs:N0} and the loss {shape.Loss}: the file is damaged.");
        }

        if (table.Encoding.EmbeddedValues is { Count: > 0 } values && (shape.Layers[0] is not EmbeddingLayer vectors || !vectors.Values.SequenceEqual(values)))
        {
            throw TrainingException.BadModelFile(
                $"{source.Path}: expected a first layer with vectors for {string.Join(", ", values)} values, which the encoding numbers, found \"{shape.Layers[0].Words}\": the file is damaged.");
        }

        return table.Encoding.Features.Count == shape.Inputs ? table : throw TrainingException.BadModelFile(
            $"{source.Path}: expected an encoding that makes the {shape.Inputs:N0} inputs of the network, found one that makes {table.Encoding.Features.Count:N0}: the file is damaged.");
    }
}
