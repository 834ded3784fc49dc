using System.Globalization;

namespace Gpu.Kernels.Generator;

/// <summary>How tightly the operators of C bind.</summary>
internal enum Binding
{
    Assignment,
    Conditional,
    LogicalOr,
    LogicalAnd,
    Or,
    Xor,
    And,
    Equality,
    Relational,
    Shift,
    Additive,
    Multiplicative,
    Unary,
    Primary,
}

/// <summary>An expression in C.</summary>
internal readonly record struct CExpression(string Text, Binding Binding)
{
    internal static CExpression Primary(string text) => new(text, Binding.Primary);

    internal static CExpression Call(string function, params IEnumerable<string> arguments) =>
        Primary($"{function}({string.Join(", ", arguments)})");

    /// <summary>A cast; one to unsigned takes the place of one to the signed integer of that width.</summary>
    internal static CExpression Cast(string type, CExpression value)
    {
        var signed = type switch
        {
            "uint" => "(int)",
            "uint64" => "(int64)",
            _ => null,
        };
        var text = value.At(Binding.Unary);
        return new($"({type}){(signed is not null && text.StartsWith(signed, StringComparison.Ordinal) ? text.Substring(signed.Length) : text)}", Binding.Unary);
    }

    internal static CExpression Binary(CExpression left, string sign, CExpression right, Binding binding) =>
        new($"{left.At(binding)} {sign} {right.At(binding + 1)}", binding);

    /// <summary>The text, in parentheses where it binds less tightly than its place asks for.</summary>
    internal string At(Binding binding) => Binding < binding ? $"({Text})" : Text;

    /// <summary>A constant of one of the subset's types; null for others.</summary>
    internal static CExpression? Literal(object value) => value switch
    {
        bool b => Primary(b ? "true" : "false"),
        int.MinValue => Primary("(-2147483647 - 1)"),
        int or short or sbyte or byte or ushort => Integer(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        uint u => Primary(u.ToString(CultureInfo.InvariantCulture) + "u"),
        long l => Long("int64", unchecked((ulong)l)),
        ulong l => Long("uint64", l),
        float f => Float(f),
        _ => null,
    };

    private static CExpression Integer(long value) =>
        new(value.ToString(CultureInfo.InvariantCulture), value < 0 ? Binding.Unary : Binding.Primary);

    /// <summary>Suffixes for 64 bits differ between the languages; a cast and a shift do not.</summary>
    private static CExpression Long(string type, ulong value)
    {
        var low = (uint)value;
        return value == low
            ? Cast(type, Primary($"{low.ToString(CultureInfo.InvariantCulture)}u"))
            : Cast(type, Primary($"(((uint64)0x{(uint)(value >> 32):X8}u << 32) | 0x{low:X8}u)"));
    }

    private static CExpression Float(float value)
    {
        if (float.IsNaN(value) || float.IsInfinity(value))
        {
            return Primary($"as_float(0x{unchecked((uint)BitConverter.ToInt32(BitConverter.GetBytes(value), 0)):X8}u)");
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture);
        if (float.Parse(text, CultureInfo.InvariantCulture) != value)
        {
            text = value.ToString("G9", CultureInfo.InvariantCulture);
        }

        // "-0" is lost by the runtimes that older compilers run on.
        var isNegative = BitConverter.GetBytes(value)[3] >= 0x80;
        text = (isNegative && text[0] != '-' ? "-" : "") + text + (text.IndexOfAny(['.', 'E']) < 0 ? ".0" : "") + "f";
        return new(text, isNegative ? Binding.Unary : Binding.Primary);
    }
}
