using System.Text;
using Gpu.Training.Data;

namespace Gpu.Fuzzing.Formats;

/// <summary>Tables of any columns: numbers, texts, days, missing cells, with any separator.</summary>
internal sealed class TableFormat : CsvFormat
{
    private const string FileName = "any.csv";

    public override string Name => "table";

    public override void Read(string path)
    {
        var table = TableReader.Read([path], new TableOptions());
        Require(table.Rows > 0, "there is no row");
        Require(table.Columns.All(column => column.Present + column.Missing == table.Rows), "a column has not as many cells as there are rows");
        Require(table.Columns.All(column => !double.IsInfinity(column.Min) && !double.IsInfinity(column.Max)), "a column reaches to infinity");
        Require(table.Columns.All(column => column.Kind != ColumnKind.Category || column.Distinct * 2 <= column.Present), "the values of a category do not recur");
        Require(table.Target.Task == TableTask.Regress || table.Target.Classes.Sum(item => item.Rows) == table.Target.Column.Present, "classes and rows are not as many");
        var encoding = TableEncoding.Fit(table, table.RowsWithTarget());
        Require(encoding.Columns.Count == table.Columns.Count - 1, "a column has no encoding");
        Require(encoding.Columns.OfType<NumberEncoding>().All(column => float.IsFinite(column.Median) && column.Spread > 0 && float.IsFinite(column.Spread)), "a scale is none");
    }

    public override string[] Command(string path, string helpers, string output) => ["data", path];

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        yield return Table("size,colour,day,class\n", row => $"{row * 0.5},{(row % 3 == 0 ? "red" : "dark, \"\"blue\"\"")},2024-01-{row + 1:00},{(row % 2 == 0 ? "x" : "y")}\n");
        yield return Table("size;colour;price\n", row => $"{row},5;{(row % 3 == 0 ? "?" : "red")};{row * 1.25}\n");
        yield return Table("", row => $"{row}   {row % 4}.5  word{row % 2}\n");
        yield return Table("id\tremark\ty\tx\n", row => $"{row}\t\"text {row}\"\t{row % 2}\t{(row % 5 == 0 ? "NA" : "1e3")}{row % 7}\n".Replace("NA", row % 7 == 0 ? "NA" : "", StringComparison.Ordinal));
    }

    private static FuzzInput Table(string header, Func<int, string> row)
    {
        var text = new StringBuilder(header);
        for (var i = 0; i < 24; i++)
        {
            text.Append(row(i).Replace("\"\"blue\"\"", "blue", StringComparison.Ordinal).Replace("dark, blue", "\"dark, \"\"blue\"\"\"", StringComparison.Ordinal));
        }

        return new FuzzInput(FileName, Encoding.UTF8.GetBytes(text.ToString()));
    }
}
