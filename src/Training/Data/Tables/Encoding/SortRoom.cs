namespace Gpu.Training.Data;

/// <summary>Room to sort the numbers of columns in, one after the other: of a large table, rooms of their own for each would be as much as the table.</summary>
/// <param name="rows">The most numbers of a column.</param>
internal sealed class SortRoom(int rows)
{
    private float[] _values = [];
    private uint[] _moved = [];

    /// <summary>The numbers of some rows, those that are missing left out, by size; they stand until the next are sorted.</summary>
    internal ReadOnlySpan<float> Sorted(TableColumn column, ReadOnlySpan<int> of)
    {
        // Taken when it is first asked for: a table may have no numbers.
        _values = _values.Length == 0 ? GC.AllocateUninitializedArray<float>(rows) : _values;
        var (cells, count) = (column.Reading!.Values, 0);
        foreach (var row in of)
        {
            var value = cells[row];
            _values[count] = value;
            count += float.IsNaN(value) ? 0 : 1;
        }

        var values = _values.AsSpan(0, count);
        if (count < NumberSort.Least)
        {
            values.Sort();
            return values;
        }

        _moved = _moved.Length == 0 ? GC.AllocateUninitializedArray<uint>(rows) : _moved;
        NumberSort.Sort(values, _moved.AsSpan(0, count));
        return values;
    }
}
