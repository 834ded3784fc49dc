using System.CommandLine;

namespace Gpu.Host.Commands;

internal static class BenchCommand
{
    internal static Command Create() => new("bench", "x");
}
