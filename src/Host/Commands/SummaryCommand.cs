using System.CommandLine;

namespace Gpu.Host.Commands;

internal static class SummaryCommand
{
    internal static Command Create() => new("summary", "x");
}
