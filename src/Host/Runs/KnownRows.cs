using Gpu.Training.Data;

namespace Gpu.Host.Runs;

/// <summary>What a run knows again of its samples, in its folder.</summary>
internal static class KnownRows
{
    /// <summary>Writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="known">What the run learns from, and what it held out.</param>
    /// <param name="before">A run, or its model, that is gone on with and has learned from other samples; null where there is none.</param>
    internal static void Save(string path, KnownSamples known, string? before)
    {
        if (before is not null && FileOf(before) is { } earlier)
        {
            known.Add(KnownSamples.Load(earlier));
        }

        known.Save(path);
    }

    /// <summary>What the run of a model did with samples; null where the model stands in no run that tells.</summary>
    internal static FoundSamples? Find(string model, DataSet data) => FileOf(model) is { } file ? KnownSamples.Load(file).Find(data) : null;

    private static string? FileOf(string model) =>
        RunData.FolderOf(model) is { } folder && Path.Combine(folder, RunFolder.KnownName) is var file && File.Exists(file) ? file : null;
}
