using System.Text;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data.Tables;

/// <summary>How files are written, and what is wrong with some.</summary>
public sealed class TableReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("commas", "size,kind,class\n1.5,a,x\n2.5,b,y\n3,a,x\n4,b,y\n")]
    [InlineData("semicolons", "size;kind;class\n1,5;a;x\n2,5;b;y\n3;a;x\n4;b;y\n")]
    [InlineData("tabs", "size\tkind\tclass\n1.5\ta\tx\n2,5\tb\ty\n3\ta\tx\n4\tb\ty\n", "2.5")]
    [InlineData("blanks", "size  kind class\n1.5   a    x\n  2.5 b    y  \n3 a \t x\n4 b y\n")]
    [InlineData("commas", "\"size\", \"kind\", \"class\"\r\n 1.5 , \"a\" , x\r\n2.5,b,y\r\n\r\n3,a,x\r\n4,b,y")]
    [InlineData("commas", "size,kind,class,\n1.5,a,x,\n2.5,b,y,\n3,a,x,\n4,b,y,\n")]
    [InlineData("commas", "1.5,a,x\n2.5,b,y\n3,a,x\n4,b,y\n")]
    [InlineData("commas", "|1x3 Cross validator\n1.5,a,x\n2.5,b,y\n3,a,x\n4,b,y\n")]
    public void A_table_is_one_table_however_it_is_written(string separator, string text, string? mixed = null)
    {
        if (mixed is not null)
        {
            text = text.Replace("2,5", mixed, StringComparison.Ordinal);
        }

        var table = Read(text);
        Assert.Equal((separator, 4), (table.Parts[0].Separator, table.Rows));
        Assert.Equal([ColumnKind.Number, ColumnKind.Category, ColumnKind.Category], table.Columns.Select(column => column.Kind));
        Assert.Equal([1.5f, 2.5f, 3, 4], table.Columns[0].Reading!.Values.ToArray());
        Assert.Equal([("a", 2), ("b", 2)], table.Columns[1].Frequent(9));
        Assert.Equal([("x", 2), ("y", 2)], table.Target.Classes);
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n", true)]
    [InlineData("1,2\n3,4\n", false)]
    [InlineData("5.1,setosa\n4.9,setosa\n6,virginica\n6,virginica\n", false)]
    [InlineData("shape,colour\nround,red\nflat,red\nround,blue\nflat,blue\n", true)]
    [InlineData("p,x,e\np,y,e\np,x,p\ne,y,p\n", false)]
    [InlineData("?,b\n1,2\n3,4\n", true)]
    [InlineData(",a,b\n0,1,x\n1,2,x\n2,3,y\n3,5,y\n", true)]
    public void Names_in_the_first_row_are_told_from_values(string text, bool isHeader)
    {
        var path = _folder.Write("x.csv", text);
        Assert.Equal(isHeader, DataInput.Read(path, "a table", input => TableDialect.Find(input, null)).HasHeader);
    }

    [Fact]
    public void What_is_said_of_the_header_goes_before_what_it_looks_like()
    {
        var table = Read("2019,2020,class\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n", new TableOptions { Header = true });
        Assert.Equal((4, "2019"), (table.Rows, table.Columns[0].Name));
        table = Read("a,b,c\nb,c,d\na,b,c\nb,c,d\n", new TableOptions { Header = false });
        Assert.Equal((4, "c1"), (table.Rows, table.Columns[0].Name));
    }

    [Fact]
    public void What_stands_above_the_table_is_left_out_and_said() => Assert.Equal(
        $"{_folder.File("x.csv")}: row 1, above the table, is left out: '|1x3 Cross validator'", Assert.Single(Read("|1x3 Cross validator\n1.5,x\n2.5,y\n3,x\n4,y\n").Remarks));

    [Fact]
    public void The_first_row_is_row_1() => Assert.Contains(
        "x.csv: row 1, column 'c1': expected a number, because that was declared, found 'a'",
        Assert.Throws<TrainingException>(() => Read("a,x\n2,y\n3,x\n4,y\n", new TableOptions { Header = false, Kinds = [("c1", ColumnKind.Number)] })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_table_in_another_encoding_is_named_as_such() => Assert.Contains(
        "x.csv: expected a table in UTF-8, found other bytes in row 1 or below; save it in UTF-8",
        Assert.Throws<TrainingException>(() => TableReader.Read([_folder.Write("x.csv", Encoding.Latin1.GetBytes("a,class\n1,caf\u00e9\n2,y\n"))], new TableOptions())).Message, StringComparison.Ordinal);

    [Fact]
    public void More_columns_than_are_read_are_refused_before_they_are() => Assert.Contains(
        "x.csv: row 1: expected at most 262,144 columns, found 300,000",
        Assert.Throws<TrainingException>(() => Read($"{new string(',', 299_999)}\n1,2\n")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("iris.csv", 150, "NNNNC", TableTask.Classify, 3)]
    [InlineData("titanic.csv", 891, "INNTCNNNTNTC", TableTask.Classify, 3)]
    [InlineData("winequality-red.csv", 1599, "NNNNNNNNNNNN", TableTask.Classify, 6)]
    public void Tables_that_people_have_are_understood(string name, int rows, string kinds, TableTask task, int classes)
    {
        var table = TableReader.Read([Path.Combine(TestData.Tabular, name)], new TableOptions());
        Assert.Equal((rows, kinds), (table.Rows, string.Concat(table.Columns.Select(column => $"{column.Kind}"[0]))));
        Assert.Equal((task, classes), (table.Target.Task, table.Target.Classes.Count));
    }

    [Fact]
    public void Rows_that_R_has_named_have_a_column_for_it()
    {
        var table = Read("\"size\" \"class\"\n\"1\" 5.1 \"x\"\n\"2\" 4.9 \"y\"\n\"3\" 4.7 \"x\"\n\"4\" 5 \"y\"\n");
        Assert.Equal([("c1", ColumnKind.Id), ("size", ColumnKind.Number), ("class", ColumnKind.Category)], table.Columns.Select(column => (column.Name, column.Kind)));
    }

    [Fact]
    public void Every_sign_for_a_missing_cell_is_one()
    {
        string[] missing = ["", "?", "NA", "na", "N/A", "nan", "NaN", "null", "NULL", "-", " ? "];
        var table = Read($"size,class\n{string.Concat(missing.Select(sign => $"{sign},x\n"))}1,y\n2,y\n");
        Assert.Equal((missing.Length, ColumnKind.Number), (table.Columns[0].Missing, table.Columns[0].Kind));
        Assert.All(Enumerable.Range(0, missing.Length), row => Assert.True(float.IsNaN(table.Columns[0].Reading!.Values[row])));
    }

    [Fact]
    public void A_dash_beside_a_plus_is_a_value()
    {
        var table = Read("size,class\n-,+\n2,-\n3,+\n4,-\n");
        Assert.Equal([("+", 2), ("-", 2)], table.Target.Classes.OrderBy(item => item.Name, StringComparer.Ordinal));
        Assert.Equal(1, table.Columns[0].Missing);
    }

    [Fact]
    public void Compressed_tables_and_several_files_in_any_order_of_columns_are_read()
    {
        var first = _folder.WriteGzip("a.csv.gz", Encoding.UTF8.GetBytes("size,class\n1,x\n2,y\n"));
        var second = _folder.Write("b.csv", "class;size\nx;3,5\ny;4\n");
        var table = TableReader.Read([first, second], new TableOptions());
        Assert.Equal([1, 2, 3.5f, 4], table.Columns[0].Reading!.Values.ToArray());
        Assert.Equal([(2, "commas"), (2, "semicolons")], table.Parts.Select(part => (part.Rows, part.Separator)));
        Assert.Contains("taken by their names", Assert.Single(table.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b,a\n1,2,3\n4,5,6\n", "row 1: expected columns of different names, found 'a' above column 1 and column 3")]
    [InlineData("a,class\n1,x\n2,x\n", "column 'class': expected a target with 2 to 256 classes, found one, 'x', in all rows")]
    [InlineData("a,class\n1,x\n2\n3,y\n", "row 3: expected 2 columns as in the header, separated by commas, found 1; mend the row")]
    [InlineData("a,class\n1,x\n2,y,3\n3,y\n", "row 3: expected 2 columns as in the header, separated by commas, found 3")]
    [InlineData("a,class\n", "expected rows of values below the header, found none")]
    [InlineData("a,b,class\n1,,x\n2,NA,y\n3,?,x\n4,,y\n", "column 'b': expected a value in at least one of 4 rows, found none; leave the column out with --ignore 'b'")]
    [InlineData("a,y\n1,0.5\n2,inf\n3,1.5\n4,2.5\n", "row 3, column 'y': expected a number that float32 can hold, found 'inf'")]
    [InlineData("a,y\n1,0.5\n2,1e39\n3,1.5\n4,2.5\n", "row 3, column 'y': expected a number that float32 can hold, found '1e39'")]
    [InlineData("a;y\n1,5;x\n2.5;y\n1;x\n2;y\n", "row 2, column 'a': expected one sign for decimals, found '1,5' there and '2.5' in row 3")]
    [InlineData("a,y\n1,0.5\n2,0.5\n3,0.50\n", "column 'y': expected a target that differs from row to row, found 0.5 in all of them")]
    [InlineData("a,y\n1,2.5\n\"2,3.5\n3,4.5\n", "quotes")]
    [InlineData("name,class\nann,x\nbob,y\ncid,x\ndan,y\n", "expected a column to learn 'class' from, found none")]
    [InlineData("a,name\n1,ann\n2,bob\n3,cid\n", "column 'name': expected a target whose values recur, or are quantities, found 3 different texts in 3 rows")]
    public void A_bad_table_is_refused_with_a_sentence_that_says_where(string text, string message)
    {
        var error = Assert.Throws<TrainingException>(() => Read(text));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("x.csv", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("colour:category", "--column: expected a column of")]
    [InlineData("size:huge", "--column: expected a column and its kind, such as age:number, with number, category, text, date or id, found 'size:huge'")]
    public void Columns_and_kinds_that_are_none_are_wrong_usage(string column, string message)
    {
        var error = Assert.Throws<TrainingException>(() => Read("size,class\n1,x\n2,y\n", new TableOptions { Kinds = [ColumnKinds.Parse(column)] }));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_other_columns_and_of_other_kinds_are_refused()
    {
        var first = _folder.Write("a.csv", "size,class\n1,x\n2,y\n");
        var second = _folder.Write("b.csv", "weight,class\n1,x\n2,y\n");
        Assert.Contains("b.csv: expected the 2 columns of the first file, found no 'size' and 'weight' besides",
            Assert.Throws<TrainingException>(() => TableReader.Read([first, second], new TableOptions())).Message, StringComparison.Ordinal);
        var picture = _folder.Write("c.csv", [0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 0]);
        Assert.Contains("c.csv: expected a table", Assert.Throws<TrainingException>(() => TableReader.Read([first, picture], new TableOptions())).Message, StringComparison.Ordinal);
    }

    private Table Read(string text, TableOptions? options = null) => TableReader.Read([_folder.Write("x.csv", text)], options ?? new TableOptions());
}
