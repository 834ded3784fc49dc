namespace Gpu.Generator.Tests;

/// <summary>Three kernels, word by word. Golden/NAME.cs is what is translated, Golden/NAME.cl what it becomes.</summary>
public class GoldenTests
{
    [Theory]
    [InlineData("Scale")]
    [InlineData("Tiled")]
    [InlineData("Histogram")]
    public void The_text_is_as_it_was(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Golden");
        var found = Translation.Of(File.ReadAllText(Path.Combine(folder, $"{name}.cs"))).Clean().Text;
        var foundPath = Path.Combine(folder, $"{name}.found.cl");
        File.WriteAllText(foundPath, found);
        Assert.True(File.ReadAllText(Path.Combine(folder, $"{name}.cl")) == found,
            $"The text changed: compare {foundPath} with Golden/{name}.cl.");
    }
}
