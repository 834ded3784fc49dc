using System.Runtime.InteropServices;

namespace Gpu.Training.Data;

/// <summary>
/// Rows of a table as samples of floats, which are encoded when they are asked for: a table is held once, by its columns. Behind the inputs of a row
/// stands the quantity that is to be learned of it, standardised, where there is one.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="rows">The rows, in the order of the samples.</param>
/// <param name="quantities">The quantity of each row of the table; null where none is to be learned.</param>
internal sealed class TableSamples(EncodedTable table, int[] rows, float[]? quantities)
    : SampleStore(rows.Length, checked((table.Features + (quantities is null ? 0 : 1)) * sizeof(float)))
{
    /// <summary>Rows that are encoded column after column: few enough that what they become stays in the cache of a core.</summary>
    private const int RowsAtOnce = 256;

    /// <summary>Inputs of a sample.</summary>
    internal int Inputs => table.Features;

    /// <summary>Whether something stands behind the inputs.</summary>
    internal bool HasQuantities => quantities is not null;

    /// <summary>The numbers of the rows, counted from 1.</summary>
    internal IReadOnlyList<int> Numbers => [.. rows.Select(row => row + 1)];

    /// <inheritdoc/>
    public override long ResidentBytes => table.CellBytes + (sizeof(int) * (long)rows.Length) + (sizeof(float) * (quantities?.LongLength ?? 0));

    /// <inheritdoc/>
    public override bool IsOnDisk => false;

    /// <inheritdoc/>
    public override bool AreMade => true;

    /// <inheritdoc/>
    public override float Quantity(int index) => quantities![rows[index]];

    /// <inheritdoc/>
    public override void Read(int first, Span<byte> destination) => Encode(rows.AsSpan(first, destination.Length / Features), destination);

    /// <inheritdoc/>
    public override void Gather(ReadOnlySpan<int> indices, Span<byte> destination)
    {
        Span<int> some = stackalloc int[Math.Min(indices.Length, RowsAtOnce)];
        for (var first = 0; first < indices.Length; first += some.Length)
        {
            some = some[..Math.Min(some.Length, indices.Length - first)];
            for (var i = 0; i < some.Length; i++)
            {
                some[i] = rows[indices[first + i]];
            }

            Encode(some, destination.Slice(first * Features, some.Length * Features));
        }
    }

    private void Encode(ReadOnlySpan<int> some, Span<byte> destination)
    {
        var floats = MemoryMarshal.Cast<byte, float>(destination);
        var stride = Features / sizeof(float);
        table.Encode(some, floats, stride);
        for (var i = 0; quantities is not null && i < some.Length; i++)
        {
            floats[(i * stride) + table.Features] = quantities[some[i]];
        }
    }
}
