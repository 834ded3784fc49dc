using System.CommandLine;

namespace Gpu.Host.Commands;

internal static class TrainCommand
{
    internal static Command Create() => new("train", "x");
}
