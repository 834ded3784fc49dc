using Gpu.Kernels.Devices;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Models;

namespace Gpu.Host.RunReport;

/// <summary>What the columns of a table are worth to a model, on rows evenly taken from those that judge it.</summary>
/// <param name="Columns">The columns, the most important first.</param>
/// <param name="Rows">Rows whose cells were exchanged.</param>
internal sealed record PageImportance(IReadOnlyList<ColumnImportance> Columns, int Rows)
{
    /// <summary>Exchanges of each column.</summary>
    internal const int Exchanges = 5;

    private const int MostRows = 1000, LeastRows = 100;

    /// <summary>Multiplications that a page may take for it: a fraction of a second.</summary>
    private const long MostWork = 2_000_000_000;

    /// <summary>Measures it; null for images, and where so many columns and weights would take long.</summary>
    internal static PageImportance? Of(ComputeAccelerator accelerator, Model model, DataSet judge)
    {
        var columns = model.Table?.Encoding.Columns.Count(column => column.Features.Count > 0) ?? 0;
        var work = (long)columns * Exchanges * model.Shape.ParameterCount;
        if (work == 0 || MostWork / work < Math.Min(LeastRows, judge.Count))
        {
            return null;
        }

        var rows = (int)Math.Min(judge.Count, Math.Min(MostRows, MostWork / work));
        int[] some = [.. Enumerable.Range(0, rows).Select(n => (int)((long)n * judge.Count / rows))];
        return new PageImportance(ColumnImportance.Of(accelerator, model, rows == judge.Count ? judge : judge.Select(some), Exchanges), rows);
    }
}
