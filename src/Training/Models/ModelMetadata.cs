using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Models;

/// <summary>
/// What stands in a model file beside the weights, as texts: <c>format</c> and <c>format_version</c>; <c>layers</c>, sizes such
/// as 784-128-10; <c>activations</c>, one a layer; <c>loss</c>; <c>scale</c>, how a byte becomes an input; <c>image_height</c> and
/// <c>image_width</c>; <c>classes</c>; <c>device</c>, <c>seed</c> and <c>program_version</c> of the run; and <c>sha256</c>, over
/// lines <c>key=value</c> of all other texts in the order of their keys, then over the slab's bytes.
/// </summary>
internal sealed record ModelMetadata(NetworkShape Shape, PixelScaling Scaling, int ImageHeight, int ImageWidth, ModelOrigin Origin)
{
    private const string FormatKey = "format";
    private const string FormatName = "gpu-dense-network";
    private const string VersionKey = "format_version";
    private const string Version = "1";
    private const string LayersKey = "layers";
    private const string ActivationsKey = "activations";
    private const string LossKey = "loss";
    private const string ScaleKey = "scale";
    private const string HeightKey = "image_height";
    private const string WidthKey = "image_width";
    private const string ClassesKey = "classes";
    private const string DeviceKey = "device";
    private const string SeedKey = "seed";
    private const string ProgramKey = "program_version";
    private const string ChecksumKey = "sha256";

    /// <summary>The texts of a model, in the order in which they are written.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Of(Model model)
    {
        string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> texts =
        [
            new(FormatKey, FormatName),
            new(VersionKey, Version),
            new(LayersKey, model.Shape.ToString()),
            new(ActivationsKey, string.Join(',', model.Shape.Layers.Select(layer => NetworkNames.Of(layer.Activation)))),
            new(LossKey, NetworkNames.Of(model.Shape.Loss)),
            new(ScaleKey, model.Scaling.ToString()),
            new(HeightKey, Number(model.ImageHeight)),
            new(WidthKey, Number(model.ImageWidth)),
            new(ClassesKey, Number(model.Shape.Outputs)),
            new(DeviceKey, model.Origin.Device),
            new(SeedKey, model.Origin.Seed.ToString(CultureInfo.InvariantCulture)),
            new(ProgramKey, model.Origin.ProgramVersion),
        ];
        texts.Add(new(ChecksumKey, Checksum(texts, model.Parameters)));
        return texts;
    }

    /// <summary>Reads the texts of a file.</summary>
    /// <exception cref="TrainingException">One is missing or wrong, or they do not fit together.</exception>
    internal static ModelMetadata Parse(IReadOnlyDictionary<string, string> texts, string path)
    {
        if (texts.GetValueOrDefault(FormatKey) != FormatName)
        {
            throw TrainingException.BadModelFile(
                $"{path} was written by another program: expected {FormatKey} {FormatName} in its metadata, found {Quote(texts.GetValueOrDefault(FormatKey))}; models are made by gpu train.");
        }

        var source = new Source(texts, path);
        source.Require(VersionKey, text => text == Version ? text : null, $"{Version}: the file may be of a later version of this program");
        var shape = ReadShape(source);
        var height = source.RequireSize(HeightKey);
        var width = source.RequireSize(WidthKey);
        if ((long)height * width != shape.Inputs)
        {
            throw TrainingException.BadModelFile(
                $"{path}: expected images of as many pixels as the network {shape} has inputs, found {height} x {width}: the file is damaged.");
        }

        source.Require(ClassesKey, text => text == shape.Outputs.ToString(CultureInfo.InvariantCulture) ? text : null, $"{shape.Outputs}");
        var scaling = source.Require(ScaleKey, text => PixelScaling.TryParse(text, out var read) ? read : null, "unit, none or mean,deviation");
        var seed = source.Require(SeedKey, text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? text : null, "a whole number");
        var origin = new ModelOrigin(source.Require(DeviceKey, text => text, "a text"), ulong.Parse(seed, CultureInfo.InvariantCulture),
            source.Require(ProgramKey, text => text, "a text"));
        return new ModelMetadata(shape, scaling, height, width, origin);
    }

    /// <summary>The model of these texts and a slab.</summary>
    internal Model ToModel(float[] parameters) => new(Shape, parameters, Scaling, ImageHeight, ImageWidth, Origin);

    /// <summary>Checks that texts and weights are those that were written.</summary>
    /// <exception cref="TrainingException">They are not.</exception>
    internal static void CheckSum(Model model, IReadOnlyDictionary<string, string> texts, string path)
    {
        var expected = texts.GetValueOrDefault(ChecksumKey);
        var found = Checksum(texts.Where(text => text.Key != ChecksumKey), model.Parameters);
        if (expected != found)
        {
            throw TrainingException.BadModelFile(
                $"{path}: expected weights and settings of SHA-256 {Quote(expected)}, found {found}: the file was changed or is damaged; take it from its source again.");
        }
    }

    private static NetworkShape ReadShape(Source source)
    {
        const int mostLayers = 10_000;
        var sizes = source.Require(LayersKey, text => Sizes(text, mostLayers), "sizes such as 784-128-10");
        var activations = source.Require(ActivationsKey, text => Activations(text, sizes.Length - 1), $"{sizes.Length - 1} activations");
        var loss = source.Require(LossKey, text => NetworkNames.TryLoss(text, out var read) ? [read] : (Loss[]?)null, "a loss")[0];
        try
        {
            return new NetworkShape(activations.Select((activation, i) => new LayerShape(sizes[i], sizes[i + 1], activation)), loss);
        }
        catch (TrainingException cause)
        {
            throw TrainingException.BadModelFile($"{source.Path}: {cause.Message}", cause);
        }
    }

    private static int[]? Sizes(string text, int mostLayers)
    {
        var parts = text.Split('-');
        var sizes = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]))
            {
                return null;
            }
        }

        return sizes.Length >= 2 && sizes.Length <= mostLayers ? sizes : null;
    }

    private static Activation[]? Activations(string text, int count)
    {
        var names = text.Split(',');
        var activations = new Activation[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            if (!NetworkNames.TryActivation(names[i], out activations[i]))
            {
                return null;
            }
        }

        return activations.Length == count ? activations : null;
    }

    private static string Checksum(IEnumerable<KeyValuePair<string, string>> texts, float[] slab)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, value) in texts.OrderBy(text => text.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{key}={value}\n"));
        }

        const int chunk = 1 << 24;
        for (var first = 0; first < slab.Length; first += Math.Min(chunk, slab.Length - first))
        {
            hash.AppendData(MemoryMarshal.AsBytes(slab.AsSpan(first, Math.Min(chunk, slab.Length - first))));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Quote(string? text)
    {
        const int longest = 100;
        return text switch
        {
            null => "none",
            { Length: > longest } => $"\"{text[..longest]}...\"",
            _ => $"\"{text}\"",
        };
    }

    /// <summary>The texts of a file, each read with a message of its own.</summary>
    private readonly record struct Source(IReadOnlyDictionary<string, string> Texts, string Path)
    {
        internal T Require<T>(string key, Func<string, T?> read, string expected) where T : class
        {
            var text = Texts.GetValueOrDefault(key);
            return (text is null ? null : read(text)) ?? throw TrainingException.BadModelFile(
                $"{Path}: expected {key} in the metadata to be {expected}, found {Quote(text)}: the file is damaged or of another version.");
        }

        internal int RequireSize(string key)
        {
            var size = 0;
            Require(key, text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size > 0 ? text : null, "a size");
            return size;
        }
    }
}
