using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

internal static class RowMoveCases
{
    internal static IEnumerable<OperationCase> All => from rows in (int[])[0, 1, 32, -64] select Declare(rows);

    private static OperationCase Declare(int rows) => new()
    {
        Operation = "row-move",
        Parameters = [("rows", rows)],
        Bytes = 16,
        Timed = rows == 32,
        Bind = memory =>
        {
            var cursor = memory.Updated("cursor", CaseStep.Cursor);
            var expected = CaseStep.Cursor;
            expected[StepCursor.Sample] += rows;
            expected[StepCursor.Row] += rows;
            return new(RowMove.Prepare(memory.Accelerator, rows, cursor), () => [Expectation.Of(cursor, expected)]);
        },
    };
}
