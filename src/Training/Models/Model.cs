using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Models;

/// <summary>What a model was trained with. Nothing of it changes what the model answers.</summary>
/// <param name="Device">The kind of device, such as <c>cpu</c>.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="ProgramVersion">The version of this program.</param>
public sealed record ModelOrigin(string Device, ulong Seed, string ProgramVersion);

/// <summary>A network with its parameters, and what must be done to an image before it is shown to it.</summary>
public sealed class Model
{
    /// <summary>A model; its parts must fit together.</summary>
    /// <param name="shape">The network.</param>
    /// <param name="parameters">The slab: all weights, then all biases.</param>
    /// <param name="scaling">How a byte becomes an input.</param>
    /// <param name="imageHeight">Rows of an image.</param>
    /// <param name="imageWidth">Columns of an image; rows times columns are the network's inputs.</param>
    /// <param name="origin">What it was trained with.</param>
    /// <exception cref="ArgumentException">The slab or the image has another size than the network.</exception>
    public Model(NetworkShape shape, float[] parameters, PixelScaling scaling, int imageHeight, int imageWidth, ModelOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Length != shape.ParameterCount)
        {
            throw new ArgumentException(
                $"The network {shape} has {shape.ParameterCount} parameters, found {parameters.Length}.", nameof(parameters));
        }

        if (imageHeight < 1 || imageWidth < 1 || (long)imageHeight * imageWidth != shape.Inputs)
        {
            throw new ArgumentException(
                $"The network {shape} has {shape.Inputs} inputs, found images of {imageHeight} x {imageWidth}.", nameof(imageHeight));
        }

        (Shape, Parameters, Scaling, Origin) = (shape, parameters, scaling, origin);
        (ImageHeight, ImageWidth) = (imageHeight, imageWidth);
    }

    /// <summary>The network.</summary>
    public NetworkShape Shape { get; }

    /// <summary>The slab: all weights, layer by layer, then all biases; see <see cref="NetworkShape"/>.</summary>
    public float[] Parameters { get; private set; }

    /// <summary>How a byte becomes an input.</summary>
    public PixelScaling Scaling { get; }

    /// <summary>Rows of an image; 1 where samples are no images.</summary>
    public int ImageHeight { get; }

    /// <summary>Columns of an image.</summary>
    public int ImageWidth { get; }

    /// <summary>What it was trained with.</summary>
    public ModelOrigin Origin { get; }

    /// <summary>The mean of the training samples, as <see cref="Ink.Mean"/> gives it; null in a file that does not say.</summary>
    public double? InputMean { get; init; }

    /// <summary>How a table becomes the inputs; null where the model answers samples of bytes.</summary>
    public ModelTable? Table { get; init; }

    /// <summary>What the training data called its columns and classes.</summary>
    public ModelNames Names { get; init; } = new();

    /// <summary>The same model with other parameters, as many.</summary>
    internal Model With(float[] parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Length, Parameters.Length);
        var other = (Model)MemberwiseClone();
        other.Parameters = parameters;
        return other;
    }
}
