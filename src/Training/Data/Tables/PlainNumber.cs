namespace Gpu.Training.Data;

/// <summary>
/// Reads what nearly every number of a table is, at most 15 digits with a point perhaps, to the same float64 as the parser of .NET, but sooner: the
/// digits make a whole number below 2^53, which is exact in float64, as is the power of ten, so that one division rounds once (Clinger 1990, "How to
/// read floating point numbers accurately", section 3).
/// </summary>
internal static class PlainNumber
{
    private const int MostDigits = 15;

    private static readonly double[] _powers = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Reads a cell; false where it is written in another way, be it a number or none.</summary>
    internal static bool TryRead(ReadOnlySpan<char> cell, out double value)
    {
        value = 0;
        var at = !cell.IsEmpty && cell[0] == '-' ? 1 : 0;
        var isNegative = at == 1;
        if (cell.Length - at is 0 or > MostDigits + 1)
        {
            return false;
        }

        var (whole, point) = (0L, -1);
        for (; at < cell.Length; at++)
        {
            var digit = (uint)(cell[at] - '0');
            if (digit <= 9)
            {
                whole = (10 * whole) + digit;
            }
            else if (cell[at] == '.' && point < 0)
            {
                point = at;
            }
            else
            {
                return false;
            }
        }

        var digits = cell.Length - (isNegative ? 1 : 0) - (point < 0 ? 0 : 1);
        if (digits is 0 or > MostDigits)
        {
            return false;
        }

        var size = whole / _powers[point < 0 ? 0 : cell.Length - 1 - point];
        value = isNegative ? -size : size;
        return true;
    }
}
