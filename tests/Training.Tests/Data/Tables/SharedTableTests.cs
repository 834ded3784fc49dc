using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data.Tables;

/// <summary>A table that several runs share is to each of them what it would have read alone.</summary>
public sealed class SharedTableTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Columns that one row or two decide about: whether they count, recur, are numbers or days at all, or have a value.</summary>
    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 300)]
    [InlineData(3, 12)]
    public void Whatever_is_held_out_the_encoding_the_samples_or_the_error_are_the_same(int seed, int rows)
    {
        var random = new System.Random(seed);
        string Cell(string[] usual, string[] odd, double share) => random.NextDouble() < share ? odd[random.Next(odd.Length)] : usual[random.Next(usual.Length)];
        var (outcomes, errors) = (0, 0);
        for (var table = 0; table < 60; table++)
        {
            var share = table % 3 == 0 ? 0 : 2.0 / rows;
            var text = ",size,user_id,job,when,born,name,rare,class\n" + string.Concat(Enumerable.Range(0, rows).Select(row =>
                $"{(random.NextDouble() < share ? row + 7 : row)},{Cell(["1.5", "2", "-3e2", ""], ["big", "inf"], share)},{Cell(["7", "8", $"{row}"], ["x"], share)},{Cell(["cook", "smith", "?"], [$"only{row}", "4"], 3 * share)},"
                + $"{Cell(["2024-01-02", "1999-12-31", ""], ["soon"], share)},{Cell(["1/2/2024", "3/4/2023"], ["1/31/2024", "31/1/2024"], share)},{Cell([$"n{row}"], ["n1", "n2"], 0.4)},"
                + $"{(row % (rows / 3) == table % 3 ? "v" : "")},{(row % 2 == 0 ? "a" : "b")}\n"));
            var path = _folder.Write($"{table}.csv", System.Text.Encoding.UTF8.GetBytes(text));
            if (Try(() => SharedTable.Read([path], new TableOptions())) is not { Result: { } shared })
            {
                continue;
            }

            for (var fold = 1; fold <= 4; fold++)
            {
                var (validation, test) = (Split.Parse("0.2"), Split.Parse($"fold:{fold}/4"));
                var alone = Try(() => TableTraining.LoadTwice([path], new TableOptions(), validation, test, (ulong)table));
                var beside = Try(() => TableTraining.Load([path], new TableOptions(), validation, test, (ulong)table, shared));
                var once = Try(() => TableTraining.Load([path], new TableOptions(), validation, test, (ulong)table));
                Assert.Equal(alone.Error, beside.Error);
                Assert.Equal(alone.Error, once.Error);
                outcomes++;
                errors += alone.Error is null ? 0 : 1;
                if (alone.Result is { } one && beside.Result is { } other)
                {
                    Assert.Equal(one.Table.ToText(), other.Table.ToText());
                    Assert.Equal(Bytes(one), Bytes(other));
                    Assert.Equal(one.Train.RowNumbers, other.Train.RowNumbers);
                    Assert.Equal(one.Table.ToText(), once.Result!.Table.ToText());
                    Assert.Equal(Bytes(one), Bytes(once.Result));
                    Assert.Equal(one.Remarks, once.Result.Remarks);
                }
            }
        }

        Assert.True(outcomes - errors > 40 && (rows < 100 || errors > 0), $"{outcomes} outcomes, {errors} of them errors");
    }

    [Fact]
    public void Cells_are_held_once_where_the_rows_tell_the_same()
    {
        var path = _folder.Write("a.csv", System.Text.Encoding.UTF8.GetBytes("size,job,class\n" + string.Concat(Enumerable.Range(0, 100).Select(row => $"{row}.5,{(row % 3 == 0 ? "x" : "y")},{row % 2}\n"))));
        var shared = SharedTable.Read([path], new TableOptions());
        var heldOut = new bool[100];
        heldOut[3] = heldOut[70] = true;
        Assert.All(shared.All.Columns.Zip(shared.Without(heldOut).Columns), pair => Assert.Same(pair.First, pair.Second));
        Assert.Equal(Enumerable.Range(1, 100), shared.Rows().Numbers);
        Assert.Equal(50, shared.Rows().Labels.Count(label => label == 1));
    }

    private static byte[] Bytes(TableTraining table) =>
        [.. table.Train.Values, .. table.Train.Labels, .. table.Validation!.Values, .. table.Validation.Labels, .. table.Test!.Values, .. table.Test.Labels];

    private static (T? Result, string? Error) Try<T>(Func<T> action) where T : class
    {
        try
        {
            return (action(), null);
        }
        catch (TrainingException error)
        {
            return (null, error.Message);
        }
    }
}
