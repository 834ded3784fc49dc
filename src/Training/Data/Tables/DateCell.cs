namespace Gpu.Training.Data;

/// <summary>In which order a column writes the parts of its days.</summary>
public enum DateOrder
{
    /// <summary>2024-01-31, as ISO 8601 has it; also with slashes or points.</summary>
    YearMonthDay,

    /// <summary>31.01.2024, 31/1/2024.</summary>
    DayMonthYear,

    /// <summary>1/31/2024.</summary>
    MonthDayYear,
}

/// <summary>A cell that is cut where a day would be.</summary>
/// <param name="numbers">Its three numbers.</param>
/// <param name="digits">How many digits each has.</param>
/// <param name="rest">What stands behind them.</param>
internal readonly ref struct DateParts((int, int, int) numbers, (int First, int Second, int Third) digits, ReadOnlySpan<char> rest)
{
    internal (int First, int Second, int Third) Numbers { get; } = numbers;

    internal (int First, int Second, int Third) Digits { get; } = digits;

    internal ReadOnlySpan<char> Rest { get; } = rest;
}

/// <summary>
/// Reads days and moments, as the number of days since 2000: near enough to our days that a float32 tells minutes apart.
/// Two numbers of a year are not read, because nobody knows the century.
/// </summary>
internal static class DateCell
{
    private const int ShortestDate = 8;
    private const int LongestDate = 40;
    private static readonly DateTime _origin = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>Reads a cell, without blanks around it; what stands behind the day must be a time.</summary>
    internal static bool TryRead(ReadOnlySpan<char> cell, DateOrder order, out double days)
    {
        days = 0;
        return TryCut(cell, out var parts) && TryRead(parts, order, out days);
    }

    /// <summary>Cuts a cell into what may be a day in some order, and what stands behind it: most cells of most tables are neither.</summary>
    internal static bool TryCut(ReadOnlySpan<char> cell, out DateParts cut)
    {
        if (cell.Length is >= ShortestDate and <= LongestDate && IsCut(cell))
        {
            return Cut(cell, out cut);
        }

        cut = default;
        return false;
    }

    /// <summary>Whether a sign stands behind 1, 2 or 4 characters, and the same again behind 1 or 2 more, as in every day: numbers are no longer looked at.</summary>
    private static bool IsCut(ReadOnlySpan<char> cell)
    {
        var first = IsSign(cell[1]) ? 1 : IsSign(cell[2]) ? 2 : 4;
        return IsSign(cell[first]) && (cell[first + 2] == cell[first] || cell[first + 3] == cell[first]);
    }

    private static bool IsSign(char sign) => sign is '-' or '/' or '.';

    private static bool Cut(ReadOnlySpan<char> cell, out DateParts cut)
    {
        cut = default;
        var at = 0;
        Span<int> parts = stackalloc int[3];
        Span<int> digits = stackalloc int[3];
        for (var i = 0; i < 3; i++)
        {
            if (i > 0 && !(at < cell.Length && IsSign(cell[at]) && cell[at] == cell[digits[0]] && ++at > 0))
            {
                return false;
            }

            for (; at < cell.Length && char.IsAsciiDigit(cell[at]) && digits[i] < 4; at++, digits[i]++)
            {
                parts[i] = (10 * parts[i]) + (cell[at] - '0');
            }
        }

        cut = new DateParts((parts[0], parts[1], parts[2]), (digits[0], digits[1], digits[2]), cell[at..]);
        return true;
    }

    /// <summary>Reads the parts of a cell in an order.</summary>
    internal static bool TryRead(DateParts cut, DateOrder order, out double days)
    {
        days = 0;
        var ((first, second, third), digits) = (cut.Numbers, cut.Digits);
        var (year, month, day) = order switch { DateOrder.YearMonthDay => (first, second, third), DateOrder.DayMonthYear => (third, second, first), _ => (third, first, second) };
        var isLong = order == DateOrder.YearMonthDay ? (digits.First == 4, digits.Second is 1 or 2, digits.Third is 1 or 2) : (digits.Third == 4, digits.First is 1 or 2, digits.Second is 1 or 2);
        if (isLong != (true, true, true) || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        days = (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified) - _origin).TotalDays;
        return TryTime(cut.Rest, ref days);
    }

    /// <summary>A day, or a moment where it has a time, as ISO 8601 writes it.</summary>
    internal static string Show(double days)
    {
        var moment = _origin.AddMinutes(Math.Round(days * 24 * 60));
        return moment.ToString(moment.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Adds what stands behind a day: nothing, or <c>T12:30</c>, <c> 12:30:00.5Z</c>, <c> 12:30+01:00</c>.</summary>
    private static bool TryTime(ReadOnlySpan<char> rest, ref double days)
    {
        if (rest.IsEmpty)
        {
            return true;
        }

        if (rest[0] is not ('T' or ' '))
        {
            return false;
        }

        // A time with its zone belongs to a moment that all zones share.
        var zone = rest[1..].IndexOfAny('Z', '+', '-');
        var clock = zone < 0 ? rest[1..] : rest.Slice(1, zone);
        var isUniversal = zone >= 0 && rest[1 + zone] == 'Z';
        var shift = 0.0;
        if (!TryClock(clock, out var time) || (isUniversal ? rest.Length != zone + 2 : zone >= 0 && !TryClock(rest[(2 + zone)..], out shift)))
        {
            return false;
        }

        days += zone >= 0 && rest[1 + zone] == '-' ? time + shift : time - shift;
        return true;
    }

    /// <summary>Reads hours and minutes, and perhaps seconds, as a share of a day.</summary>
    private static bool TryClock(ReadOnlySpan<char> text, out double share)
    {
        share = 0;
        var isTime = text.Length >= 5 && char.IsAsciiDigit(text[0])
            && TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var time) && time.Days == 0 && (share = time.TotalDays) >= 0;
        return isTime;
    }
}
