namespace Gpu.Training.Data;

/// <summary>Encodes the numbers of a column.</summary>
internal sealed class NumberEncoder(NumberEncoding encoding, Cells<float> cells) : ColumnEncoder
{
    /// <inheritdoc/>
    internal override void Encode(ReadOnlySpan<int> rows, Span<float> inputs, int stride)
    {
        foreach (var row in rows)
        {
            var value = cells[row];
            var isMissing = float.IsNaN(value);
            inputs[0] = isMissing ? 0 : encoding.Encode(value);
            if (encoding.HasFlag)
            {
                inputs[1] = isMissing ? 1 : 0;
            }

            encoding.Bins.Encode(isMissing ? encoding.Median : value, inputs[(encoding.HasFlag ? 2 : 1)..]);
            inputs = inputs[Math.Min(stride, inputs.Length)..];
        }
    }

    /// <inheritdoc/>
    internal override bool IsUnseen(int row) => !encoding.HasFlag && float.IsNaN(cells[row]);
}
