using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>Immediates of the vector instructions.</summary>
internal static class A64SimdOperands
{
    public static IEnumerable<(string Name, A64Operand Operand)> All
    {
        get
        {
            foreach (int bits in new[] { 8, 16, 32, 64 })
            {
                yield return ($"right{bits}", new A64VectorShiftOperand(bits, isRight: true));
                yield return ($"left{bits}", new A64VectorShiftOperand(bits, isRight: false));
            }

            yield return ("ext4", new A64NumberOperand(11, 4, hex: false));
            yield return ("imm8lsl", new A64VectorImmediateOperand("lsl"));
            yield return ("imm8msl", new A64VectorImmediateOperand("msl"));
            yield return ("imm8b", new A64VectorImmediateOperand(""));
            yield return ("imm8d", new A64ByteMaskOperand());
        }
    }
}

/// <summary>immh:immb at 22:16: 2 × bits − shift to the right, bits + shift to the left. Fills Imm2.</summary>
internal sealed class A64VectorShiftOperand(int bits, bool isRight) : A64Operand
{
    private int Amount(uint word) => isRight ? (2 * bits) - (int)Get(word, 16, 7) : (int)Get(word, 16, 7) - bits;

    public override void Decode(uint word, ref A64Insn insn) => insn.Imm2 = Amount(word);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append('#').Append(Amount(word));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Immediate(isRight ? 1 : 0, isRight ? bits : bits - 1, 1, out long amount))
            return false;
        Put(ref word, 16, 7, (uint)(isRight ? (2 * bits) - amount : bits + amount));
        return true;
    }
}

/// <summary>abc:defgh at 18:16 and 9:5, with the shift that cmode (15:12) says. Fills Imm, expanded to 64 bits.</summary>
internal sealed class A64VectorImmediateOperand(string shift) : A64Operand
{
    internal static uint Byte(uint word) => (Get(word, 16, 3) << 5) | Get(word, 5, 5);

    internal static void PutByte(ref uint word, uint value)
    {
        Put(ref word, 16, 3, value >> 5);
        Put(ref word, 5, 5, value);
    }

    /// <summary>The shift in bits: 8 times the field whose width the element's size gives.</summary>
    private static int Amount(uint word, string shift)
    {
        uint mode = Get(word, 12, 4);
        return shift switch
        {
            "msl" => (mode & 1) == 0 ? 8 : 16,
            "lsl" => (int)((mode & 8) == 0 ? mode >> 1 : (mode >> 1) & 1) * 8,
            _ => 0,
        };
    }

    public override void Decode(uint word, ref A64Insn insn)
    {
        uint mode = Get(word, 12, 4), value = Byte(word) << Amount(word, shift);
        if (shift == "msl")
            value |= (1u << Amount(word, shift)) - 1;
        insn.Imm = (long)A64Replicate.Of(value, mode == 14 ? 0 : (mode & 12) == 8 ? 1 : 2);
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        AppendHex(text, Byte(word));
        if (Amount(word, shift) != 0)
            text.Append(", ").Append(shift).Append(" #").Append(Amount(word, shift));
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Immediate(0, 255, 1, out long value))
            return false;
        PutByte(ref word, (uint)value);
        long amount = 0;
        bool isWide = (Get(word, 12, 4) & 8) == 0, isMsl = shift == "msl";
        if (scanner.Try(','))
        {
            if (shift.Length == 0 || !scanner.Literal(shift))
                return scanner.Fail("no shift here");
            if (!scanner.Immediate(isMsl ? 8 : 0, isMsl ? 16 : isWide ? 24 : 8, 8, out amount))
                return false;
        }
        else if (isMsl)
        {
            return scanner.Fail("expected msl");
        }

        if (isMsl)
            Put(ref word, 12, 1, amount == 16 ? 1u : 0);
        else if (shift.Length > 0)
            Put(ref word, 13, isWide ? 2 : 1, (uint)amount / 8);
        return true;
    }
}

/// <summary>MOVI of 64 bits: each bit of abcdefgh becomes a byte of zeros or ones. Fills Imm.</summary>
internal sealed class A64ByteMaskOperand : A64Operand
{
    private static ulong Expand(uint value)
    {
        ulong expanded = 0;
        for (int bit = 0; bit < 8; bit++)
            expanded |= ((value >> bit) & 1) == 1 ? 0xffUL << (bit * 8) : 0;
        return expanded;
    }

    public override void Decode(uint word, ref A64Insn insn) => insn.Imm = (long)Expand(A64VectorImmediateOperand.Byte(word));

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        AppendHex(text, Expand(A64VectorImmediateOperand.Byte(word)));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        int place = scanner.Here();
        if (!scanner.Immediate(out long value))
            return false;
        uint mask = 0;
        for (int bit = 0; bit < 8; bit++)
            mask |= (uint)(((ulong)value >> (bit * 8)) & 1) << bit;
        if (Expand(mask) != (ulong)value)
            return scanner.FailAt(place, $"0x{value:x}: every byte must be 0x00 or 0xff");
        A64VectorImmediateOperand.PutByte(ref word, mask);
        return true;
    }
}
