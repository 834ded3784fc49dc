using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace Gpu.Training.Data;

/// <summary>The cells of a column in a group of rows, as texts.</summary>
internal abstract class ParquetColumn
{
    /// <summary>Characters of a number or a moment, at most.</summary>
    internal const int LongestText = 64;

    /// <summary>Numbers and moments are written as the other formats of tables have them: with a point, days first.</summary>
    private static readonly Dictionary<Type, Func<ParquetRowGroupReader, DataField, int, ParquetColumn>> _kinds = new()
    {
        [typeof(sbyte)] = (group, field, rows) => new Of<sbyte>(group, field, rows),
        [typeof(byte)] = (group, field, rows) => new Of<byte>(group, field, rows),
        [typeof(short)] = (group, field, rows) => new Of<short>(group, field, rows),
        [typeof(ushort)] = (group, field, rows) => new Of<ushort>(group, field, rows),
        [typeof(int)] = (group, field, rows) => new Of<int>(group, field, rows),
        [typeof(uint)] = (group, field, rows) => new Of<uint>(group, field, rows),
        [typeof(long)] = (group, field, rows) => new Of<long>(group, field, rows),
        [typeof(ulong)] = (group, field, rows) => new Of<ulong>(group, field, rows),
        [typeof(float)] = (group, field, rows) => new Of<float>(group, field, rows),
        [typeof(double)] = (group, field, rows) => new Of<double>(group, field, rows),
        [typeof(decimal)] = (group, field, rows) => new Of<decimal>(group, field, rows),
        [typeof(DateTime)] = (group, field, rows) => new Of<DateTime>(group, field, rows, "yyyy-MM-dd HH:mm:ss"),
        [typeof(DateOnly)] = (group, field, rows) => new Of<DateOnly>(group, field, rows, "yyyy-MM-dd"),
        [typeof(Guid)] = (group, field, rows) => new Of<Guid>(group, field, rows),
        [typeof(bool)] = (group, field, rows) => new YesNo(group, field, rows),
        [typeof(ReadOnlyMemory<char>)] = (group, field, rows) => new Texts(group, field, rows),
    };

    /// <summary>Reads a column; null where its values are of a type that tables do not have.</summary>
    internal static ParquetColumn? Read(ParquetRowGroupReader group, DataField field, int rows) =>
        _kinds.TryGetValue(field.ClrType, out var read) ? read(group, field, rows) : null;

    /// <summary>A cell; nothing where it is missing.</summary>
    /// <param name="row">The row in the group.</param>
    /// <param name="buffer">Room for <see cref="LongestText"/> characters.</param>
    internal abstract ReadOnlySpan<char> Text(int row, Span<char> buffer);

    /// <summary>Values of a type, missing ones as null.</summary>
    private static T?[] Values<T>(ParquetRowGroupReader group, DataField field, int rows)
        where T : struct
    {
        var values = new T?[rows];
        if (field.IsNullable)
        {
            group.ReadAsync<T>(field, values.AsMemory()).AsTask().GetAwaiter().GetResult();
            return values;
        }

        var plain = new T[rows];
        group.ReadAsync<T>(field, plain.AsMemory()).AsTask().GetAwaiter().GetResult();
        for (var row = 0; row < rows; row++)
        {
            values[row] = plain[row];
        }

        return values;
    }

    private sealed class Of<T>(ParquetRowGroupReader group, DataField field, int rows, string? format = null) : ParquetColumn
        where T : struct, ISpanFormattable
    {
        private readonly T?[] _values = Values<T>(group, field, rows);

        internal override ReadOnlySpan<char> Text(int row, Span<char> buffer) =>
            _values[row] is { } value && value.TryFormat(buffer, out var length, format, CultureInfo.InvariantCulture) ? buffer[..length] : default;
    }

    private sealed class YesNo(ParquetRowGroupReader group, DataField field, int rows) : ParquetColumn
    {
        private readonly bool?[] _values = Values<bool>(group, field, rows);

        internal override ReadOnlySpan<char> Text(int row, Span<char> buffer) => _values[row] switch { true => "true", false => "false", null => default };
    }

    private sealed class Texts : ParquetColumn
    {
        private readonly string?[] _values;

        internal Texts(ParquetRowGroupReader group, DataField field, int rows)
        {
            _values = new string?[rows];
            group.ReadAsync(field, _values.AsMemory()!).AsTask().GetAwaiter().GetResult();
        }

        internal override ReadOnlySpan<char> Text(int row, Span<char> buffer) => _values[row];
    }
}
