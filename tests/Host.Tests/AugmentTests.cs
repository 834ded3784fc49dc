using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary>Images that are augmented, from the option to the run's files.</summary>
public sealed class AugmentTests : IDisposable
{
    private const string All = "shift:1,rotate:10,scale:0.1,shear:0.1,elastic:5/2,noise:0.05";
    private readonly TestFolder _folder = new();

    public AugmentTests() => TinyData.WriteIdx(_folder);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cpu")]
    [InlineData("simulator")]
    public void A_run_that_stopped_between_goes_on_with_the_same_images(string device)
    {
        Train("whole", "--epochs", "4", "--augment", All, "--device", device);
        Train("parts", "--epochs", "2", "--augment", All, "--device", device);
        Run("train", "--resume", "parts", "--epochs", "4");
        Assert.Equal(Model("whole"), Model("parts"));
        Train("streamed", "--epochs", "4", "--augment", All, "--device", device, "--data-mode", "streamed");
        Assert.Equal(Model("whole")[^100..], Model("streamed")[^100..]);
    }

    [Fact]
    public void The_recipe_says_what_was_done_and_repeats_it()
    {
        Train("first", "--epochs", "2", "--augment", "rotate:10,shift:1");
        using var recipe = JsonDocument.Parse(File.ReadAllText(_folder["first/recipe.json"]));
        Assert.Equal("""["shift:1", "rotate:10"]""", recipe.RootElement.GetProperty("augment").GetRawText());
        Run("train", "--recipe", "first/recipe.json", "--data", "tiny", "--out", "second");
        Assert.Equal(Model("first"), Model("second"));
        Train("plain", "--epochs", "2");
        Assert.NotEqual(Model("first")[^100..], Model("plain")[^100..]);
    }

    [Theory]
    [InlineData("rotat:10", "did you mean rotate?")]
    [InlineData("shift:0.5", "PIXELS a whole number from 1 to 10000")]
    [InlineData("shift:4", "shift:4 can move images of 4 x 4 out of sight: take fewer pixels than 4.")]
    public void What_is_no_augmentation_is_refused(string words, string expected)
    {
        var result = GpuProcess.Run(_folder.Path, "train", "--data", "tiny", "--augment", words, "--out", "run");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void Rows_of_a_table_are_refused()
    {
        File.WriteAllText(_folder["t.csv"], "label,pixel0,pixel1,pixel2\n0,1,2,3\n1,4,5,6\n0,1,2,4\n1,5,5,6\n");
        var result = GpuProcess.Run(_folder.Path, "train", "--data", "t.csv", "--augment", "rotate:10", "--out", "run");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("leave --augment out", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void A_sheet_shows_what_comes_out()
    {
        Run("data", "tiny", "--sheet", "plain.png");
        Run("data", "tiny", "--augment", "shift:1", "--sheet", "shifted.png", "--json");
        foreach (var name in (string[])["plain.png", "shifted.png"])
        {
            var picture = StbImageSharp.ImageResult.FromMemory(File.ReadAllBytes(_folder[name]), StbImageSharp.ColorComponents.Grey);

            // Three classes, ten images of each, two pixels between.
            Assert.Equal(((6 * 3) - 2, 60 - 2), (picture.Height, picture.Width));
            Assert.Contains(picture.Data, value => value > 200);
        }

        Assert.NotEqual(File.ReadAllBytes(_folder["plain.png"]), File.ReadAllBytes(_folder["shifted.png"]));
        var refused = GpuProcess.Run(_folder.Path, "data", "tiny", "--sheet", "no/such/folder.png");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--sheet no/such/folder.png: expected a file that can be written", refused.Error, StringComparison.Ordinal);
    }

    private byte[] Model(string run) => File.ReadAllBytes(_folder[$"{run}/model.safetensors"]);

    private void Train(string run, params string[] more) => Run(["train", "--data", "tiny", "--hidden", "6", "--batch-size", "20", "--out", run, .. more]);

    private void Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
    }
}
