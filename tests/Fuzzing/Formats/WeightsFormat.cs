using Gpu.Kernels.Ops;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Models;
using Gpu.Training.Networks;

namespace Gpu.Fuzzing.Formats;

/// <summary>Weights by name, of a network for the tables of <see cref="CsvFormat"/>: four pixels, two classes.</summary>
internal abstract class WeightsFormat(string ending) : FileFormat
{
    private static readonly NetworkShape _shape = NetworkShape.Dense(4, [3], 2, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);

    private readonly WeightFormat _format = WeightFormats.All.Single(format => format.Name == ending);

    public override Failure Failure => Failure.Data;

    /// <summary>Weights that are finite may still be so large that a run diverges.</summary>
    public override IReadOnlyList<int> AcceptedCodes => [0, (int)Failure.Diverged];

    public override void Read(string path)
    {
        var slab = _format.Read(path).For(_shape);
        Require(slab.Length == _shape.ParameterCount && slab.All(float.IsFinite), "a weight is missing or not finite");
        var copy = path + ".copy";
        WeightFormats.Save(_format, copy, Model(slab));
        Require(_format.Read(copy).For(_shape).AsSpan().SequenceEqual(slab), "it does not come back as it was written");
    }

    public override string[] Command(string path, string helpers, string output) =>
    [
        "train", "--from", path, "--data", Path.Combine(helpers, "table.csv"), "--hidden", "3", "--out", output, "--epochs", "1", "--device", "cpu", "--threads", "1", "--no-report",
    ];

    /// <summary>What a file is called: by its ending it is told.</summary>
    protected string FileName => $"weights.{ending}";

    /// <summary>A file as the program writes it.</summary>
    protected byte[] Own()
    {
        using var stream = new MemoryStream();
        _format.Write(stream, Model(InitialWeights.Draw(_shape, WeightDistribution.Xavier, WeightDistribution.Constant(0.1f), 5)));
        return stream.ToArray();
    }

    private static Model Model(float[] slab) => new(_shape, slab, PixelScaling.Unit, 2, 2, new ModelOrigin("cpu", 5, "1.0.0"));
}
