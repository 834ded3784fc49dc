using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data.Tables;

/// <summary>Tables of several blocks of rows, whose columns are gone through side by side: the cells and the errors are those of one row after the other.</summary>
public sealed class ColumnFeedTests : IDisposable
{
    private const int Rows = 50_000;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_cell_comes_to_its_column_in_the_order_of_the_rows()
    {
        var table = TableReader.Read([Write(_ => null)], new TableOptions { Kinds = [("b", ColumnKind.Number)] });
        Assert.Equal(Rows, table.Rows);
        Assert.Equal(Enumerable.Range(0, Rows).Select(row => row + 0.5f), table.Columns[0].Reading!.Values.ToArray());
        Assert.Equal(Enumerable.Range(0, Rows).Select(row => row % 3 == 0 ? float.NaN : -row), table.Columns[1].Reading!.Values.ToArray());
        Assert.Equal(Enumerable.Range(0, Rows).Select(row => $"v{row % 7}"), table.Columns[2].Codes!.ToArray().Select(code => table.Columns[2].Values[code].Value));
    }

    [Fact]
    public void Of_several_errors_the_first_row_is_told_and_of_it_the_first_cell()
    {
        Assert.Contains("row 30,002, column 'b'", Refuse(row => row == 40_000 ? "x,1,v" : row == 30_000 ? "1,x,v" : null), StringComparison.Ordinal);
        Assert.Contains("row 30,002, column 'a'", Refuse(row => row == 30_000 ? "x,y,v" : null), StringComparison.Ordinal);
        Assert.Contains("row 30,002, column 'b'", Refuse(row => row == 30_001 ? "1,2" : row == 30_000 ? "1,x,v" : null), StringComparison.Ordinal);
        Assert.Contains("row 30,002: expected 3 columns", Refuse(row => row == 30_001 ? "1,x,v" : row == 30_000 ? "1,2" : null), StringComparison.Ordinal);
        Assert.Contains("row 50,001: expected 3 columns", Refuse(row => row == Rows - 1 ? "1,2" : null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(30_000)]
    [InlineData(Rows)]
    public void A_limit_ends_it_whatever_comes_behind(int limit) =>
        Assert.Equal(limit, TableReader.Read([Write(row => row == limit ? "x,y" : null)], new TableOptions { Target = "a", Task = TableTask.Regress, Limit = limit }).Rows);

    [Fact]
    public void Cells_longer_than_a_block_are_whole()
    {
        var text = new string('z', 300_000);
        var table = TableReader.Read([Write(row => row is 7 or 8 ? $"1,2,{text}{row}" : null)], new TableOptions { Target = "a", Kinds = [("c", ColumnKind.Text)] });
        Assert.Equal(Rows, table.Rows);
        Assert.Contains($"found '{text[..40]}", Refuse(row => row == 9 ? $"{text},2,v" : null), StringComparison.Ordinal);
    }

    private string Refuse(Func<int, string?> other) => Assert.Throws<TrainingException>(
        () => TableReader.Read([Write(other)], new TableOptions { Kinds = [("a", ColumnKind.Number), ("b", ColumnKind.Number)] })).Message;

    private string Write(Func<int, string?> other) => _folder.Write("a.csv", System.Text.Encoding.UTF8.GetBytes(
        "a,b,c\n" + string.Concat(Enumerable.Range(0, Rows).Select(row => $"{other(row) ?? $"{row}.5,{(row % 3 == 0 ? "" : -row)},v{row % 7}"}\n"))));
}
