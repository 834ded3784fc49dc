using System.Text;
using Gpu.Kernels.Ops;
using Gpu.Training.Augmentation;
using Gpu.Training.Data;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;
using Gpu.Training.Schedules;

namespace Gpu.Training.Tests.Recipes;

public class RecipeFileTests
{
    private static Recipe Read(string json) => RecipeFile.Parse(Encoding.UTF8.GetBytes(json), "r.json").ToRecipe();

    private static string Refusal(string json)
    {
        var error = Assert.Throws<TrainingException>(() => Read(json));
        Assert.Equal(Failure.Usage, error.Failure);
        return error.Message;
    }

    [Fact]
    public void Every_setting_comes_back_as_it_was_saved()
    {
        using var folder = new TempFolder();
        var recipe = Recipe.Default with
        {
            Note = "quotes \" and ümlauts, %",
            Data = "a folder/with 'marks'",
            TestData = "t.csv",
            Limit = 1000,
            Validation = Split.Parse("last:100"),
            Scale = PixelScaling.Parse("0.1307,0.3081"),
            Hidden = [20, 10],
            Activations = [Activation.ScaledTanh, Activation.LeakyRelu],
            OutputActivation = Activation.Relu,
            Loss = Loss.MeanSquaredError with { Head = LossHead.None },
            Init = WeightDistribution.Uniform(0.05f),
            BiasInit = WeightDistribution.Constant(-0.5f),
            Momentum = 0.9f,
            L2 = 1e-5f,
            Optimizer = OptimizerChoice.Parse("rmsprop:alpha=0.9,eps=1e-07")!,
            WeightDecay = 0.001f,
            LearningRate = new RateRange(0.3f),
            Schedule = RateSchedule.Cosine,
            FinalLearningRate = 1e-7f,
            BatchSize = 7,
            Epochs = 3,
            SkipCorrectAfter = 0,
            Augmentation = AugmentationWords.Read("shift:2,elastic:36/5.5"),
            Seed = ulong.MaxValue,
            Device = "opencl:1",
            Threads = 2,
            DataMode = Training.Loop.DataMode.Streamed,
        };
        RecipeFile.Save(folder.File("r.json"), recipe);
        var back = RecipeFile.Load(folder.File("r.json")).ToRecipe();
        Assert.Equal(recipe.Hidden, back.Hidden);
        Assert.Equal(recipe.Activations, back.Activations);
        Assert.Equal(recipe, back with { Hidden = recipe.Hidden, Activations = recipe.Activations });
        Assert.Equal(RecipeKeys.All.Select(key => key.Write(recipe)), RecipeKeys.All.Select(key => key.Write(back)));

        RecipeFile.Save(folder.File("again.json"), back);
        Assert.Equal(File.ReadAllBytes(folder.File("r.json")), File.ReadAllBytes(folder.File("again.json")));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    /// <summary>Several paths are a list; a text with a line each is what was written before.</summary>
    [Theory]
    [InlineData("""["a.csv","b, c.csv"]""", "a.csv\nb, c.csv", """["a.csv", "b, c.csv"]""")]
    [InlineData(""" "a.csv\nb, c.csv" """, "a.csv\nb, c.csv", """["a.csv", "b, c.csv"]""")]
    [InlineData("""["b, c.csv"]""", "b, c.csv", "\"b, c.csv\"")]
    public void Data_is_a_text_or_a_list_of_texts(string json, string text, string written)
    {
        var recipe = Read($$"""{"data":{{json}},"test-data":{{json}}}""");
        Assert.Equal((text, text), (recipe.Data, recipe.TestData));
        var file = Encoding.UTF8.GetString(RecipeFile.Format(recipe));
        Assert.Contains($"\"data\": {written},", file, StringComparison.Ordinal);
        Assert.Contains($"\"test-data\": {written},", file, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_saved_and_read_too()
    {
        using var folder = new TempFolder();
        RecipeFile.Save(folder.File("r.json"), Recipe.Default);
        Assert.Contains("\"lr\": 0.1,", File.ReadAllText(folder.File("r.json")), StringComparison.Ordinal);
        Assert.Equal([128], RecipeFile.Load(folder.File("r.json")).ToRecipe().Hidden);
        Assert.Equal(RecipeKeys.All.Select(key => key.Write(Recipe.Default)),
            RecipeKeys.All.Select(key => key.Write(Read("\uFEFF{}"))));
    }

    [Fact]
    public void Numbers_lists_and_texts_are_read_as_JSON_has_them()
    {
        var recipe = Read("""{"hidden":[64,32],"activation":["relu","tanh"],"lr":"0.5..1.1","validation":0.25,"seed":7,"l2":1e-4}""");
        Assert.Equal([64, 32], recipe.Hidden);
        Assert.Equal([Activation.Relu, Activation.Tanh], recipe.Activations);
        Assert.Equal(new RateRange(0.5f, 1.1f), recipe.LearningRate);
        Assert.Equal(Split.Parse("0.25"), recipe.Validation);
        Assert.Equal(1e-4f, recipe.L2);
        Assert.Equal([5], Read("""{"hidden":5}""").Hidden);
        Assert.Equal([1, 2.5f], Read("""{"class-weights":[1,2.5]}""").ClassWeights!.Values);
        Assert.Empty(Read("""{"hidden":[]}""").Hidden);
        Assert.Empty(Read("""{"hidden":"none"}""").Hidden);
    }

    [Theory]
    [InlineData("{\n  \"learning-rat\": 1\n}", "r.json, line 2: learning-rat is no setting of a recipe; did you mean ")]
    [InlineData("""{"bacth-size":1}""", "did you mean batch-size?")]
    [InlineData("""{"Epochs":1}""", "did you mean epochs?")]
    [InlineData("{\"lr\":0.1,\n\n\"lr\":0.2}", "r.json, line 3: lr is given twice")]
    [InlineData("""{"lr":"fast"}""", "line 1: lr must be a number above 0 such as 0.1, or a range such as 0.5..1.1, found \"fast\"")]
    [InlineData("""{"lr":-1}""", "lr must be a number above 0")]
    [InlineData("""{"lr":0}""", "lr must be a number above 0")]
    [InlineData("""{"lr":"NaN"}""", "lr must be a number above 0")]
    [InlineData("""{"lr":1e999}""", "lr must be a number above 0")]
    [InlineData("""{"lr":"1.1..0.5"}""", "lr must be a number above 0")]
    [InlineData("""{"lr":[0.1]}""", "lr must be a number above 0")]
    [InlineData("""{"lr":true}""", "found \"true\"")]
    [InlineData("""{"lr":null}""", "found \"null\"")]
    [InlineData("""{"epochs":"ten"}""", "epochs must be a whole number from 1 to 1,000,000, found \"ten\"")]
    [InlineData("""{"epochs":2.5}""", "found \"2.5\"")]
    [InlineData("""{"epochs":0}""", "found \"0\"")]
    [InlineData("""{"batch-size":99999999999}""", "batch-size must be a whole number")]
    [InlineData("""{"hidden":[128,0]}""", "hidden must be none, or sizes from 1 to 1,000,000")]
    [InlineData("""{"hidden":[128,[1]]}""", "found \"[\"")]
    [InlineData("""{"data":[]}""", "data must be text that is not empty")]
    [InlineData("""{"data":["a.csv",1]}""", "data must be text that is not empty, found \"1\"")]
    [InlineData("""{"seed":[1]}""", "found \"[\"")]
    [InlineData("""{"hidden":{"a":1}}""", "hidden must be none, or sizes")]
    [InlineData("""{"activation":["relu","sigmoi"]}""", "activation must be one of identity, relu,")]
    [InlineData("""{"activation":"rleu"}""", "did you mean relu?")]
    [InlineData("""{"activation":["relu","tanh"]}""", "one for each of the 1 hidden layers, it names 2")]
    [InlineData("""{"activation":[]}""", "activation must be one of")]
    [InlineData("""{"loss":"cross_entropy"}""", "did you mean cross-entropy?")]
    [InlineData("""{"init":"uniform:-1"}""", "init must be auto, or one of he, he-uniform, xavier, xavier-uniform, glorot, lecun, lecun-uniform, normal, fan-out or uniform:0.1, found \"uniform:-1\"")]
    [InlineData("""{"momentum":1}""", "momentum must be a number from 0 to below 1")]
    [InlineData("""{"l2":-0.1}""", "l2 must be a number of 0 or more")]
    [InlineData("""{"scale":"0.1,0"}""", "scale must be auto, unit, none, or mean,deviation")]
    [InlineData("""{"scale":255}""", "scale must be auto, unit")]
    [InlineData("""{"validation":1.5}""", "validation must be none, a share")]
    [InlineData("""{"validation":"last:0"}""", "validation must be none, a share")]
    [InlineData("""{"seed":-1}""", "seed must be a whole number from 0")]
    [InlineData("""{"device":"gpx"}""", "device must be auto, gpu, nvidia, amd, cpu, opencl[:n], cuda[:n] or simulator")]
    [InlineData("""{"device":"cpu:1"}""", "device must be auto")]
    [InlineData("""{"limit":0}""", "limit must be a whole number from 1")]
    [InlineData("""{"note":""}""", "note must be text that is not empty")]
    [InlineData("""{"lr-final":0.1}""", "lr-final needs a rate that falls to it, but lr-schedule is constant")]
    [InlineData("""{"lr":"0.1..0.2","lr-schedule":"linear"}""", "lr must be one number where lr-schedule is not constant")]
    [InlineData("""{"loss":"binary-cross-entropy","output-activation":"softmax"}""", "cannot be softmax with binary-cross-entropy")]
    [InlineData("""{"loss":"mse","head":"none","output-activation":"softmax"}""", "cannot be softmax with mse none, which takes the outputs as they are")]
    [InlineData("""{"head":"none"}""", "head is none, but cross-entropy takes softmax")]
    [InlineData("""{"head":"nine"}""", "head must be one of softmax, sigmoid or none, found \"nine\"; did you mean none?")]
    [InlineData("""{"loss":"mse","label-smoothing":0.1}""", "label-smoothing goes with cross-entropy alone, but loss is mse")]
    [InlineData("""{"loss":"mse","class-weights":[1,2]}""", "class-weights goes with cross-entropy alone, but loss is mse")]
    [InlineData("""{"label-smoothing":1}""", "label-smoothing must be a number from 0 to below 1")]
    [InlineData("""{"class-weights":"1,0"}""", "class-weights must be none, balanced, or a number above 0 for each class")]
    [InlineData("""{"class-weights":[1,"NaN"]}""", "class-weights must be none, balanced, or a number above 0 for each class")]
    [InlineData("", "expected a JSON object of settings")]
    [InlineData("[]", "expected a JSON object of settings")]
    [InlineData("{\n\"lr\":0.1", "line 2: expected a JSON object of settings")]
    [InlineData("{} {}", "expected a JSON object of settings")]
    [InlineData("""{"note":"\ud800"}""", "no valid Unicode")]
    public void What_is_wrong_is_named_with_its_place(string json, string message) =>
        Assert.Contains(message, Refusal(json), StringComparison.Ordinal);

    [Fact]
    public void Settings_that_do_not_fit_together_name_the_file()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("r.json"), """{ "hidden": [8], "activation": ["relu", "tanh"] }""");
        var error = Assert.Throws<TrainingException>(() => RecipeFile.Load(folder.File("r.json")));
        Assert.StartsWith($"{folder.File("r.json")}: activation must name one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_are_refused()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("latin.json"), [(byte)'{', 0xE4, (byte)'}']);
        Assert.Contains("UTF-8", Assert.Throws<TrainingException>(() => RecipeFile.Load(folder.File("latin.json"))).Message, StringComparison.Ordinal);
        File.WriteAllBytes(folder.File("large.json"), new byte[(1 << 20) + 1]);
        Assert.Contains("at most 1,048,576 bytes", Assert.Throws<TrainingException>(() => RecipeFile.Load(folder.File("large.json"))).Message,
            StringComparison.Ordinal);
        Assert.Throws<TrainingException>(() => RecipeFile.Save(folder.File("no/folder/r.json"), Recipe.Default));
        Assert.Throws<TrainingException>(() => RecipeFile.Save(folder.File("r.json"), Recipe.Default with { Epochs = 0 }));
        Assert.False(File.Exists(folder.File("r.json")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_damaged_file_is_read_or_refused_and_nothing_else(int seed)
    {
        var valid = File.ReadAllBytes(ShippedRecipes.Path("a.json"));
        var random = new System.Random(seed);
        var refused = 0;
        for (var i = 0; i < 500; i++)
        {
            var bytes = i % 4 == 0 ? valid[..random.Next(valid.Length)] : [.. valid];
            for (var flips = 0; bytes.Length > 0 && flips <= random.Next(3); flips++)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                RecipeFile.Parse(bytes, "r.json").ToRecipe().Validate();
            }
            catch (TrainingException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 100, 500);
    }
}
