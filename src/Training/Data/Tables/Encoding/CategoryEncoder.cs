namespace Gpu.Training.Data;

/// <summary>Encodes the values of a column.</summary>
internal sealed class CategoryEncoder : ColumnEncoder
{
    /// <summary>No place; the number of an embedded value is its place and 1, and so 0 where it has none.</summary>
    private const int Unseen = -1;

    private readonly Cells<ushort> _codes;
    private readonly int _missing;
    private readonly bool _isEmbedded;

    /// <summary>For each code of the column the place of its value in the encoding.</summary>
    private readonly int[] _places;

    internal CategoryEncoder(CategoryEncoding encoding, TableColumn column)
    {
        (_codes, _isEmbedded) = (column.Codes!, encoding.IsEmbedded);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        _missing = Unseen;
        for (var place = 0; place < encoding.Values.Count; place++)
        {
            if (encoding.Values[place] is { } value)
            {
                places.Add(value, place);
            }
            else
            {
                _missing = place;
            }
        }

        _places = [.. column.Values.Select(pair => places.GetValueOrDefault(pair.Value, Unseen))];
    }

    /// <inheritdoc/>
    internal override void Encode(ReadOnlySpan<int> rows, Span<float> inputs, int stride)
    {
        foreach (var row in rows)
        {
            var place = Place(row);
            if (_isEmbedded)
            {
                inputs[0] = place + 1;
            }
            else
            {
                inputs[..Features].Clear();
                if (place != Unseen)
                {
                    inputs[place] = 1;
                }
            }

            inputs = inputs[Math.Min(stride, inputs.Length)..];
        }
    }

    /// <inheritdoc/>
    internal override bool IsUnseen(int row) => Place(row) == Unseen;

    private int Place(int row) => _codes[row] is var code && code == ColumnCells.NoCode ? _missing : code < _places.Length ? _places[code] : Unseen;
}
