using System.Globalization;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Debugging.Expressions;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging;

/// <summary>Values as gdb prints them.</summary>
internal static class ValueText
{
    /// <summary>A value in a format (x d u o t c a z), or as its type wants where none is given.</summary>
    public static string Of(IDebugModel model, DebugValue value, string format)
    {
        char letter = format.Length > 0 ? format[^1] : '\0';
        if (letter != '\0')
            return Formatted(model, value.Bits, value.Type.Size, letter);

        if (value.IsFunction || value.Type.Pointers > 0)
            return Address(model, value.Bits);

        return value.Type.IsSigned
            ? Character(value, ((long)value.Bits).ToString(CultureInfo.InvariantCulture))
            : Character(value, value.Bits.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The low bytes of a word in a format.</summary>
    public static string Formatted(IDebugModel model, ulong bits, int bytes, char format)
    {
        ulong value = bytes >= 8 ? bits : bits & ((1UL << (8 * bytes)) - 1);
        return format switch
        {
            'x' => $"0x{value:x}",
            'z' => "0x" + value.ToString("x", CultureInfo.InvariantCulture).PadLeft(2 * bytes, '0'),
            'u' => value.ToString(CultureInfo.InvariantCulture),
            'd' => Signed(value, bytes).ToString(CultureInfo.InvariantCulture),
            'o' => value == 0 ? "0" : "0" + Convert.ToString((long)value, 8),
            't' => Convert.ToString((long)value, 2),
            'a' => Address(model, value),
            'c' => $"{Signed(value & 0xff, 1)} {Letter((byte)value)}",
            _ => throw new UserErrorException($"'{format}' is no format of a value; there are x d u o t c a z"),
        };
    }

    /// <summary><c>0x1000 &lt;traced+0x4&gt;</c>.</summary>
    public static string Address(IDebugModel model, ulong address) =>
        model.Format(address) is { } name ? $"0x{address:x} <{name}>" : $"0x{address:x}";

    /// <summary>Sign-extended.</summary>
    public static long Signed(ulong value, int bytes)
    {
        int unused = 64 - (8 * Math.Min(bytes, 8));
        return (long)(value << unused) >> unused;
    }

    /// <summary>A byte as C writes it.</summary>
    public static string Letter(byte value) => value switch
    {
        (byte)'\n' => "'\\n'",
        (byte)'\t' => "'\\t'",
        0 => "'\\000'",
        (byte)'\'' => "'\\''",
        (byte)'\\' => "'\\\\'",
        >= 32 and < 127 => $"'{(char)value}'",
        _ => $"'\\{Convert.ToString(value, 8).PadLeft(3, '0')}'",
    };

    private static string Character(DebugValue value, string number) =>
        value.Type is { Bytes: 1, Pointers: 0 } ? $"{number} {Letter((byte)value.Bits)}" : number;
}
