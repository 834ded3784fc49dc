using System.CommandLine;
using Gpu.Host.Runs;
using Gpu.Training.Models;

namespace Gpu.Host.Commands;

/// <summary>The MODEL argument: a model file, or the folder of a run that holds one.</summary>
internal static class ModelPath
{
    internal static Argument<string> Argument() => new("MODEL") { Description = "A model file, or the folder of a run" };

    internal static Model Load(string path) => ModelFile.Load(Directory.Exists(path) ? Path.Combine(path, RunFolder.ModelName) : path);
}
