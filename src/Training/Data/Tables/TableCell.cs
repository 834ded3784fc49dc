using System.Globalization;

namespace Gpu.Training.Data;

/// <summary>What a cell of a table holds.</summary>
internal enum CellKind
{
    /// <summary>A whole number from 0 to 255.</summary>
    Byte,

    /// <summary>Another number.</summary>
    Number,

    /// <summary>Nothing but blanks.</summary>
    Missing,

    /// <summary>Something else.</summary>
    Text,
}

/// <summary>Reads the cells of tables, always with a point for decimals.</summary>
internal static class TableCell
{
    private const int LongestShown = 40;

    /// <summary>Reads a cell as a byte: <c>7</c>, <c>007</c>, <c>7.0</c> and <c>7.0e+00</c> are the same.</summary>
    internal static CellKind Read(ReadOnlySpan<char> cell, out byte value)
    {
        const NumberStyles Whole = NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
        if (byte.TryParse(cell, Whole, CultureInfo.InvariantCulture, out value))
        {
            return CellKind.Byte;
        }

        if (cell.IsWhiteSpace())
        {
            return CellKind.Missing;
        }

        if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return CellKind.Text;
        }

        var isByte = number is >= 0 and <= byte.MaxValue && number == Math.Floor(number);
        value = isByte ? (byte)number : (byte)0;
        return isByte ? CellKind.Byte : CellKind.Number;
    }

    /// <summary>A cell as messages show it.</summary>
    internal static string Show(ReadOnlySpan<char> cell) =>
        cell.IsEmpty ? "nothing" : cell.Length > LongestShown ? $"'{cell[..LongestShown]}...'" : $"'{cell}'";
}
