using Gpu.Training;
using Gpu.Training.Data;

namespace Gpu.Fuzzing.Formats;

/// <summary>Formats of samples: one file, one with labels beside it, or a folder.</summary>
internal abstract class DataFormat : FileFormat
{
    public override Failure Failure => Failure.Data;

    public override void Read(string path)
    {
        if (Directory.Exists(path))
        {
            var data = DataSource.Load(path);
            Check(data.Train);
            Check(data.Test ?? data.Train);
            Require((data.Test ?? data.Train).Features == data.Train.Features, "test samples have another size");
            return;
        }

        Check(DataSource.LoadSamples(path));
    }

    public override string[] Command(string path, string helpers, string output) =>
        ["predict", Path.Combine(helpers, "model.safetensors"), "--data", path, "--device", "cpu", "--threads", "1"];

    /// <summary>What is right in itself may still be of another size than the network.</summary>
    public override IReadOnlyList<int> AcceptedCodes => [0, (int)Failure.Data];

    private static void Check(DataSet data)
    {
        Require(data.Count > 0 && data.Features > 0, "there is no sample");
        Require(data.Values.LongLength == (long)data.Count * data.Features, "the values are not as many as the samples have");
        Require((long)data.Height * data.Width == data.Features, "the image has another size than a sample");
        Require(data.Labels.Length == 0 || data.Labels.Length == data.Count, "the labels are not as many as the samples");
        Require(data.Labels.All(label => label < data.Classes), "a label is no class");
    }
}
