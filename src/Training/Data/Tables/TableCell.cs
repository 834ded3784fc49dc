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
    private const int LongestNumber = 64;

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

    /// <summary>Whether a cell, without blanks around it, says that there is no value: what pandas, R, Weka and the tables of UCI write.</summary>
    internal static bool IsMissing(ReadOnlySpan<char> cell) => cell.Length switch
    {
        0 => true,
        1 => cell[0] is '?' or '-',
        <= 4 => cell[0] is 'N' or 'n' && (cell.Equals("NA", StringComparison.OrdinalIgnoreCase) || cell.Equals("NaN", StringComparison.OrdinalIgnoreCase)
            || cell.Equals("N/A", StringComparison.OrdinalIgnoreCase) || cell.Equals("null", StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };

    /// <summary>Reads a cell, without blanks around it, as a number: <c>5.1</c>, <c>-3e4</c>, <c>inf</c>.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="takesComma">Whether <c>5,1</c> is the same as <c>5.1</c>, because commas separate nothing.</param>
    /// <param name="value">The number; it may be infinite.</param>
    internal static bool TryNumber(ReadOnlySpan<char> cell, bool takesComma, out double value)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        value = 0;
        if (cell.IsEmpty || !(char.IsAsciiDigit(cell[0]) || cell[0] is '-' or '+' or '.' or ',' or 'i' or 'I'))
        {
            return false;
        }

        if (PlainNumber.TryRead(cell, out value) || double.TryParse(cell, Style, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        var unsigned = cell[0] is '-' or '+' ? cell[1..] : cell;
        if (unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            value = cell[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (!takesComma || cell.Length > LongestNumber || cell.Count(',') != 1 || cell.Contains('.'))
        {
            return false;
        }

        Span<char> point = stackalloc char[cell.Length];
        cell.Replace(point, ',', '.');
        return double.TryParse(point, Style, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A cell as messages show it.</summary>
    internal static string Show(ReadOnlySpan<char> cell) =>
        cell.IsEmpty ? "nothing" : cell.Length > LongestShown ? $"'{cell[..LongestShown]}...'" : $"'{cell}'";
}
