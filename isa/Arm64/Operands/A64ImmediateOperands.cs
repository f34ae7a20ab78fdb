using System.Numerics;
using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>Immediates of data processing, branches and exceptions.</summary>
internal static class A64ImmediateOperands
{
    public static IEnumerable<(string Name, A64Operand Operand)> All =>
    [
        ("imm12", new A64Imm12Operand()),
        ("bitmask32", new A64BitmaskOperand(32)),
        ("bitmask64", new A64BitmaskOperand(64)),
        ("imm16", new A64MoveWideOperand(32)),
        ("imm16x", new A64MoveWideOperand(64)),
        ("movz32", new A64MoveAliasOperand(32, inverted: false)),
        ("movz64", new A64MoveAliasOperand(64, inverted: false)),
        ("movn32", new A64MoveAliasOperand(32, inverted: true)),
        ("movn64", new A64MoveAliasOperand(64, inverted: true)),
        ("uimm16", new A64NumberOperand(5, 16, hex: true)),
        ("udf16", new A64NumberOperand(0, 16, hex: false)),
        ("imm5", new A64NumberOperand(16, 5, hex: true)),
        ("uimm4", new A64NumberOperand(8, 4, hex: true)),
        ("uimm7", new A64NumberOperand(5, 7, hex: true)),
        ("nzcv", new A64NumberOperand(0, 4, hex: true, second: true)),
        ("mask", new A64NumberOperand(0, 4, hex: false, second: true)),
        ("lsb", new A64NumberOperand(10, 6, hex: false)),
        ("rmif6", new A64NumberOperand(15, 6, hex: false)),
        ("label26", new A64LabelOperand(0, 26)),
        ("label19", new A64LabelOperand(5, 19)),
        ("label14", new A64LabelOperand(5, 14)),
        ("adr", new A64AdrOperand(isPage: false)),
        ("adrp", new A64AdrOperand(isPage: true)),
        ("bit32", new A64TestBitOperand(32)),
        ("bit64", new A64TestBitOperand(64)),
    ];
}

/// <summary>An unsigned number in one run of bits. Fills Imm, or Imm2 where it is the second one.</summary>
internal sealed class A64NumberOperand(int low, int count, bool hex, bool second = false) : A64Operand
{
    public override void Decode(uint word, ref A64Insn insn)
    {
        if (second)
            insn.Imm2 = (int)Get(word, low, count);
        else
            insn.Imm = Get(word, low, count);
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        if (hex)
            AppendHex(text, Get(word, low, count));
        else
            text.Append(A64Operands.Decimal(Get(word, low, count)));
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Immediate(0, (1L << count) - 1, 1, out long value))
            return false;
        Put(ref word, low, count, (uint)value);
        return true;
    }
}

/// <summary>ADD and SUB: imm12 at 21:10, shifted left by 12 where bit 22 is set. Takes <c>:lo12:symbol</c>.</summary>
internal sealed class A64Imm12Operand : A64Operand
{
    public override void Decode(uint word, ref A64Insn insn) =>
        insn.Imm = (long)Get(word, 10, 12) << (Get(word, 22, 1) == 1 ? 12 : 0);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        AppendHex(text, Get(word, 10, 12));
        if (Get(word, 22, 1) == 1)
            text.Append(", lsl #12");
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        int place = scanner.Here();
        if (!A64Lo12.TryParse(ref scanner, out long value, out bool isLo12))
            return false;
        // As GNU as has it: ADD of a negative number is SUB, CMP is CMN, and the other way round. Bit 30 tells them apart.
        if (value is < 0 and >= -0xfff000)
        {
            value = -value;
            word ^= 1u << 30;
        }

        bool shifted = false;
        if (!isLo12 && scanner.Try(','))
        {
            if (!scanner.Literal("lsl") || !scanner.Immediate(0, 12, 12, out long amount))
                return false;
            shifted = amount == 12;
        }
        else if (value is >= 0x1000 and <= 0xfff000 && (value & 0xfff) == 0)
        {
            shifted = true;
            value >>= 12;
        }

        if (value is < 0 or > 0xfff)
            return scanner.FailAt(place, $"{value} does not fit 12 bits, shifted left by 12 or not");
        Put(ref word, 10, 12, (uint)value);
        Put(ref word, 22, 1, shifted ? 1u : 0);
        return true;
    }
}

/// <summary>The operator :lo12: of ADD and of load and store offsets.</summary>
internal static class A64Lo12
{
    public static bool TryParse(ref A64Scanner scanner, out long value, out bool isLo12)
    {
        scanner.Try('#');
        isLo12 = scanner.Try(':');
        if (isLo12 && !(scanner.Literal("lo12:")))
        {
            value = 0;
            return false;
        }

        bool read = scanner.Expression(out value);
        if (isLo12)
            value &= 0xfff;
        return read;
    }
}

/// <summary>A bitmask immediate: N, immr and imms. DDI 0487, "DecodeBitMasks".</summary>
internal sealed class A64BitmaskOperand(int width) : A64Operand
{
    public override bool IsAllocated(uint word) => A64Bitmask.TryDecode(Get(word, 10, 13), width, out _);

    public override void Decode(uint word, ref A64Insn insn)
    {
        A64Bitmask.TryDecode(Get(word, 10, 13), width, out ulong value);
        insn.Imm = (long)value;
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        A64Bitmask.TryDecode(Get(word, 10, 13), width, out ulong value);
        AppendHex(text, value);
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        int place = scanner.Here();
        if (!scanner.Immediate(out long value))
            return false;
        if (!A64Bitmask.TryEncode((ulong)value, width, out uint fields))
            return scanner.FailAt(place, $"0x{value:x} is no {width}-bit bitmask immediate");
        Put(ref word, 10, 13, fields);
        return true;
    }
}

/// <summary>Bitmask immediates: an element of 2 to 64 bits with one run of ones, rotated, repeated.</summary>
internal static class A64Bitmask
{
    /// <summary>Expands N:immr:imms. False: reserved.</summary>
    public static bool TryDecode(uint fields, int width, out ulong value)
    {
        uint n = fields >> 12, immr = (fields >> 6) & 63, imms = fields & 63;
        int length = 31 - BitOperations.LeadingZeroCount((n << 6) | (~imms & 63));
        value = 0;
        if (length < 1 || (n == 1 && width == 32))
            return false;
        int size = 1 << length, levels = size - 1;
        int s = (int)imms & levels, r = (int)immr & levels;
        if (s == levels)
            return false;

        ulong element = (1UL << (s + 1)) - 1;
        ulong all = size == 64 ? ulong.MaxValue : (1UL << size) - 1;
        if (r != 0)
            element = ((element >> r) | (element << (size - r))) & all;
        for (int at = 0; at < width; at += size)
            value |= element << at;
        return true;
    }

    /// <summary>Finds N:immr:imms for <paramref name="value"/>. A 32-bit value may come sign-extended.</summary>
    public static bool TryEncode(ulong value, int width, out uint fields)
    {
        fields = 0;
        if (width == 32)
        {
            if (value >> 32 is not 0 and not 0xffffffff)
                return false;
            value = (uint)value | (value << 32);
        }

        if (value is 0 or ulong.MaxValue)
            return false;
        int size = 64;
        while (size > 2 && ulong.RotateRight(value, size / 2) == value)
            size /= 2;

        ulong element = size == 64 ? value : value & ((1UL << size) - 1);
        int ones = BitOperations.PopCount(element);
        for (uint r = 0; r < size; r++)
        {
            uint imms = (uint)(((-size << 1) & 63) | (ones - 1));
            fields = (size == 64 ? 1u << 12 : 0) | (r << 6) | imms;
            if (TryDecode(fields, 64, out ulong back) && back == value)
                return true;
        }

        return false;
    }
}

/// <summary>MOVZ, MOVN, MOVK: imm16 at 20:5, shifted by 16 times hw at 22:21. Fills Imm (shifted) and Imm2 (the shift).</summary>
internal sealed class A64MoveWideOperand(int width) : A64Operand
{
    public override void Decode(uint word, ref A64Insn insn)
    {
        insn.Imm2 = (int)Get(word, 21, 2) * 16;
        insn.Imm = (long)((ulong)Get(word, 5, 16) << insn.Imm2);
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        AppendHex(text, Get(word, 5, 16));
        if (Get(word, 21, 2) != 0)
            text.Append(", lsl #").Append(Get(word, 21, 2) * 16);
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Immediate(0, 0xffff, 1, out long value))
            return false;
        long shift = 0;
        if (scanner.Try(',') && !(scanner.Literal("lsl") && scanner.Immediate(0, width - 16, 16, out shift)))
            return false;
        Put(ref word, 5, 16, (uint)value);
        Put(ref word, 21, 2, (uint)shift / 16);
        return true;
    }
}

/// <summary>MOV of an immediate that MOVZ or MOVN makes, printed as its value.</summary>
internal sealed class A64MoveAliasOperand(int width, bool inverted) : A64Operand
{
    private readonly ulong _all = width == 64 ? ulong.MaxValue : uint.MaxValue;

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        ulong value = (ulong)Get(word, 5, 16) << ((int)Get(word, 21, 2) * 16);
        AppendHex(text, inverted ? ~value & _all : value);
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        int place = scanner.Here();
        if (!scanner.Immediate(out long signed))
            return false;
        ulong value = (ulong)signed;
        if (width == 32 && value >> 32 is not 0 and not 0xffffffff)
            return scanner.FailAt(place, $"0x{value:x} does not fit 32 bits");
        value = (inverted ? ~value : value) & _all;
        for (int hw = 0; hw < width / 16; hw++)
        {
            if ((value & ~(0xffffUL << (hw * 16))) == 0)
            {
                Put(ref word, 5, 16, (uint)(value >> (hw * 16)));
                Put(ref word, 21, 2, (uint)hw);
                return true;
            }
        }

        return scanner.FailAt(place, $"0x{signed:x} takes more than one instruction: use movz and movk");
    }
}

/// <summary>A branch or literal target, in words from the instruction. Fills Imm, in bytes.</summary>
internal sealed class A64LabelOperand(int low, int count) : A64Operand
{
    public override void Decode(uint word, ref A64Insn insn) => insn.Imm = (long)GetSigned(word, low, count) * 4;

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        AppendTarget(text, context, context.Pc + ((ulong)(long)GetSigned(word, low, count) * 4));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Target(count, 4, out long distance))
            return false;
        Put(ref word, low, count, (uint)distance);
        return true;
    }

    internal static void AppendTarget(StringBuilder text, in A64FormatContext context, ulong target)
    {
        text.Append("0x").Append(target.ToString("x", null));
        if (context.Symbolize?.Invoke(target) is string name)
            text.Append(" <").Append(name).Append('>');
    }
}

/// <summary>ADR and ADRP: immhi:immlo, in bytes or 4 KiB pages. Fills Imm, in bytes.</summary>
internal sealed class A64AdrOperand(bool isPage) : A64Operand
{
    private static long Distance(uint word) => ((long)GetSigned(word, 5, 19) << 2) | Get(word, 29, 2);

    public override void Decode(uint word, ref A64Insn insn) => insn.Imm = isPage ? Distance(word) << 12 : Distance(word);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        ulong target = isPage
            ? (context.Pc & ~0xfffUL) + (ulong)(Distance(word) << 12)
            : context.Pc + (ulong)Distance(word);
        A64LabelOperand.AppendTarget(text, context, target);
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        long distance;
        int place = scanner.Here();
        if (isPage)
        {
            bool relative = scanner.Try('#');
            if (!scanner.Expression(out distance))
                return false;
            distance = relative ? distance >> 12 : (distance >> 12) - ((long)scanner.Pc >> 12);
            if (distance is < -0x100000 or > 0xfffff)
                return scanner.FailAt(place, "the page is more than 4 GiB away");
            scanner.SkipName();
        }
        else if (!scanner.Target(21, 1, out distance))
        {
            return false;
        }

        Put(ref word, 29, 2, (uint)distance & 3);
        Put(ref word, 5, 19, (uint)(distance >> 2));
        return true;
    }
}

/// <summary>TBZ and TBNZ: the bit number b5:b40. Fills Imm2.</summary>
internal sealed class A64TestBitOperand(int width) : A64Operand
{
    private static uint Bit(uint word) => (Get(word, 31, 1) << 5) | Get(word, 19, 5);

    public override void Decode(uint word, ref A64Insn insn) => insn.Imm2 = (int)Bit(word);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append(A64Operands.Decimal(Bit(word)));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Immediate(width == 64 ? 32 : 0, width - 1, 1, out long bit))
            return false;
        Put(ref word, 31, 1, (uint)bit >> 5);
        Put(ref word, 19, 5, (uint)bit);
        return true;
    }
}

/// <summary>A number that the encoding does not hold: the one value that may be written.</summary>
internal sealed class A64FixedOperand(int number) : A64Operand
{
    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append(A64Operands.Decimal(number));

    public override bool Parse(ref A64Scanner scanner, ref uint word) => scanner.Immediate(number, number, 1, out _);
}
