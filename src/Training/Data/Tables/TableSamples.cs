using System.Runtime.InteropServices;

namespace Gpu.Training.Data;

/// <summary>Rows of a table as samples of floats, which are encoded when they are asked for: a table is held once, by its columns.</summary>
/// <param name="table">The table.</param>
/// <param name="rows">The rows, in the order of the samples.</param>
internal sealed class TableSamples(EncodedTable table, int[] rows) : SampleStore(rows.Length, checked(table.Features * sizeof(float)))
{
    /// <summary>The numbers of the rows, counted from 1.</summary>
    internal IReadOnlyList<int> Numbers => [.. rows.Select(row => row + 1)];

    /// <inheritdoc/>
    public override long ResidentBytes => Bytes;

    /// <inheritdoc/>
    public override bool IsOnDisk => false;

    /// <inheritdoc/>
    public override void Read(int first, Span<byte> destination) =>
        table.Encode(rows.AsSpan(first, destination.Length / Features), MemoryMarshal.Cast<byte, float>(destination));

    /// <inheritdoc/>
    public override void Gather(ReadOnlySpan<int> indices, Span<byte> destination)
    {
        var floats = MemoryMarshal.Cast<byte, float>(destination);
        for (var i = 0; i < indices.Length; i++)
        {
            table.Encode(rows.AsSpan(indices[i], 1), floats.Slice(i * table.Features, table.Features));
        }
    }
}
