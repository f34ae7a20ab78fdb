using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>Offsets of loads and stores. Those that begin with a comma may be left out when they are 0.</summary>
internal static class A64OffsetOperands
{
    public static IEnumerable<(string Name, A64Operand Operand)> All
    {
        get
        {
            foreach (int scale in new[] { 1, 2, 4, 8, 16 })
            {
                yield return ($",pimm{scale}", new A64OffsetOperand(10, 12, isSigned: false, scale, optional: true));
                yield return ($"Rm,extend{scale}", new A64RegisterOffsetOperand(scale));
            }

            yield return (",simm9", new A64OffsetOperand(12, 9, isSigned: true, 1, optional: true));
            yield return ("simm9", new A64OffsetOperand(12, 9, isSigned: true, 1, optional: false));
            yield return (",simm9x16", new A64OffsetOperand(12, 9, isSigned: true, 16, optional: true));
            yield return ("simm9x16", new A64OffsetOperand(12, 9, isSigned: true, 16, optional: false));
            yield return (",pac10", new A64PacOffsetOperand());
            yield return ("tagoffset", new A64TagOffsetOperand());
            foreach (int scale in new[] { 4, 8, 16 })
            {
                yield return ($",simm7x{scale}", new A64OffsetOperand(15, 7, isSigned: true, scale, optional: true));
                yield return ($"simm7x{scale}", new A64OffsetOperand(15, 7, isSigned: true, scale, optional: false));
            }
        }
    }
}

/// <summary>An offset in units of the access's size. Fills Imm, in bytes.</summary>
internal sealed class A64OffsetOperand(int low, int count, bool isSigned, int scale, bool optional) : A64Operand
{
    private long Offset(uint word) => (isSigned ? GetSigned(word, low, count) : Get(word, low, count)) * (long)scale;

    public override void Decode(uint word, ref A64Insn insn) => insn.Imm = Offset(word);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        long offset = Offset(word);
        if (optional && offset == 0)
            return;
        text.Append(optional ? ", " : "").Append(A64Operands.Decimal(offset));
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        long low_ = isSigned ? -(1L << (count - 1)) : 0, high = (isSigned ? 1L << (count - 1) : 1L << count) - 1;
        if (optional && !scanner.Try(','))
        {
            Put(ref word, low, count, 0);
            return true;
        }

        int place = scanner.Here();
        if (!A64Lo12.TryParse(ref scanner, out long value, out _))
            return false;
        if (value < low_ * scale || value > high * scale)
            return scanner.FailAt(place, $"{value} is out of range: {low_ * scale} to {high * scale}");
        if (value % scale != 0)
            return scanner.FailAt(place, $"{value} is not a multiple of {scale}");
        Put(ref word, low, count, (uint)(value / scale));
        return true;
    }
}

/// <summary>
/// Rm with UXTW, LSL, SXTW or SXTX at 15:13 and a shift by the access's size where bit 12 is set. The row's choice
/// takes the kind; Imm2 is the shift.
/// </summary>
internal sealed class A64RegisterOffsetOperand(int scale) : A64Operand
{
    private readonly int _shift = int.Log2(scale);

    public override bool IsAllocated(uint word) => Get(word, 14, 1) == 1;

    public override void Decode(uint word, ref A64Insn insn)
    {
        uint number = Get(word, 16, 5);
        insn.Rm = (byte)(number == 31 ? A64Slot.Zero : number);
        insn.Imm2 = Get(word, 12, 1) == 1 ? _shift : 0;
    }

    public override A64Roles Roles(uint word)
    {
        uint number = Get(word, 16, 5);
        return new A64Roles(number == 31 ? 0 : 1u << (int)number, 0, 0, 0, 0, false, false);
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        uint option = Get(word, 13, 3);
        bool shifted = Get(word, 12, 1) == 1;
        text.Append(A64RegisterFields.Name(Get(word, 16, 5), (option & 1) == 1, isSp: false));
        if (option == 3 && !shifted)
            return;
        text.Append(", ").Append(option == 3 ? "lsl" : A64ShiftOperands.Extends[option]);
        if (shifted)
            text.Append(" #").Append(_shift);
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        string name = scanner.PeekWord();
        bool is64 = A64RegisterFields.TryParse(name, is64: true, isSp: false, out uint number);
        if (!is64 && !A64RegisterFields.TryParse(name, is64: false, isSp: false, out number))
            return scanner.Fail($"expected an index register, found '{name}'");
        scanner.Word();
        uint option = 3;
        bool shifted = false;
        if (scanner.Try(','))
        {
            if (!TryKind(ref scanner, is64, out option))
                return false;
            bool hasAmount = option == 3 || scanner.Peek() is '#' or (>= '0' and <= '9');
            if (hasAmount && !TryAmount(ref scanner, out shifted))
                return false;
        }
        else if (!is64)
        {
            return scanner.Fail("a 32-bit index takes uxtw or sxtw");
        }

        Put(ref word, 16, 5, number);
        Put(ref word, 13, 3, option);
        Put(ref word, 12, 1, shifted ? 1u : 0);
        return true;
    }

    private static bool TryKind(ref A64Scanner scanner, bool is64, out uint option)
    {
        string kind = scanner.PeekWord();
        option = (kind, is64) switch
        {
            ("lsl", true) => 3,
            ("sxtx", true) => 7,
            ("uxtw", false) => 2,
            ("sxtw", false) => 6,
            _ => 0,
        };
        if (option == 0)
            return scanner.Fail($"expected {(is64 ? "lsl or sxtx" : "uxtw or sxtw")}, found '{kind}'");
        scanner.Word();
        return true;
    }

    /// <summary>A written amount sets the shift bit if it is the access's size; a byte's #0 sets it too.</summary>
    private bool TryAmount(ref A64Scanner scanner, out bool shifted)
    {
        int place = scanner.Here();
        shifted = false;
        if (!scanner.Immediate(out long amount))
            return false;
        if (amount != 0 && amount != _shift)
            return scanner.FailAt(place, $"{amount} is no shift of this access: 0 or {_shift}");
        shifted = amount == _shift;
        return true;
    }
}

/// <summary>LDRAA and LDRAB: S:imm9 at 22 and 20:12, in units of 8 bytes. Fills Imm, in bytes.</summary>
internal sealed class A64PacOffsetOperand : A64Operand
{
    private static int Offset(uint word) => (int)(((Get(word, 22, 1) << 9) | Get(word, 12, 9)) << 22) >> 19;

    public override void Decode(uint word, ref A64Insn insn) => insn.Imm = Offset(word);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        if (Offset(word) != 0)
            text.Append(", ").Append(A64Operands.Decimal(Offset(word)));
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        long offset = 0;
        if (scanner.Try(',') && !scanner.Immediate(-4096, 4088, 8, out offset))
            return false;
        Put(ref word, 12, 9, (uint)(offset / 8));
        Put(ref word, 22, 1, (uint)(offset / 8) >> 9);
        return true;
    }
}

/// <summary>ADDG and SUBG: #uimm6 × 16 at 21:16, #uimm4 at 13:10. Fills Imm and Imm2.</summary>
internal sealed class A64TagOffsetOperand : A64Operand
{
    public override void Decode(uint word, ref A64Insn insn)
    {
        insn.Imm = Get(word, 16, 6) * 16;
        insn.Imm2 = (int)Get(word, 10, 4);
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        AppendHex(text, Get(word, 16, 6) * 16);
        text.Append(", ");
        AppendHex(text, Get(word, 10, 4));
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Immediate(0, 1008, 16, out long offset) || !scanner.Literal(",") || !scanner.Immediate(0, 15, 1, out long tag))
            return false;
        Put(ref word, 16, 6, (uint)offset / 16);
        Put(ref word, 10, 4, (uint)tag);
        return true;
    }
}
