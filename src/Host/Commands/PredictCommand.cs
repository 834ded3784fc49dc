using System.CommandLine;

namespace Gpu.Host.Commands;

internal static class PredictCommand
{
    internal static Command Create() => new("predict", "x");
}
