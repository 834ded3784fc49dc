using Gpu.Fuzzing.Mutations;
using Gpu.Kernels.Ops;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Models;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Fuzzing.Formats;

/// <summary>Checkpoints, each in a run folder that the program can go on with.</summary>
internal sealed class CheckpointFormat : FileFormat
{
    private const string FileName = "run/checkpoints/" + CheckpointFolder.LastName;
    private const string RecipeName = "recipe.json";
    private const int Batch = 8;

    public override string Name => "checkpoint";

    public override Failure Failure => Failure.ModelFile;

    /// <summary>What is right in itself may be of other settings or other samples than the run, or have come so far that no epoch is left.</summary>
    public override IReadOnlyList<int> AcceptedCodes => [0, (int)Failure.Usage, (int)Failure.Data, (int)Failure.Diverged];

    public override void Read(string path)
    {
        var checkpoint = CheckpointFile.Load(path);
        var (model, progress) = (checkpoint.Model, checkpoint.Progress);
        var sums = progress.Position.Sums;
        Require(model.Parameters.Length == model.Shape.ParameterCount, "the weights are not as many as the network has");
        var slabs = checkpoint.Optimizer.Slabs;
        Require(slabs.All(slab => slab.Values.Length == model.Parameters.Length), "a slab has another size than the weights");
        Require(slabs.Select(slab => slab.Name).SequenceEqual(checkpoint.Recipe.Update.Slots), "the slabs are not those of the optimizer");
        Require(checkpoint.Optimizer.Updates >= 0, "the updates are fewer than none");
        Require(slabs.SelectMany(slab => slab.Values).Concat(model.Parameters).All(float.IsFinite), "a number is not finite");
        Require(progress.Epoch >= 0 && progress.Position.Step >= 0 && progress.Steps >= progress.Position.Step, "the place in the run is none");
        Require(double.IsFinite(sums.TotalLoss) && sums.Correct >= 0 && double.IsFinite(progress.EpochSeconds + progress.TrainSeconds), "a sum is none");
        Require(checkpoint.DataHash.Length == 64, "the hash of the samples is none");
        checkpoint.Recipe.Validate();
        var folder = Path.GetDirectoryName(path)!;
        new CheckpointFolder(folder, keep: 0).Save(checkpoint, isBest: false);
        var again = CheckpointFolder.LoadLast(folder);
        Require(again.Progress == progress && again.Model.Parameters.AsSpan().SequenceEqual(model.Parameters), "it does not come back as it was written");
    }

    public override string[] Command(string path, string helpers, string output) =>
        ["train", "--resume", Path.GetDirectoryName(Path.GetDirectoryName(path))!, "--data", Path.Combine(helpers, "table.csv"), "--device", "cpu", "--threads", "1"];

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        var folder = Directory.CreateTempSubdirectory("gpu-fuzz-").FullName;
        var table = Path.Combine(folder, "table.csv");
        File.WriteAllBytes(table, CsvFormat.Small());
        var samples = CsvFile.Load(table);
        foreach (var (optimizer, momentum) in Optimizers.All.Select(optimizer => (optimizer, optimizer.TakesMomentum ? 0.9f : 0)).Append((Optimizers.All[0], 0)))
        {
            var recipe = Recipe.Default with { Data = "table.csv", Hidden = [3], Optimizer = new(optimizer), Momentum = momentum, Epochs = 3, BatchSize = Batch, Device = "cpu", Threads = 1 };
            var file = Path.Combine(folder, RecipeName);
            RecipeFile.Save(file, recipe);
            new CheckpointFolder(folder, keep: 0).Save(Make(recipe, samples), isBest: false);
            yield return new FuzzInput(FileName, new Dictionary<string, byte[]>
            {
                [FileName] = File.ReadAllBytes(Path.Combine(folder, CheckpointFolder.LastName)),
                ["run/" + RecipeName] = File.ReadAllBytes(file),
            });
        }

        Directory.Delete(folder, recursive: true);
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random) => valid.With(FileName, random.Below(20) switch
    {
        0 => ByteMutations.Replace(valid.Content, random),
        1 => ByteMutations.Splice(valid.Content, random.Pick(Valid).Content, random),
        2 => ModelFormat.Small(),
        _ => SafetensorsMutations.Mutate(valid.Content, random),
    });

    private static Checkpoint Make(Recipe recipe, DataSet samples)
    {
        var shape = recipe.Shape(SampleSize.Of(samples.Features), samples.Classes);
        var parameters = InitialWeights.Draw(shape, recipe.Init, WeightDistribution.Constant(0), 5);
        var progress = new RunProgress
        {
            Epoch = 1,
            Position = new EpochPosition(2, new EpochSums(9.5f, 0, 11)),
            Steps = (samples.Count / Batch) + 2,
            EpochSeconds = 0.5,
            TrainSeconds = 0.25,
            Best = new BestEpoch(1, 0, 0.7),
        };
        var model = new Model(shape, parameters, PixelScaling.Unit, samples.Height, samples.Width, new ModelOrigin("cpu", recipe.Seed, "1.0.0"));
        return new Checkpoint(
            model, OptimizerState.Begin(shape, recipe.Update.Slots), progress, recipe, DataHash.Of(samples, null, null), "cpu");
    }
}
