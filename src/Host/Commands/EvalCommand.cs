using System.CommandLine;

namespace Gpu.Host.Commands;

internal static class EvalCommand
{
    internal static Command Create() => new("eval", "x");
}
