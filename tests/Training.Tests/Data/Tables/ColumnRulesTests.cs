using System.Globalization;
using System.Text;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data.Tables;

/// <summary>What columns are taken for.</summary>
public sealed class ColumnRulesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("price", ColumnKind.Number, "1", "-2.5e3", ".5", "+4")]
    [InlineData("colour", ColumnKind.Category, "red", "blue", "red", "blue")]
    [InlineData("remark", ColumnKind.Text, "one", "two", "three", "four")]
    [InlineData("mixed", ColumnKind.Category, "1", "two", "1", "two")]
    [InlineData("user_id", ColumnKind.Id, "4", "9", "2", "1")]
    [InlineData("PassengerId", ColumnKind.Id, "1", "2", "3", "4")]
    [InlineData("customerID", ColumnKind.Id, "a7", "a8", "b1", "b2")]
    [InlineData("shop id", ColumnKind.Category, "10", "20", "10", "20")]
    [InlineData("paid", ColumnKind.Number, "10", "20", "30", "40")]
    [InlineData("GRID", ColumnKind.Number, "10", "20", "30", "40")]
    [InlineData("day", ColumnKind.Date, "2024-01-31", "2024-02-01", "1999-12-31", "2000-01-01")]
    [InlineData("moment", ColumnKind.Date, "2024-01-31T12:30:00Z", "2024-01-31 12:30", "2024-01-31", "2024-01-31T01:00:00.5+02:00")]
    [InlineData("german", ColumnKind.Date, "31.01.2024", "1.2.2024", "3.4.2024", "5.6.2024")]
    [InlineData("american", ColumnKind.Date, "1/31/2024", "2/1/2024", "3/4/2024", "5/6/2024")]
    [InlineData("no days", ColumnKind.Text, "2024-13-31", "2024-02-30", "2024-1", "24-01-01")]
    [InlineData("version", ColumnKind.Text, "1.2.3", "1.2.4", "1.3.0", "2.0.0")]
    public void Kinds_follow_from_the_cells(string name, ColumnKind kind, params string[] cells)
    {
        var table = Read(name, cells);
        Assert.Equal(kind, table.Columns[0].Kind);
    }

    [Theory]
    [InlineData("2000-01-01", 0)]
    [InlineData("2024-01-31", 8796)]
    [InlineData("1999/12/31 18:00", -0.25)]
    [InlineData("2000-01-01T12:00:00+06:00", 0.25)]
    [InlineData("2000-01-01T12:00:00-06:00", 0.75)]
    [InlineData("2000-01-01 00:00:00Z", 0)]
    public void A_day_is_the_number_of_days_since_2000(string text, double days)
    {
        Assert.True(DateCell.TryRead(text, DateOrder.YearMonthDay, out var read));
        Assert.Equal(days, read, 1e-12);
    }

    [Theory]
    [InlineData("2000-01-01T")]
    [InlineData("2000-01-01 25:00")]
    [InlineData("2000-01-01T12:00+")]
    [InlineData("2000-01/01")]
    [InlineData("2000-01-01x")]
    [InlineData("20000-01-01")]
    [InlineData("0000-01-01")]
    [InlineData("2000-01")]
    [InlineData("-")]
    public void What_is_no_day_is_none(string text) => Assert.All(Enum.GetValues<DateOrder>(), order => Assert.False(DateCell.TryRead(text, order, out _)));

    [Theory]
    [InlineData(200, 2, true, true)]
    [InlineData(200, 3, true, false)]
    [InlineData(20_000, 1, true, true)]
    [InlineData(20_000, 500, true, false)]
    [InlineData(20_000, 150, false, true)]
    [InlineData(20_000, 500, false, false)]
    public void A_text_among_numbers_is_a_mistake_where_nearly_all_fit_and_another_kind_where_not(int rows, int texts, bool areLast, bool isRefused)
    {
        // No first part of a file decides, whether the texts stand behind it or in it.
        string[] cells = [.. Enumerable.Range(0, rows).Select(row => (areLast ? row < rows - texts : row >= 900 + texts || row < 900) ? $"{row % 50}" : "none")];
        if (!isRefused)
        {
            Assert.Equal(ColumnKind.Category, Read("size", cells).Columns[0].Kind);
            return;
        }

        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"x.csv: row {(areLast ? rows - texts : 900) + 2:N0}, column 'size': expected a number as in {rows - texts:N0} of {rows:N0} rows, found 'none'"),
            Assert.Throws<TrainingException>(() => Read("size", cells)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_declared_kind_is_that_kind_or_an_error()
    {
        string[] cells = ["1", "2", "1", "2"];
        Assert.Equal(ColumnKind.Category, Read("size", cells, ColumnKind.Category).Columns[0].Kind);
        Assert.Equal(ColumnKind.Text, Read("size", cells, ColumnKind.Text).Columns[0].Kind);
        Assert.Equal(ColumnKind.Number, Read("user_id", cells, ColumnKind.Number).Columns[0].Kind);
        foreach (var kind in (ColumnKind[])[ColumnKind.Number, ColumnKind.Date])
        {
            var error = Assert.Throws<TrainingException>(() => Read("size", ["x", .. cells], kind));
            Assert.Contains("row 2, column 'size': expected a", error.Message, StringComparison.Ordinal);
            Assert.Contains("because that was declared, found 'x'", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_first_column_without_a_name_that_counts_is_an_id_and_another_is_not()
    {
        Assert.Equal(ColumnKind.Id, Read("", ["0", "1", "2", "3"]).Columns[0].Kind);
        Assert.Equal(ColumnKind.Number, TableReader.Read([_folder.Write("x.csv", "0.5,x\n1.5,y\n2.5,x\n4,y\n")], new TableOptions()).Columns[0].Kind);
        Assert.Equal(ColumnKind.Id, TableReader.Read([_folder.Write("x.csv", "7,1.5,x\n8,1.5,y\n9,2,x\n10,2,y\n")], new TableOptions()).Columns[0].Kind);
    }

    [Fact]
    public void More_values_than_could_be_learned_are_left_out()
    {
        var cells = Enumerable.Range(0, 40_000).Select(row => $"v{row % 15_000}").ToArray();
        Assert.Equal((ColumnKind.Text, (int?)null), (Read("word", cells).Columns[0].Kind, Read("word", cells).Columns[0].Distinct));
    }

    [Fact]
    public void A_large_table_is_not_held_as_text()
    {
        const int rows = 500_000;
        var text = new StringBuilder("a,b,c,class\n");
        for (var row = 0; row < rows; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row * 0.37:F6},{row * 11.1:F6},{(row % 7) * 1.5:F6},{row % 3}\n");
        }

        var path = _folder.Write("x.csv", text.ToString());
        text.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var table = TableReader.Read([path], new TableOptions());
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;

        // Four columns of float32, two of them with codes of 2 bytes, the class of each row, and buffers; a text takes 40 bytes, and a row has four.
        Assert.InRange(taken, 4L * 4 * rows, (28L * rows) + (16 << 20));
        Assert.Equal(rows, table.Rows);
    }

    private Table Read(string name, string[] cells, ColumnKind? declared = null)
    {
        var text = $"{name},other,class\n{string.Concat(cells.Select((cell, row) => $"{cell},{row % 3}.5,{(row % 2 == 0 ? "x" : "y")}\n"))}";
        return TableReader.Read([_folder.Write("x.csv", text)], new TableOptions { Kinds = declared is { } kind ? [(name, kind)] : [] });
    }
}
