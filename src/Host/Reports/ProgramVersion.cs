namespace Gpu.Host.Reports;

/// <summary>The program's version, as it stands in model files and benchmarks.</summary>
internal static class ProgramVersion
{
    internal static string Text { get; } = typeof(ProgramVersion).Assembly.GetName().Version!.ToString(3);
}
