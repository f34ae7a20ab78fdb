using System.Globalization;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Shell;

/// <summary>Numbers as users write them: decimal, or hexadecimal behind 0x.</summary>
internal static class Numbers
{
    /// <summary>An address or a register's value. A minus sign gives the two's complement.</summary>
    public static ulong Word(string option, string text)
    {
        bool negative = text.StartsWith('-');
        string digits = negative ? text[1..] : text;
        bool parsed = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (!parsed || (negative && value > 1UL << 63))
            throw new UserErrorException($"{option}: '{text}' is no 64-bit number; write 4096 or 0x1000");

        return negative ? 0 - value : value;
    }

    /// <summary>How many: 1 up to <see cref="long.MaxValue"/>.</summary>
    public static long Count(string option, string text)
    {
        ulong value = Word(option, text);
        if (value is 0 or > long.MaxValue || text.StartsWith('-'))
            throw new UserErrorException($"{option}: '{text}' is no count; write a whole number from 1 up");

        return (long)value;
    }

    /// <summary>Two parts around the first <paramref name="separator"/>, neither of them empty.</summary>
    public static (string Left, string Right) Pair(string option, string text, char separator, string form)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        if (at <= 0 || at == text.Length - 1)
            throw new UserErrorException($"{option}: '{text}' is not of the form {form}");

        return (text[..at], text[(at + 1)..]);
    }
}
