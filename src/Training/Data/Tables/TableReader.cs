namespace Gpu.Training.Data;

/// <summary>
/// Reads tables of any columns into typed ones, row by row: neither a file nor a row but the last is held as text. What its columns are is told
/// by all rows alike, whichever come first.
/// </summary>
public sealed class TableReader
{
    private const string Expected = "a table (.csv, .parquet)";
    private readonly TableOptions _options;
    private readonly List<TablePart> _parts = [];
    private readonly List<string> _remarks = [];
    private TableNames? _names;
    private int _target;
    private string _whyTarget = "";
    private int _rows;
    private ModelTable? _model;
    private ColumnCells[] _cells = [];

    private TableReader(TableOptions options) => _options = options;

    /// <summary>Whether a file, plain or compressed, holds a table: text that is no page of the web.</summary>
    /// <exception cref="TrainingException">It cannot be read.</exception>
    public static bool IsTable(string path) => DataInput.Read(path, Expected, IsTable);

    /// <summary>Reads files, one after the other, as one table; their columns are known by their names, where they have some.</summary>
    /// <param name="paths">The files, at least one.</param>
    /// <param name="options">What is known of it.</param>
    /// <exception cref="TrainingException">A file cannot be read, or is no table, or is not of the columns of the first.</exception>
    public static Table Read(IReadOnlyList<string> paths, TableOptions options)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(options);
        var reader = new TableReader(options);
        foreach (var path in paths)
        {
            reader._parts.Add(DataInput.Read(path, Expected, reader.ReadPart));
        }

        return reader.Finish(paths[0]);
    }

    /// <summary>Reads files for a model, which decides what their columns are: nothing is learned from them, and the target may be missing.</summary>
    /// <param name="paths">The files, at least one.</param>
    /// <param name="table">What the model knows of tables.</param>
    /// <param name="options">How they are read.</param>
    /// <exception cref="TrainingException">A file cannot be read, or is no table, or lacks a column, or has one that the model does not know.</exception>
    internal static OtherTable ReadFor(IReadOnlyList<string> paths, ModelTable table, TableOptions options)
    {
        var reader = new TableReader(options) { _model = table };
        foreach (var path in paths)
        {
            reader._parts.Add(DataInput.Read(path, Expected, reader.ReadPart));
        }

        TableColumn[] columns = [.. reader._cells.Select((cells, i) => new TableColumn(
            i + 1, cells, cells.Declared!.Value, cells.Declared == ColumnKind.Date ? cells.Dates[(int)table.DaysOf(cells.Name)!] : cells.Numbers, "as in training"))];
        var answers = reader._target >= 0 ? columns[reader._target] : null;
        return new OtherTable(paths[0], reader._rows, [.. columns.Where(column => column.Kind != ColumnKind.Ignored)], answers, reader._remarks);
    }

    internal static bool IsTable(DataInput input) =>
        ParquetRows.Matches(input.Start) || (ForeignFormats.IsText(input.Start) && !ForeignFormats.IsWebPage(input.Start));

    private TablePart ReadPart(DataInput input)
    {
        if (!IsTable(input))
        {
            throw TrainingException.BadData($"{input.Path}: expected {Expected}, found {ForeignFormats.Describe(input.Start)}.");
        }

        return ParquetRows.Matches(input.Start) ? ReadParquet(input) : ReadText(input);
    }

    private TablePart ReadParquet(DataInput input)
    {
        using var rows = new ParquetRows(input);
        var dialect = TableDialect.OfNames(rows.Names);
        var names = TableNames.Of(input.Path, dialect);
        if (_names is null)
        {
            Begin(input.Path, names, dialect);
        }

        var places = names.PlacesIn(input.Path, _names!, _remarks);
        rows.IsWanted = column => _cells[places[column]].Declared != ColumnKind.Ignored;
        return new TablePart(input.Path, ReadRows(input.Path, rows, places, dialect), TablePart.Parquet, HasHeader: true);
    }

    private TablePart ReadText(DataInput input)
    {
        var dialect = TableDialect.Find(input, _options.Header);
        using var content = new CountingStream(input.Open());
        using var text = new TableText(input.Path, content, dialect.Separator, trims: true);
        for (var row = 0; row < dialect.Skipped; row++)
        {
            text.Read();
            _remarks.Add($"{input.Path}: row {text.Line:N0}, above the table, is left out: {TableCell.Show(text.Row)}");
        }

        var names = TableNames.Of(input.Path, dialect);
        if (_names is null)
        {
            Begin(input.Path, names, dialect);
        }

        var places = names.PlacesIn(input.Path, _names!, _remarks);
        if (dialect.HasHeader)
        {
            text.Read();
        }

        var rows = ReadRows(input.Path, text, places, dialect);
        if (_options.Limit is null)
        {
            input.RequireEnd(content.Count);
        }

        return new TablePart(input.Path, rows, TableDialect.NameOf(dialect.Separator), dialect.HasHeader);
    }

    /// <summary>Makes the columns, by the first file.</summary>
    private void Begin(string path, TableNames names, TableDialect dialect)
    {
        _names = names;
        if (_model is not null)
        {
            _target = _options.Target is { } asked ? TargetRules.Find(path, names.All, asked, []).Index : names.All.ToList().IndexOf(_model.Target);
            _model.RequireColumns(path, names.All, _target < 0 ? _model.Target : names.All[_target]);
            _cells = [.. names.All.Select((name, column) => Column(
                name,
                column != _target ? _model.KindOf(name) : _model.Encoding.Target is null ? ColumnKind.Category : ColumnKind.Number, column, dialect))];
            return;
        }

        names.RequireAll(path, "--ignore", _options.Ignored);
        names.RequireAll(path, "--column", [.. _options.Kinds.Select(pair => pair.Column)]);
        (_target, _whyTarget) = TargetRules.Find(path, names.All, _options.Target, _options.Ignored);
        _cells = [.. names.All.Select((name, column) => Column(
            name, _options.Ignored.Contains(name) || (_options.TargetAlone && column != _target) ? ColumnKind.Ignored
                : _options.Kinds.Where(pair => pair.Column == name).Select(pair => (ColumnKind?)pair.Kind).LastOrDefault(), column, dialect))];
    }

    /// <summary>A column to be read. Where a value is '+', as in tables of UCI that tell good from bad, '-' is the other one.</summary>
    private static ColumnCells Column(string name, ColumnKind? kind, int column, TableDialect dialect) =>
        new(name, kind) { DashIsValue = dialect.Rows.Any(row => column < row.Length && row[column] == "+") };

    private int ReadRows(string path, ITableRows text, int[] places, TableDialect dialect)
    {
        foreach (var cells in _cells)
        {
            cells.TakesComma = dialect.TakesComma;
        }

        var known = _model is not null;
        var feed = new ColumnFeed(path, text, [.. places.Select(place => _cells[place])])
        {
            Expected = $"{places.Length:N0} columns as in {(dialect.HasHeader ? "the header" : "most rows")}, separated by {TableDialect.NameOf(dialect.Separator)}",
            IsOther = !known && _options.HeldOut.Count == 0 ? null : (row, column) => known || (places[column] != _target && row < _options.HeldOut.Count && _options.HeldOut[row]),
        };
        var rows = feed.Read(_rows, _options.Limit ?? int.MaxValue);
        _rows += rows;
        return rows > 0 || _rows == _options.Limit ? rows : throw TrainingException.BadData(
            $"{path}: expected rows of values{(dialect.HasHeader ? " below the header" : "")}, found none; add rows{(dialect.HasHeader ? ", or say --header no" : "")}.");
    }

    private Table Finish(string path)
    {
        var names = _names!;
        var target = _target;
        var columns = new List<TableColumn>();
        for (var i = 0; i < _cells.Length; i++)
        {
            // A separator at the end of each row makes a column without a name and without a value.
            if (_cells[i].Present == 0 && i > 0 && i == _cells.Length - 1 && names.IsUnnamed(i))
            {
                target = _options.Target is null && target == i ? i - 1 : target;
                continue;
            }

            RequireValue(path, _cells[i]);
            var (kind, reading, reason) = ColumnRules.Decide(_cells[i], isFirst: i == 0 && names.IsUnnamed(i));
            columns.Add(new TableColumn(i + 1, _cells[i], kind, reading, reason) { IsUnnamed = names.IsUnnamed(i) });
        }

        var decided = TargetRules.Decide(path, columns[target], _whyTarget, _options.Task, _parts, _remarks);
        var table = new Table(_parts, columns, decided, _remarks);
        if (decided.Column.Missing > 0)
        {
            _remarks.Add($"{decided.Column.Missing:N0} of {table.Rows:N0} rows have no value of '{decided.Column.Name}', and nothing is learned from them");
        }

        return _options.TargetAlone || table.HasInputs ? table : throw TrainingException.BadData(
            $"{path}: expected a column to learn '{decided.Column.Name}' from, found none of numbers, days or values that recur; declare one with --column NAME:category.");
    }

    private void RequireValue(string path, ColumnCells cells)
    {
        if (cells.Present == 0 && cells.Declared != ColumnKind.Ignored)
        {
            throw TrainingException.BadData(
                $"{path}: column '{cells.Name}': expected a value in at least one of {_parts.Sum(part => part.Rows):N0} rows, found none; leave the column out with --ignore '{cells.Name}'.");
        }
    }
}
