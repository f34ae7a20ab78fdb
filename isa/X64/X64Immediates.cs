using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>Which values an immediate field can hold.</summary>
internal static class X64Immediates
{
    /// <summary>
    /// True if the field of <paramref name="slot"/> can hold <paramref name="value"/>. A field of the
    /// operation's own size takes signed and unsigned numbers.
    /// </summary>
    public static bool Fits(X64Slot slot, ulong value)
    {
        long signed = (long)value;
        return slot.Immediate switch
        {
            OpKind.Immediate8 when slot.Name == "1" => value == 1,
            OpKind.Immediate8 => signed is >= sbyte.MinValue and <= byte.MaxValue,
            OpKind.Immediate16 => signed is >= short.MinValue and <= ushort.MaxValue,
            OpKind.Immediate32 => signed is >= int.MinValue and <= uint.MaxValue,
            OpKind.Immediate64 => true,
            OpKind.Immediate8to16 => signed is >= short.MinValue and <= ushort.MaxValue && (short)signed is >= -128 and <= 127,
            OpKind.Immediate8to32 => signed is >= int.MinValue and <= uint.MaxValue && (int)signed is >= -128 and <= 127,
            OpKind.Immediate8to64 => signed is >= -128 and <= 127,
            OpKind.Immediate32to64 => signed is >= int.MinValue and <= int.MaxValue,
            _ => false,
        };
    }
}
