using System.Globalization;
using Gpu.Training.Checkpoints;
using Gpu.Training.Models;
using Gpu.Training.Recipes;

namespace Gpu.Trust.Tests;

/// <summary>What the folder of a run holds, judged within this process.</summary>
internal static class RunFiles
{
    /// <summary>Checks every file that is visible under its final name, and that there is one to go on from.</summary>
    internal static void RequireWhole(string run)
    {
        RecipeFile.Load(Path.Combine(run, "recipe.json")).ToRecipe();
        var checkpoints = Path.Combine(run, "checkpoints");
        foreach (var file in Directory.GetFiles(checkpoints, "*.safetensors"))
        {
            CheckpointFile.Load(file);
        }

        var model = Path.Combine(run, "model.safetensors");
        if (File.Exists(model))
        {
            ModelFile.Load(model);
        }

        var page = Path.Combine(run, "report.html");
        Assert.True(!File.Exists(page) || File.ReadAllText(page).EndsWith("</html>\n", StringComparison.Ordinal), "the page is a part of one");
        var last = CheckpointFolder.LoadLast(checkpoints);
        var rows = File.ReadAllLines(Path.Combine(run, "metrics.csv"));
        Assert.True(rows.Length > last.Progress.Epoch, $"metrics.csv has {rows.Length - 1} rows, the checkpoint stands after epoch {last.Progress.Epoch}");
        Assert.Equal(Epochs(last.Progress.Epoch), rows.Skip(1).Take(last.Progress.Epoch).Select(row => row.Split(',')[0]));
    }

    /// <summary>Checks that a run that ended is what one that never stopped would be: model, and metrics without times.</summary>
    internal static void RequireSame(string whole, string run)
    {
        Assert.True(
            File.ReadAllBytes(Path.Combine(whole, "model.safetensors")).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(run, "model.safetensors"))),
            "the model has other bytes");
        Assert.Equal(Metrics(whole), Metrics(run));
    }

    /// <summary>The table without its two columns of time.</summary>
    private static IEnumerable<string> Metrics(string run)
    {
        var rows = File.ReadAllLines(Path.Combine(run, "metrics.csv")).Select(row => row.Split(',')).ToList();
        var time = new[] { Array.IndexOf(rows[0], "train_seconds"), Array.IndexOf(rows[0], "samples_per_second") };
        Assert.DoesNotContain(-1, time);
        return rows.Select(row => string.Join(',', row.Where((_, column) => !time.Contains(column))));
    }

    private static IEnumerable<string> Epochs(int count) => Enumerable.Range(1, count).Select(epoch => epoch.ToString(CultureInfo.InvariantCulture));
}
