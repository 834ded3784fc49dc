using System.Runtime.InteropServices;

namespace Gpu.Training.Data;

/// <summary>
/// The cells of a column while they are read, in every way that they may be meant: as numbers, as days, as values that recur. What has become
/// unlikely is let go, so a column takes 4 bytes a cell, or 2 where its values recur, and 6 where both may be.
/// </summary>
/// <param name="name">The column.</param>
/// <param name="declared">The kind that it was declared to be; null where it is to be found out.</param>
internal sealed class ColumnCells(string name, ColumnKind? declared)
{
    /// <summary>The code of a value that there was no room for, in a row that nothing is learned from.</summary>
    internal const ushort OtherCode = ushort.MaxValue - 1;

    /// <summary>The code of a missing cell.</summary>
    internal const ushort NoCode = ushort.MaxValue;

    /// <summary>More different values than this are no categories: an embedding of each could not be learned, and the texts take memory.</summary>
    internal const int MostValues = 10_000;

    /// <summary>A longer value is prose.</summary>
    private const int LongestValue = 200;

    /// <summary>Cells before the values of a reading are let go: of fewer, one that does not fit is a large share.</summary>
    private const int LeastCells = 1000;

    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly ColumnReading?[] _dates = declared is null or ColumnKind.Date ? [new(), new(), new()] : [null, null, null];

    /// <summary>The column.</summary>
    internal string Name => name;

    /// <summary>The kind that it was declared to be.</summary>
    internal ColumnKind? Declared => declared;

    /// <summary>Whether commas are decimal in the file that is being read.</summary>
    internal bool TakesComma { private get; set; }

    /// <summary>Whether <c>-</c> is a value here, as beside <c>+</c>, and no missing cell.</summary>
    internal bool DashIsValue { private get; set; }

    /// <summary>Cells without a value.</summary>
    internal int Missing { get; private set; }

    /// <summary>Cells with a value.</summary>
    internal int Present { get; private set; }

    /// <summary>The cells as numbers; null where they were declared to be none.</summary>
    internal ColumnReading? Numbers { get; } = declared is null or ColumnKind.Number ? new() : null;

    /// <summary>The cells as days, by <see cref="DateOrder"/>; null where they were declared to be none.</summary>
    internal IReadOnlyList<ColumnReading?> Dates => _dates;

    /// <summary>For each cell which value it has; null where there are too many.</summary>
    internal Cells<ushort>? Codes { get; private set; } = declared is null or ColumnKind.Category ? new() : null;

    /// <summary>The values, in the order in which they appeared, with the cells that have them.</summary>
    internal List<(string Value, int Cells)> Values { get; } = [];

    /// <summary>A number with a decimal comma, and one with a decimal point.</summary>
    internal (CellPlace? Comma, CellPlace? Point) Decimals { get; private set; }

    /// <summary>How many values there are in the rows that are learned from.</summary>
    internal int Distinct { get; private set; }

    /// <summary>Adds the cell of a row that nothing is learned from: what does not fit is missing or unseen there, and decides nothing.</summary>
    internal void AddOther(ReadOnlySpan<char> cell)
    {
        cell = cell.Trim();
        var isMissing = TableCell.IsMissing(cell) && !(DashIsValue && cell is "-");
        if (Numbers is not null)
        {
            var value = double.NaN;
            var fits = !isMissing && TableCell.TryNumber(cell, TakesComma, out value);
            Numbers.AddOther(fits ? value : double.NaN, isMiss: !isMissing && !fits);
        }

        DateParts parts = default;
        var mayBeDay = !isMissing && DateCell.TryCut(cell, out parts);
        for (var order = 0; order < _dates.Length; order++)
        {
            var days = double.NaN;
            var fits = mayBeDay && DateCell.TryRead(parts, (DateOrder)order, out days);
            _dates[order]?.AddOther(fits ? days : double.NaN, isMiss: !isMissing && !fits);
        }

        Codes?.Add(isMissing ? NoCode : OtherValue(cell));
    }

    private ushort OtherValue(ReadOnlySpan<char> cell)
    {
        var known = _codes.GetAlternateLookup<ReadOnlySpan<char>>();
        if (known.TryGetValue(cell, out var code))
        {
            return (ushort)code;
        }

        if (cell.Length > LongestValue || Values.Count >= OtherCode - MostValues)
        {
            return OtherCode;
        }

        known[cell] = Values.Count;
        Values.Add((cell.ToString(), 0));
        return (ushort)(Values.Count - 1);
    }

    /// <summary>Adds the cell of a row.</summary>
    /// <exception cref="TrainingException">It is not of the declared kind.</exception>
    internal void Add(string path, long line, ReadOnlySpan<char> cell)
    {
        cell = cell.Trim();
        if (TableCell.IsMissing(cell) && !(DashIsValue && cell is "-"))
        {
            AddMissing();
            return;
        }

        Present++;
        AddNumber(path, line, cell);
        AddDate(path, line, cell);
        AddValue(path, line, cell);
    }

    /// <summary>The cells as they would be if some rows had been known to be held out; from their values, which must be there.</summary>
    internal ColumnCells Retell(bool[] heldOut)
    {
        var told = new ColumnCells(name, declared) { TakesComma = TakesComma, DashIsValue = DashIsValue };
        for (var row = 0; row < Codes!.Count; row++)
        {
            var cell = Codes[row] == NoCode ? "" : Values[Codes[row]].Value;
            if (heldOut[row])
            {
                told.AddOther(cell);
            }
            else
            {
                told.Add(name, row + 1, cell);
            }
        }

        return told;
    }

    private void AddMissing()
    {
        Missing++;
        Numbers?.AddMissing();
        Codes?.Add(NoCode);
        foreach (var dates in _dates)
        {
            dates?.AddMissing();
        }
    }

    private void AddNumber(string path, long line, ReadOnlySpan<char> cell)
    {
        if (Numbers is null)
        {
            return;
        }

        if (TableCell.TryNumber(cell, TakesComma, out var value))
        {
            NoteDecimals(path, line, cell);
            Numbers.Add(value, path, line, cell);
            return;
        }

        if (declared == ColumnKind.Number)
        {
            throw Unfit(path, line, cell, "a number, because that was declared");
        }

        AddMiss(Numbers, path, line, cell);
    }

    private void AddDate(string path, long line, ReadOnlySpan<char> cell)
    {
        var fits = false;
        var mayBeDay = DateCell.TryCut(cell, out var parts);
        for (var order = 0; order < _dates.Length; order++)
        {
            if (_dates[order] is not { } dates)
            {
                continue;
            }

            if (mayBeDay && DateCell.TryRead(parts, (DateOrder)order, out var days))
            {
                dates.Add(days, path, line, cell);
                fits = true;
                continue;
            }

            AddMiss(dates, path, line, cell);
        }

        if (declared == ColumnKind.Date && !fits)
        {
            throw Unfit(path, line, cell, "a day such as 2024-01-31, because that was declared");
        }
    }

    private void AddValue(string path, long line, ReadOnlySpan<char> cell)
    {
        if (Codes is null)
        {
            return;
        }

        var known = _codes.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(cell, out var code) || (Distinct == MostValues && Values[code].Cells == 0))
        {
            if (cell.Length > LongestValue || Distinct == MostValues)
            {
                if (declared == ColumnKind.Category)
                {
                    throw Unfit(path, line, cell, $"one of at most {MostValues:N0} values of at most {LongestValue} characters, because a category was declared");
                }

                Codes = null;
                _codes.Clear();
                _codes.TrimExcess();
                Values.Clear();
                Values.TrimExcess();
                return;
            }

            code = Values.Count;
            known[cell] = code;
            Values.Add((cell.ToString(), 0));
        }

        ref var cells = ref CollectionsMarshal.AsSpan(Values)[code].Cells;
        Distinct += cells == 0 ? 1 : 0;
        cells++;
        Codes.Add((ushort)code);
    }

    private void NoteDecimals(string path, long line, ReadOnlySpan<char> cell)
    {
        if (!TakesComma)
        {
            return;
        }

        if (Decimals.Comma is null && cell.Contains(','))
        {
            Decimals = (new CellPlace(path, line, cell.ToString()), Decimals.Point);
        }
        else if (Decimals.Point is null && cell.Contains('.'))
        {
            Decimals = (Decimals.Comma, new CellPlace(path, line, cell.ToString()));
        }
    }

    /// <summary>Adds a cell that does not fit. A column of which one does not is of another kind, or refused: its values are not asked for any more.</summary>
    private void AddMiss(ColumnReading reading, string path, long line, ReadOnlySpan<char> cell)
    {
        reading.AddMiss(path, line, cell);
        if (reading.IsKept && declared is null && Present >= LeastCells && !ColumnRules.IsNearly(reading.Misses, Present))
        {
            reading.LetGo();
        }
    }

    private TrainingException Unfit(string path, long line, ReadOnlySpan<char> cell, string expected) => TrainingException.BadData(
        $"{path}: row {line:N0}, column '{name}': expected {expected}, found {TableCell.Show(cell)}; mend the value, or declare another kind with --column.");
}
