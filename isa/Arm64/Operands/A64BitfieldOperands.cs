using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>immr and imms, and what the aliases of SBFM, BFM and UBFM make of them.</summary>
internal static class A64BitfieldOperands
{
    public static IEnumerable<(string Name, A64Operand Operand)> All
    {
        get
        {
            foreach (int width in new[] { 32, 64 })
            {
                yield return ($"bitfield{width}", new A64BitfieldOperand(width));
                yield return ($"lsl{width}", new A64ShiftLeftOperand(width));
                yield return ($"immr{width}", new A64ShiftRightOperand(width));
                yield return ($"insert{width}", new A64InsertOperand(width));
                yield return ($"extract{width}", new A64ExtractOperand(width));
            }
        }
    }

    internal static bool TryPair(ref A64Scanner scanner, long high1, out long first, long low2, Func<long, long> high2, out long second)
    {
        second = 0;
        return scanner.Immediate(0, high1, 1, out first) && scanner.Literal(",")
            && scanner.Immediate(low2, high2(first), 1, out second);
    }
}

/// <summary>
/// #immr, #imms. Fills Imm and Imm2 with two shifts that do the work: the field is (Rn shifted left by Imm) shifted
/// right by Imm2, arithmetically for SBFM.
/// </summary>
internal sealed class A64BitfieldOperand(int width) : A64Operand
{
    public override void Decode(uint word, ref A64Insn insn)
    {
        int immr = (int)Get(word, 16, 6), imms = (int)Get(word, 10, 6);
        insn.Imm = width - 1 - imms;
        insn.Imm2 = imms >= immr ? width - 1 - imms + immr : immr - imms - 1;
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append('#').Append(Get(word, 16, 6)).Append(", #").Append(Get(word, 10, 6));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!A64BitfieldOperands.TryPair(ref scanner, width - 1, out long immr, 0, _ => width - 1, out long imms))
            return false;
        Put(ref word, 16, 6, (uint)immr);
        Put(ref word, 10, 6, (uint)imms);
        return true;
    }
}

/// <summary>LSL #n: immr is −n modulo the width, imms is width − 1 − n.</summary>
internal sealed class A64ShiftLeftOperand(int width) : A64Operand
{
    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append('#').Append(width - 1 - Get(word, 10, 6));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Immediate(0, width - 1, 1, out long shift))
            return false;
        Put(ref word, 16, 6, (uint)(-shift & (width - 1)));
        Put(ref word, 10, 6, (uint)(width - 1 - shift));
        return true;
    }
}

/// <summary>LSR #n, ASR #n: immr is n.</summary>
internal sealed class A64ShiftRightOperand(int width) : A64Operand
{
    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append('#').Append(Get(word, 16, 6));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Immediate(0, width - 1, 1, out long shift))
            return false;
        Put(ref word, 16, 6, (uint)shift);
        return true;
    }
}

/// <summary>#lsb, #width of BFI, BFC, SBFIZ, UBFIZ: immr is −lsb, imms is width − 1.</summary>
internal sealed class A64InsertOperand(int width) : A64Operand
{
    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append('#').Append((width - Get(word, 16, 6)) & (uint)(width - 1)).Append(", #").Append(Get(word, 10, 6) + 1);

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!A64BitfieldOperands.TryPair(ref scanner, width - 1, out long lsb, 1, at => width - at, out long size))
            return false;
        Put(ref word, 16, 6, (uint)(-lsb & (width - 1)));
        Put(ref word, 10, 6, (uint)(size - 1));
        return true;
    }
}

/// <summary>#lsb, #width of BFXIL, SBFX, UBFX: immr is lsb, imms is lsb + width − 1.</summary>
internal sealed class A64ExtractOperand(int width) : A64Operand
{
    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append('#').Append(Get(word, 16, 6)).Append(", #").Append(Get(word, 10, 6) - Get(word, 16, 6) + 1);

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!A64BitfieldOperands.TryPair(ref scanner, width - 1, out long lsb, 1, at => width - at, out long size))
            return false;
        Put(ref word, 16, 6, (uint)lsb);
        Put(ref word, 10, 6, (uint)(lsb + size - 1));
        return true;
    }
}
