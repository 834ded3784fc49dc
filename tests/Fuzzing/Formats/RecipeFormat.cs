using System.Text;
using Gpu.Fuzzing.Mutations;
using Gpu.Training;
using Gpu.Training.Recipes;
using Gpu.Training.Schedules;

namespace Gpu.Fuzzing.Formats;

/// <summary>Recipes: JSON objects of settings.</summary>
internal sealed class RecipeFormat : FileFormat
{
    private const string FileName = "recipe.json";

    public override string Name => "recipe";

    public override Failure Failure => Failure.Usage;

    /// <summary>Training with settings of a valid recipe may still diverge, or hold out more samples than there are.</summary>
    public override IReadOnlyList<int> AcceptedCodes => [0, (int)Failure.Usage, (int)Failure.Diverged];

    public override void Read(string path)
    {
        var recipe = RecipeFile.Load(path).ToRecipe();
        recipe.Validate();
        Require(recipe.Hidden.All(size => size > 0), "a hidden layer has no unit");
        Require(float.IsFinite(recipe.LearningRate.High) && recipe.LearningRate.Low > 0, "the learning rate is none");
        Require(float.IsFinite(recipe.L2 + recipe.Momentum + recipe.FinalLearningRate), "a setting is not finite");
        var copy = path + ".copy";
        RecipeFile.Save(copy, recipe);
        var again = RecipeFile.Load(copy).ToRecipe();
        foreach (var key in RecipeKeys.All)
        {
            Require(key.Write(recipe) == key.Write(again), $"{key.Name} does not come back as it was written");
        }
    }

    public override string[] Command(string path, string helpers, string output) =>
    [
        "train", "--recipe", path, "--data", Path.Combine(helpers, "table.csv"), "--test-data", Path.Combine(helpers, "table.csv"),
        "--out", output, "--hidden", "4", "--activation", "relu", "--epochs", "1", "--batch-size", "8", "--limit", "20", "--device", "cpu", "--threads", "1",
    ];

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        yield return Input("{}");
        yield return Input("""{ "note": "a note", "hidden": [64, 32], "activation": ["relu", "tanh"], "lr": 0.1, "momentum": 0.9, "epochs": 3 }""");
        yield return Input(
            """
            {
              "data": "digits", "limit": 600, "validation": "last:100", "scale": "0.1307,0.3081", "hidden": 16,
              "activation": "sigmoid", "loss": "mse", "init": "uniform:0.1", "lr": "0.5..1.1", "batch-size": 1, "epochs": 5,
              "skip-correct-after": 100, "seed": 18446744073709551615, "device": "opencl:0", "threads": 2, "data-mode": "streamed"
            }
            """);
        var full = Path.GetTempFileName();
        RecipeFile.Save(full, Recipe.Default with { Schedule = RateSchedule.Cosine, L2 = 1e-4f });
        yield return new FuzzInput(FileName, File.ReadAllBytes(full));
        File.Delete(full);
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random)
    {
        var json = valid.Content;
        return new FuzzInput(FileName, random.Below(20) switch
        {
            < 10 => JsonMutations.Mutate(json, random),
            < 16 => ByteMutations.Mutate(json, random),
            < 18 => TextMutations.Encode(json, random),
            18 => ByteMutations.Splice(json, random.Pick(Valid).Content, random),
            _ => ByteMutations.Replace(json, random),
        });
    }

    private static FuzzInput Input(string json) => new(FileName, Encoding.UTF8.GetBytes(json));
}
