namespace Gpu.Host.Tests;

/// <summary>A run goes on from whichever folder: its data is where it was when it began.</summary>
public sealed class DataPlaceTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public DataPlaceTests()
    {
        Directory.CreateDirectory(_folder["project/below"]);
        TinyData.WriteIdx(_folder, "project/tiny");
        TinyData.WriteCsv(_folder, "project/test.csv");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("project", "run")]
    [InlineData("project/below", "../run")]
    [InlineData("", "project/run")]
    public void A_relative_path_is_found_from_the_folder_that_the_run_began_in(string folder, string run)
    {
        Begin("run");
        Resume(folder, run, 2);
        Assert.Contains("\"data\": \"tiny\"", File.ReadAllText(_folder["project/run/recipe.json"]), StringComparison.Ordinal);
        Resume("project/below", "../run", 3);
        Begin("whole", "3");
        Assert.Equal(File.ReadAllBytes(_folder["project/whole/model.safetensors"]), File.ReadAllBytes(_folder["project/run/model.safetensors"]));
        Assert.Equal(File.ReadAllText(_folder["project/whole/recipe.json"]), File.ReadAllText(_folder["project/run/recipe.json"]));
    }

    [Fact]
    public void A_run_is_moved_with_its_data_or_alone()
    {
        Begin("run");
        Begin("../elsewhere");
        Directory.Move(_folder["elsewhere"], _folder["project/below/moved"]);
        Resume("project/below", "moved", 2);
        Directory.Move(_folder["project"], _folder["other"]);
        Resume("", "other/run", 2);
        Resume("other", "below/moved", 3);
    }

    [Fact]
    public void Data_that_is_nowhere_is_an_error_that_names_the_option()
    {
        Begin("run");
        Directory.Move(_folder["project/tiny"], _folder["project/below/there"]);
        var result = GpuProcess.Run(_folder["project/below"], "train", "--resume", "../run", "--epochs", "2");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("name it with --data.", Assert.Single(result.ErrorLines), StringComparison.Ordinal);

        // What is given is meant from here, then and later.
        Resume("project/below", "../run", 2, "--data", "there");
        Resume("", "project/run", 3);
    }

    private void Begin(string run, string epochs = "1") => Run(
        "project", "train", "--data", "tiny", "--test-data", "test.csv", "--hidden", "4", "--epochs", epochs, "--device", "cpu", "--out", run);

    private void Resume(string folder, string run, int epochs, params string[] more) =>
        Run(folder, ["train", "--resume", run, "--epochs", $"{epochs}", .. more]);

    private void Run(string folder, params string[] arguments)
    {
        var result = GpuProcess.Run(_folder[folder], arguments);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
    }
}
